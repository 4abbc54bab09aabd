#include "core/metrics/mutual_information_gap.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

/// The bin of each row in dimension j; all 0 where the dimension does not move.
std::vector<uint32_t> binned(FloatView latents, size_t j, size_t bins) {
  double low = static_cast<double>(latents(0, j)), high = low;
  for (size_t i = 0; i < latents.rows; ++i) {
    low = std::min(low, static_cast<double>(latents(i, j)));
    high = std::max(high, static_cast<double>(latents(i, j)));
  }
  std::vector<uint32_t> out(latents.rows, 0);
  if (!(high > low)) return out;
  for (size_t i = 0; i < latents.rows; ++i) {
    const double share = (static_cast<double>(latents(i, j)) - low) / (high - low);
    out[i] = static_cast<uint32_t>(std::min(static_cast<size_t>(share * static_cast<double>(bins)), bins - 1));
  }
  return out;
}

double entropy_of(const std::vector<size_t>& counts, size_t n) {
  double sum = 0.0;
  for (const size_t count : counts)
    if (count) sum -= static_cast<double>(count) / static_cast<double>(n) * std::log(static_cast<double>(count) / static_cast<double>(n));
  return sum;
}

double entropy_of(const std::vector<uint32_t>& values, size_t levels) {
  std::vector<size_t> counts(levels, 0);
  for (const uint32_t v : values) ++counts[v];
  return entropy_of(counts, values.size());
}

/// I(a; b) = H(a) + H(b) - H(a, b).
double information(const std::vector<uint32_t>& a, size_t a_levels, const Factor& b) {
  std::vector<size_t> joint(a_levels * b.levels, 0);
  for (size_t i = 0; i < a.size(); ++i) ++joint[a[i] * b.levels + b.level[i]];
  return entropy_of(a, a_levels) + entropy_of(b.level, b.levels) - entropy_of(joint, a.size());
}

Status check(FloatView latents, const std::vector<Factor>& factors, size_t bins) {
  if (latents.rows == 0 || latents.cols == 0 || bins == 0)
    return fail(ErrorCode::invalid_argument, "mig: {} rows, {} dimensions and {} bins, expected at least one of each", latents.rows,
                latents.cols, bins);
  if (factors.empty()) return fail(ErrorCode::invalid_argument, "mig: no factors, expected at least one that is known for each row");
  for (const Factor& f : factors) {
    if (f.level.size() != latents.rows)
      return fail(ErrorCode::invalid_argument, "mig: factor '{}' has {} values, expected {}", f.name, f.level.size(), latents.rows);
    for (size_t i = 0; i < f.level.size(); ++i)
      if (f.level[i] >= f.levels)
        return fail(ErrorCode::invalid_argument, "mig: factor '{}', row {}: level {} of {}", f.name, i, f.level[i], f.levels);
  }
  return check_finite(latents, "mig: latents");
}

/// The levels of a column in ascending order; fewer than two of them where it is no factor.
Factor factor_of(const Column& column, std::span<const uint32_t> rows) {
  Factor factor{column.name, {}, 0};
  std::map<float, uint32_t> level_of;
  for (const uint32_t row : rows) {
    const float value = column.values[row];
    if (std::isnan(value)) return factor;
    level_of.emplace(value, 0);
    if (!column.categorical() && level_of.size() > kMostLevels) return factor;
  }
  for (auto& [value, level] : level_of) level = static_cast<uint32_t>(factor.levels++);
  for (const uint32_t row : rows) factor.level.push_back(level_of.at(column.values[row]));
  return factor;
}

}  // namespace

Result<std::vector<Factor>> factors_of(const Dataset& data, std::span<const uint32_t> rows) {
  std::vector<Factor> factors;
  for (const Column& column : data.columns) {
    Factor factor = factor_of(column, rows);
    if (factor.levels > 1) factors.push_back(std::move(factor));
  }
  if (factors.size() < 2)
    return fail(ErrorCode::invalid_argument,
                "{} has {} column of factors, mig needs at least two: classes, or numbers of at most {} different values", data.name,
                factors.empty() ? "no" : "one (" + factors[0].name + ")", kMostLevels);
  return factors;
}

Result<MutualInformationGap> mutual_information_gap(FloatView latents, const std::vector<Factor>& factors, size_t bins) {
  LS_CHECK(check(latents, factors, bins));
  std::vector<std::vector<uint32_t>> codes;
  for (size_t j = 0; j < latents.cols; ++j) codes.push_back(binned(latents, j, bins));
  MutualInformationGap out;
  out.n = latents.rows;
  out.bins = bins;
  for (const Factor& f : factors) {
    FactorGap gap;
    gap.name = f.name;
    gap.entropy = entropy_of(f.level, f.levels);
    if (!(gap.entropy > 0.0))
      return fail(ErrorCode::invalid_argument, "mig: factor '{}' is the same in all {} rows, expected it to vary", f.name, latents.rows);
    for (const std::vector<uint32_t>& code : codes) gap.informations.push_back(information(code, bins, f));
    gap.best = static_cast<size_t>(std::max_element(gap.informations.begin(), gap.informations.end()) - gap.informations.begin());
    double next = 0.0;
    for (size_t j = 0; j < gap.informations.size(); ++j)
      if (j != gap.best) next = std::max(next, gap.informations[j]);
    gap.value = (gap.informations[gap.best] - next) / gap.entropy;
    out.value += gap.value / static_cast<double>(factors.size());
    out.factors.push_back(std::move(gap));
  }
  return out;
}

}  // namespace latentscape
