// Paths between two latent positions.
#pragma once

#include <span>
#include <string_view>

#include "core/base/array.hpp"
#include "core/base/result.hpp"

namespace latentscape {

enum class PathKind { lerp, slerp };

/// `steps` >= 2 positions from a to b, both included exactly. lerp: a straight line. slerp: along the great circle, lengths blended
/// linearly, so that the path keeps the norms typical of a Gaussian in many dimensions (Shoemake 1985; White, "Sampling generative
/// networks", 2016); a line where a or b is nearly zero or they point the same or the opposite way. Errors: lengths that differ, fewer than
/// two steps.
Result<FloatArray> interpolate(std::span<const float> a, std::span<const float> b, size_t steps, PathKind kind = PathKind::lerp);

}  // namespace latentscape
