// Numbering points along a curve that fills the plane, so that points near each other lie near each other in memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

/// The points (n x 2, finite) in the order of Morton's curve over their bounding box: order[r] is the r-th. Ties by the lower index.
std::vector<uint32_t> space_order(const FloatArray& positions, ComputePool& pool);

/// ids[order[r]] in the r-th place: points that were numbered before, numbered again.
std::vector<uint32_t> in_order(std::span<const uint32_t> ids, std::span<const uint32_t> order);

}  // namespace latentscape
