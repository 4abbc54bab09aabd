#include "core/base/registry.hpp"

#include <algorithm>
#include <numeric>

namespace latentscape {

namespace {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
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
