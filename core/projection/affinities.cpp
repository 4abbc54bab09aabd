#include "core/projection/affinities.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/neighbours/lanes.hpp"

namespace latentscape {
namespace {

constexpr size_t kTile = 256;  // rows a task
constexpr int kRounds = 60;
constexpr float kEntropyTolerance = 1e-5f;

/// Sums over the neighbours of a row at one bandwidth: of p, s p and s^2 p.
struct Moments {
  float weight = 0.0f, first = 0.0f, second = 0.0f;
};

/// One row's neighbours. Only differences to the nearest count, in units of their mean, so that far-away rows do not underflow.
class RowCalibration {
 public:
  /// squared_distances become conditional probabilities.
  void run(std::span<float> row, float log_perplexity) {
    load(row);
    float precision = 1.0f, low = 0.0f, high = std::numeric_limits<float>::infinity();
    Moments m = at(precision);
    for (int round = 0; round < kRounds; ++round) {
      const float mean = m.first / m.weight, entropy = std::log(m.weight) + precision * mean, excess = entropy - log_perplexity;
      if (std::abs(excess) < kEntropyTolerance) break;
      (excess > 0.0f ? low : high) = precision;
      // Newton's step in the logarithm of the precision, where it stays between the bounds.
      const float slope = precision * precision * std::max(m.second / m.weight - mean * mean, 0.0f);
      const float step = precision * std::exp(std::clamp(excess / std::max(slope, 1e-12f), -2.0f, 2.0f));
      const bool inside = step > low && step < high;
      precision = inside ? step : std::isinf(high) ? 2.0f * precision : 0.5f * (low + high);
      m = at(precision);
    }
    const float share = 1.0f / m.weight;
    for (size_t i = 0; i < row.size(); ++i) row[i] = share * p_[i];
  }

 private:
  void load(std::span<const float> row) {
    const size_t k = row.size(), padded = padded_to_lanes(k);
    s_.assign(padded, 0.0f);
    valid_.assign(padded, 0.0f);
    p_.resize(padded);
    double spread = 0.0;
    for (const float v : row) spread += static_cast<double>(v) - static_cast<double>(row[0]);
    const float scale = static_cast<float>(spread > 0.0 ? static_cast<double>(k) / spread : 0.0);
    for (size_t i = 0; i < k; ++i) {
      s_[i] = (row[i] - row[0]) * scale;
      valid_[i] = 1.0f;
    }
  }

  Moments at(float precision) {
    Lanes weight{}, first{}, second{};
    for (size_t i = 0; i < s_.size(); i += kLanes) {
      const Lanes s = load_lanes(s_.data() + i), p = exp_lanes(s * -precision) * load_lanes(valid_.data() + i), sp = s * p;
      store_lanes(p_.data() + i, p);
      weight += p;
      first += sp;
      second += s * sp;
    }
    return {add_lanes(weight), add_lanes(first), add_lanes(second)};
  }

  std::vector<float> s_, valid_, p_;
};

}  // namespace

Result<size_t> tsne_neighbours(size_t n, double perplexity) {
  if (!(perplexity >= 1.0) || !(3.0 * perplexity <= static_cast<double>(n) - 1.0))
    return fail(ErrorCode::invalid_argument, "tsne: perplexity is {}, expected 1 to {:.4g}, a third of the {} other points", perplexity,
                (static_cast<double>(n) - 1.0) / 3.0, n - 1);
  return static_cast<size_t>(3.0 * perplexity);
}

Result<Affinities> tsne_affinities(NeighbourGraph graph, double perplexity, ComputePool& pool, std::stop_token stop) {
  const float target = static_cast<float>(std::log(perplexity)), share = static_cast<float>(0.5 / static_cast<double>(graph.ids.rows));
  for_tiles(pool, graph.ids.rows, kTile, [&](size_t begin, size_t end) {
    RowCalibration calibration;
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      calibration.run(graph.squared_distances.row(i), target);
      for (float& p : graph.squared_distances.row(i)) p *= share;
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "tsne: stopped");
  // (P + P^T) / 2n
  return symmetrised(
      std::move(graph.ids), std::move(graph.squared_distances), [](float p, float q) { return p + q; }, pool, std::move(stop));
}

void calibrate_row(std::span<float> row, double perplexity) {
  const double reached = std::clamp(perplexity, 1.0, std::max(1.0, static_cast<double>(row.size()) / 3.0));
  RowCalibration().run(row, static_cast<float>(std::log(reached)));
}

}  // namespace latentscape
