// Alignment: the turn, mirroring, scale and shift that bring one map of the same points closest to another.
// Schonemann & Carroll, "Fitting one matrix to another under choice of a central dilation and a rigid motion", 1970.
#pragma once

#include <array>

#include "core/base/array.hpp"
#include "core/base/result.hpp"

namespace latentscape {

/// y = matrix x + shift; the matrix is a rotation, mirrored or not, times a scale > 0.
struct MapAlignment {
  std::array<std::array<double, 2>, 2> matrix{{{1.0, 0.0}, {0.0, 1.0}}};
  std::array<double, 2> shift{};
  double scale = 1.0;
  bool mirrored = false;
  std::array<float, 2> apply(std::array<float, 2> x) const;
  FloatArray apply(FloatView map) const;  // n x 2
};

struct AlignmentFreedom {
  bool scale = true;
  bool mirror = true;
};

/// Minimises the sum of squared distances between the moved rows of `from` and the same rows of `onto` (both n x 2). Where nothing tells
/// how to turn or scale (all points in one place), it shifts only. Errors: other shapes, no rows, numbers that are not finite.
Result<MapAlignment> align_map(FloatView from, FloatView onto, const AlignmentFreedom& freedom = {});

}  // namespace latentscape
