// Exports of a run's weights and latents: safetensors and NPZ.
#pragma once

#include <string>

#include "core/io/run_directory.hpp"

namespace latentscape {

/// Weights only (no optimiser), PyTorch names and shapes.
Status export_safetensors(const std::string& path, const LoadedRun& run);
Status export_npz(const std::string& path, const LoadedRun& run);

}  // namespace latentscape
