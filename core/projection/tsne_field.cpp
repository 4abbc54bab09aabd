#include "core/projection/tsne_field.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace latentscape {
namespace {

constexpr size_t kTile = 2048;         // points a task
constexpr size_t kStripe = 8;          // rows that one task deposits in; a spline reaches 3 further, into the next one
constexpr size_t kMargin = 4;          // cells around the points
constexpr float kMostCells = 2048.0f;  // along a side: where a map is wider, as when loners fly off, the grid gets coarser instead
constexpr float kLeastSpan = 1e-12f;
constexpr float kDense = 1.7f;   // times sqrt(n): the span up to which the density of points does not matter
constexpr float kLadder = 4.0f;  // steps of the grid between a factor of 2

typedef float Four __attribute__((vector_size(4 * sizeof(float))));

inline Four load_four(const float* from) {
  Four v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

/// The four cubic B-splines that reach a place f of the way from one grid point to the next, and their slopes.
inline Four spline(float f) {
  const Four cubic{-1.0f / 6, 0.5f, -0.5f, 1.0f / 6}, square{0.5f, -1.0f, 0.5f, 0.0f}, linear{-0.5f, 0.0f, 0.5f, 0.0f},
      constant{1.0f / 6, 4.0f / 6, 1.0f / 6, 0.0f};
  return ((cubic * f + square) * f + linear) * f + constant;
}
inline Four spline_slope(float f) {
  const Four square{-0.5f, 1.5f, -1.5f, 0.5f}, linear{1.0f, -2.0f, 1.0f, 0.0f}, constant{-0.5f, 0.0f, 0.5f, 0.0f};
  return (square * f + linear) * f + constant;
}

inline float sum_of(Four v) { return (v[0] + v[2]) + (v[1] + v[3]); }

/// A place in grid steps: the grid point left of it, less one, and how far it is past that point.
struct Cell {
  size_t first;
  float past;
};
inline Cell cell_of(float at) {
  const float whole = std::floor(at);
  return {static_cast<size_t>(whole) - 1, at - whole};
}

/// What the splines do to frequency k of n, over all frequencies that look alike on the grid.
double response(size_t k, size_t n) {
  return (2.0 + std::cos(2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n))) / 3.0;
}

/// This thread's own room for one transform.
ComplexLanes* transform_room(size_t length) {
  thread_local std::vector<ComplexLanes> room;
  if (room.size() < length) room.resize(length);
  return room.data();
}

}  // namespace

TsneField::Box TsneField::bounds(const FloatArray& positions, ComputePool& pool) {
  const size_t n = positions.rows;
  boxes_.resize((n + kTile - 1) / kTile);
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
    float low_x = positions(begin, 0), high_x = low_x, low_y = positions(begin, 1), high_y = low_y;
    for (size_t i = begin; i < end; ++i) {
      low_x = std::min(low_x, positions(i, 0));
      high_x = std::max(high_x, positions(i, 0));
      low_y = std::min(low_y, positions(i, 1));
      high_y = std::max(high_y, positions(i, 1));
    }
    boxes_[begin / kTile] = {low_x, low_y, high_x, high_y};
  });
  Box all = boxes_[0];  // corners, for now
  for (const Box& b : boxes_) {
    all.x = std::min(all.x, b.x);
    all.y = std::min(all.y, b.y);
    all.width = std::max(all.width, b.width);
    all.height = std::max(all.height, b.height);
  }
  return {all.x, all.y, all.width - all.x, all.height - all.y};
}

TsneField::Grid TsneField::grid_for(const Box& box, float step, size_t n) {
  const float span = std::max({box.width, box.height, kLeastSpan});
  // Where points have few near them, the error is that of single pairs: as the span over sqrt(n), and as the step to the power of 3.3.
  const float sparse = std::pow(std::min(1.0f, kDense * std::sqrt(static_cast<float>(n)) / span), 0.3f);
  const float least = std::max(std::min(step * sparse, span * step / 25.0f), span / kMostCells);
  const float fitting = std::exp2(std::floor(kLadder * std::log2(least) + 1e-3f) / kLadder);
  const auto length = [&](float extent) { return fft_length(2 * (static_cast<size_t>(extent / fitting) + 2 * kMargin), 4); };
  return {fitting, length(box.width), length(box.height)};
}

