#include "core/data/dataset.hpp"

#include <algorithm>
#include <bit>
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

/// The rows of a split, shuffled by seed and then sorted by class: what is taken from it at equal steps is stratified.
std::vector<uint32_t> shuffled_by_class(const Dataset& data, Split from, uint64_t seed, uint64_t step) {
  const std::vector<uint32_t> ids = data.ids_of(from);
  const std::vector<uint32_t> order = random_permutation(static_cast<uint32_t>(ids.size()), Rng(seed, RngStream::split, step));
  std::vector<uint32_t> shuffled(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) shuffled[i] = ids[order[i]];
  std::stable_sort(shuffled.begin(), shuffled.end(), [&](uint32_t a, uint32_t b) { return data.label(a) < data.label(b); });
  return shuffled;
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

/// Two lanes of multiply and rotate over 8-byte words; not cryptographic, for telling data apart.
class Fingerprint {
 public:
  void add(uint64_t word) {
    a_ = (a_ ^ word) * 0x9E3779B97F4A7C15u;
    a_ ^= a_ >> 29;
    b_ = (b_ + word) * 0xC2B2AE3D27D4EB4Fu;
    b_ = (b_ << 31) | (b_ >> 33);
    ++words_;
  }
  void add_bytes(const std::vector<uint8_t>& bytes) {
    // Words are put together byte by byte, so that the number does not depend on the machine's byte order.
    size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
      uint64_t word = 0;
      for (size_t k = 0; k < 8; ++k) word |= uint64_t{bytes[i + k]} << (8 * k);
      add(word);
    }
    uint64_t rest = bytes.size() - i;
    for (; i < bytes.size(); ++i) rest = rest << 8 | bytes[i];
    add(rest);
  }
  void add(const Column& column) {
    add_text(column.name);
    for (const std::string& category : column.categories) add_text(category);
    add_floats(column.values);
  }
  void add(const WordCounts& counts) {
    for (const size_t start : counts.start) add(start);
    for (const uint32_t word : counts.word) add(word);
    add_floats(counts.count);
  }
  void add_floats(const std::vector<float>& values) {
    for (const float v : values) add(std::bit_cast<uint32_t>(v));
  }
  void add_text(const std::string& text) {
    add(text.size());
    for (const char c : text) add(static_cast<uint8_t>(c));
  }
  std::string hex() const { return fmt::format("{:016x}{:016x}", mixed(a_ + words_), mixed(b_ ^ words_)); }

 private:
  static uint64_t mixed(uint64_t h) {  // the finaliser of MurmurHash3
    h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
    h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
    return h ^ (h >> 33);
  }

  uint64_t a_ = 0x243F6A8885A308D3u, b_ = 0x13198A2E03707344u, words_ = 0;
};

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
  if (const auto* pixels = std::get_if<std::vector<uint8_t>>(&values)) total += pixels->size();
  if (const auto* numbers = std::get_if<std::vector<float>>(&values)) total += numbers->size() * sizeof(float);
  if (const auto* counts = std::get_if<WordCounts>(&values)) total += counts->bytes();
  for (const std::string& text : texts) total += sizeof(text) + text.size();
  for (const Column& column : columns) total += column.values.size() * sizeof(float);
  return total;
}

void Dataset::copy_row(size_t i, float* out) const {
  const size_t n = width();
  if (const auto* pixels = std::get_if<std::vector<uint8_t>>(&values)) {
    const uint8_t* from = pixels->data() + i * n;
    for (size_t j = 0; j < n; ++j) out[j] = static_cast<float>(from[j]) / 255.0f;
  } else if (const auto* counts = std::get_if<WordCounts>(&values)) {
    counts->copy_row(i, n, out);
  } else {
    const float* from = std::get<std::vector<float>>(values).data() + i * n;
    std::copy(from, from + n, out);
  }
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

void set_fingerprint(Dataset& data) {
  Fingerprint print;
  print.add(data.rows);
  if (data.preprocessing.inputs.empty())
    for (const size_t dim : data.shape) print.add(dim);
  else
    for (const Column& column : data.columns) print.add(column);
  print.add(data.values.index());
  if (const auto* bytes = std::get_if<std::vector<uint8_t>>(&data.values))
    print.add_bytes(*bytes);
  else if (const auto* counts = std::get_if<WordCounts>(&data.values))
    print.add(*counts);
  else
    print.add_floats(std::get<std::vector<float>>(data.values));
  for (const std::string& text : data.texts) print.add_text(text);
  if (const Column* labels = data.labels()) print.add_floats(labels->values);
  data.fingerprint = print.hex();
}

}  // namespace latentscape
