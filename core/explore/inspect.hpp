// A closer look at one point: who is near it.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

struct Nearby {
  std::vector<uint32_t> ids;      // rows, nearest first
  std::vector<double> distances;  // Euclidean
};

/// The k points nearest to row `id`, itself left out; fewer where there are fewer. Works on latents and on inputs alike. Errors: an id out
/// of range.
Result<Nearby> neighbours_of_point(FloatView points, size_t id, size_t k, ComputePool& pool, std::stop_token stop = {});

/// The k points nearest to any position; fewer where there are fewer.
Result<Nearby> neighbours_of_position(FloatView points, std::span<const float> position, size_t k, ComputePool& pool,
                                      std::stop_token stop = {});

}  // namespace latentscape
