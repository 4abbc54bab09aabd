#include "core/projection/affinities.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/neighbours/exact.hpp"

namespace latentscape {
namespace {

constexpr int kBisections = 60;
constexpr double kEntropyTolerance = 1e-6;

/// Conditional probabilities of one row's neighbours. Only differences to the nearest count, so far-away rows do not underflow.
void calibrate(std::span<const float> squared_distances, double log_perplexity, std::span<double> p) {
  const size_t k = p.size();
  const double nearest = static_cast<double>(squared_distances[0]);
  double spread = 0.0;
  for (const float s : squared_distances) spread += static_cast<double>(s) - nearest;
  double beta = static_cast<double>(k) / std::max(spread, 1e-30);  // 1 / (2 sigma^2)
  double low = 0.0, high = std::numeric_limits<double>::infinity();
  double sum = 0.0;
  for (int round = 0; round < kBisections; ++round) {
    sum = 0.0;
    double weighted = 0.0;
    for (size_t i = 0; i < k; ++i) {
      const double s = static_cast<double>(squared_distances[i]) - nearest;
      p[i] = std::exp(-beta * s);
      sum += p[i];
      weighted += s * p[i];
    }
    const double entropy = std::log(sum) + beta * weighted / sum;
    if (std::abs(entropy - log_perplexity) < kEntropyTolerance) break;
    if (entropy > log_perplexity) {
      low = beta;
      beta = std::isinf(high) ? beta * 2.0 : 0.5 * (beta + high);
    } else {
      high = beta;
      beta = 0.5 * (low + beta);
    }
  }
  for (double& v : p) v /= sum;
}

/// (P + P^T) / 2n of the k conditional probabilities a row.
Affinities symmetrise(const Array2<uint32_t>& ids, const Array2<double>& p) {
  const size_t n = ids.rows, k = ids.cols;
  std::vector<uint32_t> begin(n + 1, 0);
  for (size_t i = 0; i < n; ++i) begin[i + 1] += static_cast<uint32_t>(k);
  for (const uint32_t j : ids.values) ++begin[j + 1];
  for (size_t i = 0; i < n; ++i) begin[i + 1] += begin[i];
  std::vector<std::pair<uint32_t, double>> entries(begin[n]);
  std::vector<uint32_t> next(begin.begin(), begin.end() - 1);
  for (size_t i = 0; i < n; ++i)
    for (size_t a = 0; a < k; ++a) {
      const uint32_t j = ids(i, a);
      entries[next[i]++] = {j, p(i, a)};
      entries[next[j]++] = {static_cast<uint32_t>(i), p(i, a)};
    }
  Affinities out;
  out.n = n;
  out.start.push_back(0);
  out.columns.reserve(entries.size());
  out.values.reserve(entries.size());
  const double scale = 0.5 / static_cast<double>(n);
  for (size_t i = 0; i < n; ++i) {
    const auto first = entries.begin() + begin[i], last = entries.begin() + begin[i + 1];
    // A column appears at most twice, and a sum of two does not depend on their order.
    std::sort(first, last, [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto at = first; at != last; ++at) {
      double value = at->second;
      if (at + 1 != last && (at + 1)->first == at->first) value += (++at)->second;
      out.columns.push_back(at->first);
      out.values.push_back(static_cast<float>(value * scale));
    }
    out.start.push_back(static_cast<uint32_t>(out.columns.size()));
  }
  return out;
}

}  // namespace

Result<Affinities> tsne_affinities(FloatView points, double perplexity, ComputePool& pool, std::stop_token stop) {
  const size_t n = points.rows;
  if (!(perplexity >= 1.0) || !(perplexity < static_cast<double>(n) / 3.0))
    return fail(ErrorCode::invalid_argument, "tsne: perplexity is {}, expected at least 1 and less than a third of the {} points",
                perplexity, n);
  const size_t k = std::min(n - 1, static_cast<size_t>(3.0 * perplexity));
  LS_TRY(const NeighbourLists lists, exact_neighbours_within(points, k, pool, stop));
  Array2<double> p(n, k);
  for_tiles(pool, n, 64, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i)
      calibrate(lists.squared_distances.row(i), std::log(perplexity), p.row(i));
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "tsne: stopped");
  return symmetrise(lists.ids, p);
}

void calibrate_row(std::span<float> row, double perplexity) {
  std::vector<double> p(row.size());
  calibrate(row, std::log(std::clamp(perplexity, 1.0, std::max(1.0, static_cast<double>(row.size()) / 3.0))), p);
  std::transform(p.begin(), p.end(), row.begin(), [](double v) { return static_cast<float>(v); });
}

}  // namespace latentscape
