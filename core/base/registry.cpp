#include "core/base/registry.hpp"

#include <algorithm>
#include <numeric>

namespace latentscape {

namespace {

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last.back();
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = edit_distance(name, candidate);
    if (distance < best_distance && distance < std::max(name.size(), candidate.size())) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

Error unknown_name(std::string_view what, std::string_view name, std::span<const std::string> candidates) {
  std::string known;
  for (const std::string& c : candidates) known += (known.empty() ? "" : ", ") + c;
  const std::string nearest = nearest_name(name, candidates);
  if (nearest.empty()) return fail(ErrorCode::invalid_argument, "unknown {} '{}'; known: {}", what, name, known);
  return fail(ErrorCode::invalid_argument, "unknown {} '{}', did you mean '{}'? known: {}", what, name, nearest, known);
}

}  // namespace latentscape
