#include "core/data/array_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace latentscape {

namespace {

constexpr size_t kMostFitted = 50'000'000;  // numbers that are looked at, to a row
constexpr size_t kLeastPixels = 64;         // of a row
constexpr double kLargestPixel = 255.0;

/// One number of each train row. Sums are of differences from the first, as squares of large numbers would lose them.
struct Tally {
  double first = 0.0, sum = 0.0, squares = 0.0;
  float least = std::numeric_limits<float>::infinity(), most = -std::numeric_limits<float>::infinity();
  bool whole = true;

  void take(float v) {
    if (least > most) first = static_cast<double>(v);
    const double d = static_cast<double>(v) - first;
    sum += d;
    squares += d * d;
    least = std::min(least, v);
    most = std::max(most, v);
    whole = whole && v == std::floor(v);
  }
};

void set_scalings(Dataset& data) {
  for (const TableInput& input : data.preprocessing.inputs) data.scalings.push_back({input.mean - input.offset, input.scale});
}

}  // namespace

Preprocessing array_inputs(size_t width) {
  Preprocessing out;
  out.inputs.resize(width);
  for (size_t j = 0; j < width; ++j) out.inputs[j].name = fmt::format("x{}", j + 1);
  return out;
}

bool same_names(const Preprocessing& a, const Preprocessing& b) {
  return std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(), b.inputs.end(), [](const TableInput& x, const TableInput& y) {
    return x.name == y.name && x.categories.empty() && y.categories.empty();
  });
}

void fit_array(Dataset& data, Standardise standardise) {
  std::vector<TableInput>& inputs = data.preprocessing.inputs;
  const std::vector<uint32_t> rows = data.ids_of(Split::train);
  const size_t step = std::max<size_t>(1, rows.size() / std::max<size_t>(1, kMostFitted / inputs.size()));
  std::vector<Tally> tallies(inputs.size());
  std::vector<float> row(inputs.size());
  size_t n = 0;
  for (size_t i = 0; i < rows.size() && standardise != Standardise::no; i += step, ++n) {
    data.copy_row(rows[i], row.data());
    for (size_t j = 0; j < row.size(); ++j) tallies[j].take(row[j]);
  }
  const bool offsets = std::any_of(inputs.begin(), inputs.end(), [](const TableInput& input) { return input.offset != 0.0; });
  const auto within = [&](float most) {
    return !offsets && std::all_of(tallies.begin(), tallies.end(), [&](const Tally& t) { return t.least >= 0.0f && t.most <= most; });
  };
  const bool automatic = standardise == Standardise::automatic;
  const bool as_they_are = standardise == Standardise::no || (automatic && within(1.0f));
  if (as_they_are && !offsets) {
    inputs.clear();
    return;
  }
  const bool whole = std::all_of(tallies.begin(), tallies.end(), [](const Tally& t) { return t.whole; });
  const bool pixels = automatic && inputs.size() >= kLeastPixels && whole && within(static_cast<float>(kLargestPixel));
  if (pixels)
    data.warnings.push_back(
        "its numbers are whole ones from 0 to 255, as of pixels, and are divided by 255; setting `standardise` to yes or no reads them "
        "otherwise");
  for (size_t j = 0; j < inputs.size(); ++j) {
    TableInput& input = inputs[j];
    const Tally& t = tallies[j];
    const double mean = t.first + t.sum / static_cast<double>(std::max<size_t>(1, n)), d = mean - t.first;
    const double variance = t.squares / static_cast<double>(std::max<size_t>(1, n)) - d * d;
    input.mean = as_they_are ? input.offset : pixels ? 0.0 : input.offset + mean;
    input.scale = pixels ? kLargestPixel : !as_they_are && t.most > t.least && variance > 0.0 ? std::sqrt(variance) : 1.0;
    input.fill = input.mean;
  }
  set_scalings(data);
}

Status fit_array_as(Dataset& data, const Preprocessing& trained) {
  if (!same_names(data.preprocessing, trained))
    return fail(ErrorCode::invalid_argument,
                "{}: has no named columns, expected a table with the same columns as in the data that the model was trained on ({}{})",
                data.origin, trained.inputs[0].name, trained.inputs.size() > 1 ? ", ..." : "");
  data.preprocessing = trained;
  set_scalings(data);
  return {};
}

}  // namespace latentscape