size_t TsneField::cells(const FloatArray& positions, float step, ComputePool& pool) {
  const Grid grid = grid_for(bounds(positions, pool), step, positions.rows);
  return grid.width * grid.height;
}

/// The grid is kept where it still fits, because its kernel costs as much as an iteration.
void TsneField::fit(const Box& box, const Grid& grid, ComputePool& pool) {
  const size_t x = grid.width, y = grid.height;
  const auto suits = [](size_t has, size_t needs) { return needs <= has && has <= needs + needs / 4; };
  if (grid.step != step_ || !suits(along_x_.length(), x) || !suits(along_y_.length(), y)) {
    step_ = grid.step;
    if (x != along_x_.length()) along_x_ = Fft(x);
    if (y != along_y_.length()) along_y_ = Fft(y);
    columns_ = x / 2;
    rows_ = y / 2;
    make_kernel(pool);
  }
  const float inverse = 1.0f / step_;
  scale_x_ = {box.x, inverse, 0.5f * (static_cast<float>(columns_) - box.width * inverse)};
  scale_y_ = {box.y, inverse, 0.5f * (static_cast<float>(rows_) - box.height * inverse)};
}

/// The spectrum of 1 / (1 + r^2) - offset on the doubled grid, divided by what depositing and reading by splines do to it.
void TsneField::make_kernel(ComputePool& pool) {
  const size_t width = along_x_.length(), height = along_y_.length(), groups = padded_to_lanes(height / 2 + 1) / kLanes;
  const double square = static_cast<double>(step_) * static_cast<double>(step_);
  const auto squared = [square](size_t x, size_t y) { return square * static_cast<double>(x * x + y * y); };
  const double farthest = squared(columns_, rows_);
  offset_ = static_cast<float>(1.0 / (1.0 + farthest));
  grid_.assign(width * height + kLanes, 0.0f);
  spectrum_.resize(groups * width);
  kernel_.resize(groups * width);
  for_tiles(pool, height, 16, [&](size_t begin, size_t end) {
    for (size_t y = begin; y < end; ++y)
      for (size_t x = 0; x < width; ++x) {
        const double r2 = squared(std::min(x, width - x), std::min(y, height - y));
        grid_[y * width + x] = static_cast<float>((farthest - r2) / ((1.0 + r2) * (1.0 + farthest)));
      }
  });
  for_tiles(pool, width / 2, kLanes, [&](size_t first, size_t) { columns_forward(first, width / 2, height, width); });
  pool.run(groups, [&](size_t group) {
    ComplexLanes* const data = spectrum_.data() + group * width;
    const ComplexLanes* const result = along_x_.forward(data, transform_room(width));
    for (size_t x = 0; x < width; ++x)
      for (size_t l = 0; l < kLanes; ++l) {
        const double both = response(x, width) * response(group * kLanes + l, height);
        kernel_[group * width + x][l] =
            static_cast<float>(static_cast<double>(result[x].re[l]) / (both * both * static_cast<double>(width * height)));
      }
  });
  grid_.assign(columns_ * rows_ + kLanes, 0.0f);
}

