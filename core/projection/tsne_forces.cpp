#include "core/projection/tsne_forces.hpp"

#include <cmath>

#include "core/neighbours/lanes.hpp"

namespace latentscape {
namespace {

constexpr size_t kTile = 64;       // rows a task
constexpr float kFarAway = 1e18f;  // weights there are 0 and nothing overflows
constexpr size_t kRun = 64;        // registers added in float before a sum goes to double

struct Repulsion {
  double sum = 0.0, x = 0.0, y = 0.0;
};

/// sum_j w and sum_j w^2 (y_i - y_j) over all points, i itself included (w = 1, no force).
Repulsion repel(const float* xs, const float* ys, size_t padded, float x, float y) {
  Repulsion total;
  const Lanes xi = fill_lanes(x), yi = fill_lanes(y), one = fill_lanes(1.0f);
  for (size_t begin = 0; begin < padded; begin += kRun * kLanes) {
    const size_t end = begin + kRun * kLanes < padded ? begin + kRun * kLanes : padded;
    Lanes sum{}, fx{}, fy{};
    for (size_t j = begin; j < end; j += kLanes) {
      const Lanes dx = xi - load_lanes(xs + j), dy = yi - load_lanes(ys + j);
      const Lanes w = one / (one + dx * dx + dy * dy);
      const Lanes w2 = w * w;
      sum += w;
      fx += w2 * dx;
      fy += w2 * dy;
    }
    total.sum += sum_lanes(sum);
    total.x += sum_lanes(fx);
    total.y += sum_lanes(fy);
  }
  return total;
}

}  // namespace

void TsneForces::load(const FloatArray& positions) {
  const size_t n = positions.rows;
  x_.assign(padded_to_lanes(n), kFarAway);
  y_.assign(padded_to_lanes(n), kFarAway);
  for (size_t i = 0; i < n; ++i) {
    x_[i] = positions(i, 0);
    y_[i] = positions(i, 1);
  }
  row_sum_.resize(n);
  attraction_.resize(n, 2);
  repulsion_.resize(n, 2);
}

bool TsneForces::gradient(const Affinities& p, const FloatArray& positions, double exaggeration, ComputePool& pool,
                          const std::stop_token& stop, FloatArray& gradient) {
  const size_t n = p.n;
  load(positions);
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
    if (stop.stop_requested()) return;
    for (size_t i = begin; i < end; ++i) {
      const float xi = x_[i], yi = y_[i];
      const Repulsion r = repel(x_.data(), y_.data(), x_.size(), xi, yi);
      row_sum_[i] = r.sum - 1.0;
      repulsion_(i, 0) = static_cast<float>(r.x);
      repulsion_(i, 1) = static_cast<float>(r.y);
      float ax = 0.0f, ay = 0.0f;
      for (uint32_t e = p.start[i]; e < p.start[i + 1]; ++e) {
        const uint32_t j = p.columns[e];
        const float dx = xi - x_[j], dy = yi - y_[j];
        const float pull = p.values[e] / (1.0f + dx * dx + dy * dy);
        ax += pull * dx;
        ay += pull * dy;
      }
      attraction_(i, 0) = ax;
      attraction_(i, 1) = ay;
    }
  });
  if (stop.stop_requested()) return false;
  double all = 0.0;
  for (const double s : row_sum_) all += s;
  gradient.resize(n, 2);
  const float scale = static_cast<float>(exaggeration), share = static_cast<float>(1.0 / all);
  for (size_t i = 0; i < 2 * n; ++i) gradient.values[i] = scale * attraction_.values[i] - share * repulsion_.values[i];
  return true;
}

double tsne_divergence(const Affinities& p, const FloatArray& positions) {
  const size_t n = p.n, padded = padded_to_lanes(n);
  std::vector<float> x(padded, kFarAway), y(padded, kFarAway);
  for (size_t i = 0; i < n; ++i) {
    x[i] = positions(i, 0);
    y[i] = positions(i, 1);
  }
  double all = 0.0, divergence = 0.0, mass = 0.0;
  for (size_t i = 0; i < n; ++i) {
    all += repel(x.data(), y.data(), padded, x[i], y[i]).sum - 1.0;
    for (uint32_t e = p.start[i]; e < p.start[i + 1]; ++e) {
      const double value = static_cast<double>(p.values[e]);
      if (value <= 0.0) continue;
      const double dx = static_cast<double>(x[i]) - static_cast<double>(x[p.columns[e]]),
                   dy = static_cast<double>(y[i]) - static_cast<double>(y[p.columns[e]]);
      divergence += value * std::log(value * (1.0 + dx * dx + dy * dy));
      mass += value;
    }
  }
  return divergence + mass * std::log(all);
}

}  // namespace latentscape
