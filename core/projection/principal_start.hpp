// Where a layout begins: the points on their first two principal axes, or a map that was given. Kobak & Linderman, "Initialization is
// critical for preserving global data structure in both t-SNE and UMAP", 2021.
#pragma once

#include <cstdint>
#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

/// n x 2, scaled so that the first axis has this standard deviation, with a hundredth of it as seeded noise so that equal points can part.
/// The same bits at any thread count. Errors: no points, cancelled by `stop`. Points must be finite.
Result<FloatArray> principal_start(FloatView points, double deviation, uint64_t seed, ComputePool& pool, std::stop_token stop = {});

/// Given places (n x 2), scaled so that their wider axis has this standard deviation, with the same noise. Errors: none, or not n x 2.
Result<FloatArray> given_start(FloatView places, size_t n, double deviation, uint64_t seed, ComputePool& pool);

}  // namespace latentscape
