// The data that a run asks for.
#pragma once

#include "core/data/source.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// Name, kind, seed, count and held-out rows; the caller adds stop and progress, and another place where the data moved.
DataRequest data_request_from(const RunConfig& config);

}  // namespace latentscape
