#include "core/projection/tsne_forces.hpp"

#include <algorithm>
#include <cmath>

#include "core/neighbours/lanes.hpp"

namespace latentscape {
namespace {

constexpr size_t kPairTile = 64;        // rows a task where each meets all points
constexpr size_t kNeighbourTile = 512;  // and where each meets its neighbours
constexpr size_t kPairsACell = 16;      // that take the time of one cell of a grid
constexpr size_t kMostSparse = 10'000;  // points of a map that may be so sparse
constexpr float kFarAway = 1e18f;       // weights there are 0 and nothing overflows
constexpr size_t kRun = 64;             // registers added in float before a sum goes to double

/// The coordinates apart, padded to whole registers.
void split(const FloatArray& positions, std::vector<float>& x, std::vector<float>& y) {
  const size_t n = positions.rows;
  x.assign(padded_to_lanes(n), kFarAway);
  y.assign(padded_to_lanes(n), kFarAway);
  for (size_t i = 0; i < n; ++i) {
    x[i] = positions(i, 0);
    y[i] = positions(i, 1);
  }
}

struct Repulsion {
  double sum = 0.0, x = 0.0, y = 0.0;
};

/// sum_j w and sum_j w^2 (y_i - y_j) over all points, i itself included (w = 1, no force).
Repulsion repel(const float* xs, const float* ys, size_t padded, float x, float y) {
  Repulsion total;
  const Lanes xi = fill_lanes(x), yi = fill_lanes(y), one = fill_lanes(1.0f);
  for (size_t begin = 0; begin < padded; begin += kRun * kLanes) {
    const size_t end = std::min(begin + kRun * kLanes, padded);
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

/// Calls body(values, dx, dy) for each register of row i's entries; what pads the last one is the point itself with value 0.
template <class Body>
inline void for_row(const Affinities& p, const float* positions, size_t i, Body body) {
  const Lanes x = fill_lanes(positions[2 * i]), y = fill_lanes(positions[2 * i + 1]);
  Lanes to_x, to_y;
  size_t e = p.start[i];
  for (; e + kLanes <= p.start[i + 1]; e += kLanes) {
    gather_pairs(positions, p.columns.data() + e, to_x, to_y);
    body(load_lanes(p.values.data() + e), x - to_x, y - to_y);
  }
  if (e == p.start[i + 1]) return;
  uint32_t ids[kLanes];
  float values[kLanes] = {};
  std::fill(ids, ids + kLanes, static_cast<uint32_t>(i));
  for (size_t l = 0; e < p.start[i + 1]; ++l, ++e) {
    ids[l] = p.columns[e];
    values[l] = p.values[e];
  }
  gather_pairs(positions, ids, to_x, to_y);
  body(load_lanes(values), x - to_x, y - to_y);
}

}  // namespace

void TsneForces::repel_by_pairs(const FloatArray& positions, ComputePool& pool, const std::stop_token& stop) {
  const size_t n = positions.rows;
  split(positions, x_, y_);
  row_sum_.resize(n);
  repulsion_.resize(n, 2);
  for_tiles(pool, n, kPairTile, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      const Repulsion r = repel(x_.data(), y_.data(), x_.size(), x_[i], y_[i]);
      row_sum_[i] = r.sum - 1.0;
      repulsion_(i, 0) = static_cast<float>(r.x);
      repulsion_(i, 1) = static_cast<float>(r.y);
    }
  });
  weights_ = 0.0;
  for (const double s : row_sum_) weights_ += s;
}

bool TsneForces::gradient(std::span<const TsneAttraction> attractions, const FloatArray& positions, const TsneRepulsion& repulsion,
                          ComputePool& pool, const std::stop_token& stop, FloatArray& gradient) {
  const size_t n = positions.rows;
  if (repulsion.exact || (n <= kMostSparse && n * n < kPairsACell * field_.cells(positions, repulsion.step, pool))) {
    repel_by_pairs(positions, pool, stop);
  } else if (!field_.repel(positions, repulsion.step, pool, stop, repulsion_, weights_)) {
    return false;
  }
  if (stop.stop_requested()) return false;
  gradient.resize(n, 2);
  const float share = static_cast<float>(1.0 / weights_);
  const float* const y = positions.values.data();
  for_tiles(pool, n, kNeighbourTile, [&](size_t begin, size_t end) {
    if (stop.stop_requested()) return;
    for (size_t i = begin; i < end; ++i) {
      float pull_x = 0.0f, pull_y = 0.0f;
      for (const TsneAttraction& attraction : attractions) {
        Lanes ax{}, ay{};
        for_row(*attraction.affinities, y, i, [&](Lanes values, Lanes dx, Lanes dy) {
          const Lanes pull = values / (dx * dx + dy * dy + 1.0f);
          ax += pull * dx;
          ay += pull * dy;
        });
        pull_x += attraction.scale * add_lanes(ax);
        pull_y += attraction.scale * add_lanes(ay);
      }
      gradient(i, 0) = pull_x - share * repulsion_(i, 0);
      gradient(i, 1) = pull_y - share * repulsion_(i, 1);
    }
  });
  return !stop.stop_requested();
}

double tsne_divergence(const Affinities& p, const FloatArray& positions, double weights, ComputePool& pool) {
  std::vector<double> sums(p.n), masses(p.n);
  for_tiles(pool, p.n, kNeighbourTile, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      Lanes sum{}, mass{};
      for_row(p, positions.values.data(), i, [&](Lanes values, Lanes dx, Lanes dy) {
        // log(p (1 + d^2)); a p of 0 adds nothing.
        const Lanes ratio = choose_lanes(values > 1e-35f, values * (dx * dx + dy * dy + 1.0f), fill_lanes(1.0f));
        sum += values * log_lanes(ratio);
        mass += values;
      });
      sums[i] = sum_lanes(sum);
      masses[i] = sum_lanes(mass);
    }
  });
  double sum = 0.0, mass = 0.0;
  for (size_t i = 0; i < p.n; ++i) {
    sum += sums[i];
    mass += masses[i];
  }
  return sum + mass * std::log(weights);
}

Result<double> tsne_divergence(const Affinities& p, const FloatArray& positions, ComputePool& pool, const std::stop_token& stop) {
  std::vector<float> x, y;
  split(positions, x, y);
  std::vector<double> rows(p.n);
  for_tiles(pool, p.n, kPairTile, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) rows[i] = repel(x.data(), y.data(), x.size(), x[i], y[i]).sum - 1.0;
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "tsne: stopped");
  double weights = 0.0;
  for (const double r : rows) weights += r;
  return tsne_divergence(p, positions, weights, pool);
}

}  // namespace latentscape