/// Rows `rows` of real columns [first, first + kLanes) of each half of the grid's width, as real and imaginary part of one transform, which
/// are told apart afterwards.
void TsneField::columns_forward(size_t first, size_t half, size_t rows, size_t pitch) {
  const size_t height = along_y_.length(), width = along_x_.length(), count = std::min(kLanes, half - first);
  ComplexLanes* const data = transform_room(2 * height);
  for (size_t y = 0; y < rows; ++y) {
    const float* row = grid_.data() + y * pitch + first;
    data[y] = {load_lanes(row), load_lanes(row + half)};
  }
  std::fill(data + rows, data + height, ComplexLanes{});
  const ComplexLanes* const z = along_y_.forward(data, data + height);
  for (size_t k = 0; k <= height / 2; ++k) {
    const ComplexLanes &a = z[k], &b = z[k ? height - k : 0];
    const ComplexLanes left{(a.re + b.re) * 0.5f, (a.im - b.im) * 0.5f}, right{(a.im + b.im) * 0.5f, (b.re - a.re) * 0.5f};
    ComplexLanes* const out = spectrum_.data() + k / kLanes * width + first;
    const size_t lane = k % kLanes;
    for (size_t l = 0; l < count; ++l) {
      out[l].re[lane] = left.re[l];
      out[l].im[lane] = left.im[l];
      out[half + l].re[lane] = right.re[l];
      out[half + l].im[lane] = right.im[l];
    }
  }
}

void TsneField::rows_there_and_back(size_t group) {
  const size_t width = along_x_.length();
  ComplexLanes* const data = spectrum_.data() + group * width;
  ComplexLanes* const room = transform_room(width);
  std::fill(data + columns_, data + width, ComplexLanes{});
  ComplexLanes* const there = along_x_.forward(data, room);
  const Lanes* const kernel = kernel_.data() + group * width;
  for (size_t x = 0; x < width; ++x) {
    there[x].re *= kernel[x];
    there[x].im *= kernel[x];
  }
  const ComplexLanes* const back = along_x_.inverse(there, there == data ? room : data);
  if (back != data) std::copy_n(back, columns_, data);
}

void TsneField::columns_back(size_t first) {
  const size_t height = along_y_.length(), width = along_x_.length(), half = columns_ / 2, count = std::min(kLanes, half - first);
  ComplexLanes* const data = transform_room(2 * height);
  for (size_t k = 0; k <= height / 2; ++k) {
    const ComplexLanes* const in = spectrum_.data() + k / kLanes * width + first;
    const size_t lane = k % kLanes;
    ComplexLanes left{}, right{};
    for (size_t l = 0; l < count; ++l) {
      left.re[l] = in[l].re[lane];
      left.im[l] = in[l].im[lane];
      right.re[l] = in[half + l].re[lane];
      right.im[l] = in[half + l].im[lane];
    }
    if (k) data[height - k] = {left.re + right.im, right.re - left.im};
    data[k] = {left.re - right.im, left.im + right.re};
  }
  const ComplexLanes* const z = along_y_.inverse(data, data + height);
  for (size_t y = 0; y < rows_; ++y) {
    float* const row = grid_.data() + y * columns_ + first;
    for (size_t l = 0; l < count; ++l) {
      row[l] = z[y].re[l];
      row[half + l] = z[y].im[l];
    }
  }
}

/// order_: points by stripe, in their own order within; starts_: where each stripe's begin. Counted by tiles, so threads change nothing.
void TsneField::sort_by_stripe(const FloatArray& positions, ComputePool& pool) {
  const size_t n = positions.rows, stripes = (rows_ + kStripe - 1) / kStripe, tile = std::max<size_t>(kTile, n / 32);
  const auto stripe_of = [&](size_t i) { return cell_of(scale_y_.steps(positions(i, 1))).first / kStripe; };
  order_.resize(n);
  starts_.assign(stripes + 1, 0);
  tile_starts_.assign((n + tile - 1) / tile * stripes, 0);
  for_tiles(pool, n, tile, [&](size_t begin, size_t end) {
    uint32_t* const count = tile_starts_.data() + begin / tile * stripes;
    for (size_t i = begin; i < end; ++i) ++count[stripe_of(i)];
  });
  uint32_t at = 0;
  for (size_t s = 0; s < stripes; ++s) {
    starts_[s] = at;
    for (size_t t = s; t < tile_starts_.size(); t += stripes) {
      const uint32_t count = tile_starts_[t];
      tile_starts_[t] = at;
      at += count;
    }
  }
  starts_[stripes] = at;
  for_tiles(pool, n, tile, [&](size_t begin, size_t end) {
    uint32_t* const next = tile_starts_.data() + begin / tile * stripes;
    for (size_t i = begin; i < end; ++i) order_[next[stripe_of(i)]++] = static_cast<uint32_t>(i);
  });
}

