#include "core/projection/alignment.hpp"

#include <cmath>
#include <complex>

#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

using Complex = std::complex<double>;

Complex position(FloatView map, size_t i) { return {static_cast<double>(map(i, 0)), static_cast<double>(map(i, 1))}; }

Complex mean_position(FloatView map) {
  Complex sum = 0.0;
  for (size_t i = 0; i < map.rows; ++i) sum += position(map, i);
  return sum / static_cast<double>(map.rows);
}

}  // namespace

std::array<float, 2> MapAlignment::apply(std::array<float, 2> x) const {
  std::array<float, 2> y{};
  for (size_t axis = 0; axis < 2; ++axis)
    y[axis] = static_cast<float>(matrix[axis][0] * static_cast<double>(x[0]) + matrix[axis][1] * static_cast<double>(x[1]) + shift[axis]);
  return y;
}

FloatArray MapAlignment::apply(FloatView map) const {
  FloatArray moved(map.rows, 2);
  for (size_t i = 0; i < map.rows; ++i) {
    const std::array<float, 2> y = apply(std::array<float, 2>{map(i, 0), map(i, 1)});
    moved(i, 0) = y[0];
    moved(i, 1) = y[1];
  }
  return moved;
}

Result<MapAlignment> align_map(FloatView from, FloatView onto, const AlignmentFreedom& freedom) {
  if (from.cols != 2 || onto.cols != 2 || from.rows != onto.rows || from.rows == 0)
    return fail(ErrorCode::invalid_argument, "alignment: maps of {} x {} and {} x {}, expected the same rows of 2, at least one", from.rows,
                from.cols, onto.rows, onto.cols);
  LS_CHECK(check_finite(from, "alignment: the map to move"));
  LS_CHECK(check_finite(onto, "alignment: the map to meet"));
  // In complex numbers the best turn of centred a onto b is the direction of sum conj(a) b, and of mirrored a that of sum a b.
  const Complex from_mean = mean_position(from), onto_mean = mean_position(onto);
  Complex straight = 0.0, mirrored = 0.0;
  double extent = 0.0;
  for (size_t i = 0; i < from.rows; ++i) {
    const Complex a = position(from, i) - from_mean, b = position(onto, i) - onto_mean;
    straight += std::conj(a) * b;
    mirrored += a * b;
    extent += std::norm(a);
  }
  MapAlignment found;
  found.mirrored = freedom.mirror && std::abs(mirrored) > std::abs(straight);
  const Complex turn = found.mirrored ? mirrored : straight;
  const double length = std::abs(turn);
  if (length > 0.0 && std::isfinite(length / extent)) {
    found.scale = freedom.scale ? length / extent : 1.0;
    const double c = found.scale * turn.real() / length, s = found.scale * turn.imag() / length;
    found.matrix =
        found.mirrored ? std::array<std::array<double, 2>, 2>{{{c, s}, {s, -c}}} : std::array<std::array<double, 2>, 2>{{{c, -s}, {s, c}}};
  }
  const std::array<double, 2> a{from_mean.real(), from_mean.imag()}, b{onto_mean.real(), onto_mean.imag()};
  for (size_t axis = 0; axis < 2; ++axis) found.shift[axis] = b[axis] - found.matrix[axis][0] * a[0] - found.matrix[axis][1] * a[1];
  return found;
}

}  // namespace latentscape
