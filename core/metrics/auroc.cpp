#include "core/metrics/auroc.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace latentscape {

Result<Auroc> auroc(std::span<const double> scores, const std::vector<bool>& positive) {
  const size_t n = scores.size();
  if (positive.size() != n) return fail(ErrorCode::invalid_argument, "auroc: {} scores and {} marks, expected as many", n, positive.size());
  for (size_t i = 0; i < n; ++i)
    if (std::isnan(scores[i])) return fail(ErrorCode::non_finite, "auroc: score {} is not a number", i);
  Auroc out;
  out.positives = static_cast<size_t>(std::count(positive.begin(), positive.end(), true));
  out.negatives = n - out.positives;
  if (out.positives == 0 || out.negatives == 0)
    return fail(ErrorCode::invalid_argument, "auroc: {} outliers and {} normal examples, expected some of both", out.positives,
                out.negatives);
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  double ranks = 0.0;  // of the positives, from 1; equal scores share the middle of theirs
  for (size_t begin = 0; begin < n;) {
    size_t end = begin, marked = 0;
    for (; end < n && scores[order[end]] == scores[order[begin]]; ++end) marked += positive[order[end]] ? 1 : 0;
    ranks += static_cast<double>(marked) * 0.5 * static_cast<double>(begin + 1 + end);
    begin = end;
  }
  const double p = static_cast<double>(out.positives);
  out.value = (ranks - 0.5 * p * (p + 1)) / (p * static_cast<double>(out.negatives));
  return out;
}

}  // namespace latentscape