void TsneField::deposit(const FloatArray& positions, size_t stripe) {
  for (uint32_t e = starts_[stripe]; e < starts_[stripe + 1]; ++e) {
    const float* const y = positions.row_data(order_[e]);
    const Cell cx = cell_of(scale_x_.steps(y[0])), cy = cell_of(scale_y_.steps(y[1]));
    const Four across = spline(cx.past), down = spline(cy.past);
    float* row = grid_.data() + cy.first * columns_ + cx.first;
    for (size_t r = 0; r < 4; ++r, row += columns_) {
      const Four sum = load_four(row) + across * down[r];
      std::memcpy(row, &sum, sizeof sum);
    }
  }
}

/// The field's slope at points [begin, end); returns the sum of the field there.
double TsneField::gather(const FloatArray& positions, size_t begin, size_t end, FloatArray& force) const {
  const float half = -0.5f / step_;
  double sum = 0.0;
  for (size_t i = begin; i < end; ++i) {
    const Cell cx = cell_of(scale_x_.steps(positions(i, 0))), cy = cell_of(scale_y_.steps(positions(i, 1)));
    const Four across = spline(cx.past), slope_across = spline_slope(cx.past), down = spline(cy.past), slope_down = spline_slope(cy.past);
    const float* row = grid_.data() + cy.first * columns_ + cx.first;
    Four level{}, slope{};
    for (size_t r = 0; r < 4; ++r, row += columns_) {
      const Four field = load_four(row);
      level += field * down[r];
      slope += field * slope_down[r];
    }
    sum += static_cast<double>(sum_of(level * across));
    force(i, 0) = half * sum_of(level * slope_across);
    force(i, 1) = half * sum_of(slope * across);
  }
  return sum;
}

bool TsneField::repel(const FloatArray& positions, float step, ComputePool& pool, const std::stop_token& stop, FloatArray& force,
                      double& weights) {
  const size_t n = positions.rows;
  force.resize(n, 2);
  const Box box = bounds(positions, pool);
  fit(box, grid_for(box, step, n), pool);
  sort_by_stripe(positions, pool);
  if (stop.stop_requested()) return false;
  std::fill(grid_.begin(), grid_.end(), 0.0f);
  // Neighbouring stripes overlap by a spline's reach: the even ones first, then the odd ones.
  const size_t stripes = starts_.size() - 1, half = columns_ / 2;
  for (const size_t odd : {size_t{0}, size_t{1}}) pool.run((stripes + 1 - odd) / 2, [&](size_t s) { deposit(positions, 2 * s + odd); });
  for_tiles(pool, half, kLanes, [&](size_t first, size_t) { columns_forward(first, half, rows_, columns_); });
  if (stop.stop_requested()) return false;
  pool.run(spectrum_.size() / along_x_.length(), [&](size_t group) { rows_there_and_back(group); });
  if (stop.stop_requested()) return false;
  for_tiles(pool, half, kLanes, [&](size_t first, size_t) { columns_back(first); });
  sums_.resize((n + kTile - 1) / kTile);
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) { sums_[begin / kTile] = gather(positions, begin, end, force); });
  double sum = 0.0;
  for (const double s : sums_) sum += s;
  // Each point met itself, and the kernel's offset is missing from every pair.
  const double offset = static_cast<double>(offset_), count = static_cast<double>(n);
  weights = sum - count * (1.0 - offset) + offset * count * (count - 1.0);
  return true;
}

}  // namespace latentscape
