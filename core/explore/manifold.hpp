// Manifold grids: latent positions laid out in a plane, to be decoded as one picture.
#pragma once

#include <array>
#include <span>

#include "core/base/array.hpp"
#include "core/projection/projection.hpp"

namespace latentscape {

/// size * size rows, row-major from the upper left (low x, high y): axes x and y take the quantiles (i + 1/2) / size of the standard
/// normal, the other dimensions stay at `anchor` (Kingma & Welling 2014, figure 4).
FloatArray manifold_by_quantiles(std::span<const float> anchor, size_t axis_x, size_t axis_y, size_t size);

/// rows * columns positions at the middles of equal tiles of rectangle {x0, y0, x1, y1} of a linear map, row-major from the upper left;
/// what the map does not show stays that of `anchor`.
FloatArray manifold_on_map(const LinearMap& map, std::span<const float> anchor, const std::array<float, 4>& rectangle, size_t rows,
                           size_t columns);

}  // namespace latentscape
