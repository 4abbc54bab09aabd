#include "core/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/base/registry.hpp"
#include "core/base/rng.hpp"

namespace latentscape {

namespace {

constexpr std::string_view kSplitNames[] = {"train", "heldout", "test"};
constexpr double kTestShare = 0.2;
constexpr uint64_t kHeldoutStep = 0, kTestStep = 1, kFoldStep = 2;  // of RngStream::split

float number_of(uint8_t v) { return static_cast<float>(v) / 255.0f; }
float number_of(float v) { return v; }
float scaled(float v, const Scaling& s) { return static_cast<float>((static_cast<double>(v) - s.shift) / s.scale); }

/// The rows of a split, shuffled by seed and then sorted by class: what is taken from it at equal steps is stratified.
std::vector<uint32_t> shuffled_by_class(const Dataset& data, Split from, uint64_t seed, uint64_t step) {
  const std::vector<uint32_t> ids = data.ids_of(from);
  const std::vector<uint32_t> order = random_permutation(static_cast<uint32_t>(ids.size()), Rng(seed, RngStream::split, step));
  std::vector<uint32_t> shuffled(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) shuffled[i] = ids[order[i]];
  // By counting, as a comparing sort of a million rows takes longer than reading them.
  std::vector<size_t> next(data.classes() + 2);  // where the next row of class k - 1 goes; rows without one come first
  for (const uint32_t id : shuffled) ++next[static_cast<size_t>(data.label(id) + 2)];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<uint32_t> sorted(shuffled.size());
  for (const uint32_t id : shuffled) sorted[next[static_cast<size_t>(data.label(id) + 1)]++] = id;
  return sorted;
}

/// Takes a seeded `share` of the rows in `from`, the same share of each class (to one row), and moves them to `to`.
void move_share(Dataset& data, Split from, Split to, double share, uint64_t seed, uint64_t step) {
  const std::vector<uint32_t> shuffled = shuffled_by_class(data, from, seed, step);
  if (shuffled.size() < 2 || share <= 0) return;
  // Systematic sampling along the rows sorted by class: each class gives its share, and the total is the rounded share of all.
  const double n = static_cast<double>(shuffled.size());
  const double wanted = std::clamp(std::round(n * share), 1.0, n - 1.0);
  double taken = 0.0;
  for (size_t i = 0; i < shuffled.size(); ++i) {
    const double due = std::floor(static_cast<double>(i + 1) * wanted / n + 0.5 / n);
    if (due > taken) {
      data.split[shuffled[i]] = to;
      taken = due;
    }
  }
}

/// Test rows, where there were none, and nothing held out: where each choice of held-out rows begins, also after an earlier one.
void without_heldout(Dataset& data, uint64_t seed) {
  data.split.resize(data.rows, Split::train);
  for (Split& s : data.split)
    if (s == Split::heldout) s = Split::train;
  assign_test(data, seed);
}

}  // namespace

std::string_view to_string(DataKind kind) {
  switch (kind) {
    case DataKind::image: return "image";
    case DataKind::table: return "table";
    case DataKind::text: return "text";
  }
  return "";
}

std::string_view to_string(Split split) { return kSplitNames[static_cast<size_t>(split)]; }

Result<Split> split_from_name(std::string_view name) {
  for (size_t i = 0; i < std::size(kSplitNames); ++i)
    if (name == kSplitNames[i]) return static_cast<Split>(i);
  const std::vector<std::string> names(std::begin(kSplitNames), std::end(kSplitNames));
  return unknown_name("split", name, names);
}

size_t Dataset::width() const { return std::accumulate(shape.begin(), shape.end(), size_t{1}, std::multiplies<>()); }

size_t Dataset::bytes() const {
  size_t total = split.size();
  if (const auto* counts = std::get_if<WordCounts>(&values)) total += counts->bytes();
  visit_numbers(values, [&](const auto& v) { total += is_mapped(v) ? 0 : v.size() * sizeof(*v.data()); });
  for (const std::string& text : texts) total += sizeof(text) + text.size();
  for (const Column& column : columns) total += column.values.size() * sizeof(float);
  return total;
}

bool Dataset::mapped() const {
  bool found = false;
  visit_numbers(values, [&](const auto& v) { found = is_mapped(v); });
  return found;
}

bool Dataset::holds_bytes() const {
  bool found = false;
  visit_numbers(values, [&](const auto& v) { found = sizeof(*v.data()) == 1; });
  return found;
}

bool Dataset::holds_numbers() const {
  bool found = false;
  visit_numbers(values, [&](const auto& v) { found = v.size() > 0; });
  return found;
}

const CacheEntry* Dataset::cache_entry() const {
  const CacheEntry* entry = nullptr;
  visit_numbers(values, [&](const auto& v) { entry = entry_of(v); });
  return entry;
}

float Dataset::number(size_t i, size_t j) const {
  float number = 0.0f;
  visit_numbers(values, [&](const auto& v) { number = number_of(row_of(v, i, width())[j]); });
  if (!scalings.empty()) number = scaled(number, scalings[j]);
  return number;
}

void Dataset::copy_row(size_t i, float* out) const {
  const size_t n = width();
  if (const auto* counts = std::get_if<WordCounts>(&values)) counts->copy_row(i, n, out);
  visit_numbers(values, [&](const auto& v) {
    const auto* from = row_of(v, i, n);
    for (size_t j = 0; j < n; ++j) out[j] = number_of(from[j]);
  });
  for (size_t j = 0; j < scalings.size(); ++j) out[j] = scaled(out[j], scalings[j]);
}

void Dataset::will_need(size_t first, size_t last) const {
  visit_numbers(values, [&](const auto& v) { rows_needed(v, first, last); });
}

void Dataset::passed(size_t n) const {
  visit_numbers(values, [&](const auto& v) { rows_passed(v, n); });
}

FloatArray Dataset::gather(std::span<const uint32_t> ids) const {
  FloatArray out(ids.size(), width());
  for (size_t k = 0; k < ids.size(); ++k) copy_row(ids[k], out.row_data(k));
  return out;
}

int Dataset::label(size_t i) const {
  const Column* column = labels();
  if (!column) return -1;
  const float value = column->values[i];
  return std::isnan(value) ? -1 : static_cast<int>(value);
}

std::vector<uint32_t> Dataset::ids_of(Split s) const { return ids_of({s}); }

std::vector<uint32_t> Dataset::ids_of(std::initializer_list<Split> s) const {
  std::vector<uint32_t> out;
  for (size_t i = 0; i < split.size(); ++i)
    if (std::find(s.begin(), s.end(), split[i]) != s.end()) out.push_back(static_cast<uint32_t>(i));
  return out;
}

void assign_test(Dataset& data, uint64_t seed) {
  data.split.resize(data.rows, Split::train);
  if (std::find(data.split.begin(), data.split.end(), Split::test) == data.split.end())
    move_share(data, Split::train, Split::test, kTestShare, seed, kTestStep);
}

void assign_heldout(Dataset& data, uint64_t seed, double share) {
  without_heldout(data, seed);
  move_share(data, Split::train, Split::heldout, share, seed, kHeldoutStep);
}

Status assign_fold(Dataset& data, uint64_t seed, size_t fold, size_t folds) {
  without_heldout(data, seed);
  const std::vector<uint32_t> rows = shuffled_by_class(data, Split::train, seed, kFoldStep);
  if (folds < 2 || folds > rows.size())
    return fail(ErrorCode::invalid_argument, "{}: {} folds of {} train rows, expected 2 folds or more and at least a row in each",
                data.origin, folds, rows.size());
  if (fold < 1 || fold > folds) return fail(ErrorCode::invalid_argument, "{}: fold {}, expected 1 to {}", data.origin, fold, folds);
  for (size_t i = fold - 1; i < rows.size(); i += folds) data.split[rows[i]] = Split::heldout;
  return {};
}

}  // namespace latentscape
