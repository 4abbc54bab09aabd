#include "core/data/arrays.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/data/array_fit.hpp"
#include "core/data/classes.hpp"
#include "core/data/memory_budget.hpp"
#include "core/data/sha256.hpp"
#include "core/data/table_fit.hpp"
#include "core/data/value_cache.hpp"

namespace latentscape {

namespace {

constexpr size_t kPiece = size_t{1} << 20;  // numbers that are read together
constexpr size_t kMostInputs = 100'000;     // numbers a row; more have no preprocessing of their own

std::string shape_text(std::span<const size_t> dims) { return fmt::format("{}", fmt::join(dims, " x ")); }

/// What a pass over the numbers of images has found.
struct Pixels {
  bool whole = true;
  float largest = 0;
  bool bytes() const { return whole && largest > 1; }
  float scale() const { return largest > 1 ? 255.0f : 1.0f; }
};

class Loading {
 public:
  Loading(std::vector<NpyRows> parts, const DataRequest& request) : parts_(std::move(parts)), request_(request) {}

  Result<Dataset> run() {
    LS_CHECK(find_shape());
    const bool image = data_.kind == DataKind::image;
    if (!image) LS_CHECK(name_inputs());
    const size_t count = data_.rows * data_.width(), budget = memory_budget(request_.memory);
    const size_t least = image ? count : count * sizeof(float);
    // What no memory is too small for, or has not shown its length, is looked at before memory is taken.
    if (least <= budget) {
      LS_CHECK(look());
      if (pixels_.bytes() ? count <= budget : count <= budget / sizeof(float)) {
        LS_CHECK(fill_memory(count));
        return std::move(data_);
      }
    }
    LS_CHECK(map(budget));
    return std::move(data_);
  }

 private:
  Status find_shape() {
    const std::vector<size_t>& dims = parts_[0].header().dims;
    const std::string& where = parts_[0].name();
    const bool image = dims.size() == 3 || (dims.size() == 4 && (dims[3] == 1 || dims[3] == 3));
    if (dims.size() != 2 && !image)
      return fail(ErrorCode::unsupported, "{}: has {} dimensions, expected 2 (a table), 3 (grey images) or 4 (images with 1 or 3 channels)",
                  where, dims.size());
    for (const NpyRows& part : parts_) {
      const std::vector<size_t>& own = part.header().dims;
      if (own.size() != dims.size() || !std::equal(dims.begin() + 1, dims.end(), own.begin() + 1))
        return fail(ErrorCode::corrupt, "{}: is {}, expected rows as in {}", part.name(), shape_text(own), shape_text(dims));
      data_.rows += part.rows();
    }
    if (data_.rows == 0) return fail(ErrorCode::corrupt, "{}: has no rows", where);
    data_.kind = image ? DataKind::image : DataKind::table;
    data_.shape.assign(dims.begin() + 1, dims.end());
    if (dims.size() == 4 && data_.shape[2] == 1) data_.shape.pop_back();  // as grey images are elsewhere
    if (data_.width() == 0) return fail(ErrorCode::corrupt, "{}: its rows are empty", where);
    if (data_.width() > memory_budget(request_.memory) / sizeof(float))
      return fail(ErrorCode::out_of_memory, "{}: one row alone is {}, more than the {} of memory for data", where,
                  text_from_bytes(data_.width() * sizeof(float)), text_from_bytes(memory_budget(request_.memory)));
    return {};
  }

  /// What the numbers of a table are less by. A trained model says it of its own; one that takes numbers as they are says so, too.
  Status name_inputs() {
    const std::optional<Preprocessing>& trained = request_.preprocessing;
    if (data_.width() > kMostInputs || (trained && trained->empty())) return {};
    data_.preprocessing = array_inputs(data_.width());
    std::vector<TableInput>& inputs = data_.preprocessing.inputs;
    if (trained && same_names(*trained, data_.preprocessing)) {
      if (has_offsets(*trained))
        for (const TableInput& input : trained->inputs) offsets_.push_back(input.offset);
    } else {
      LS_TRY(offsets_, offsets_of(parts_, [this] { return !request_.stop.stop_requested(); }));
    }
    for (size_t j = 0; j < offsets_.size(); ++j) inputs[j].offset = offsets_[j];
    return {};
  }

  /// take(numbers, first row) for all rows, some at a time.
  template <class F>
  Status for_pieces(const char* what, const F& take) {
    const size_t width = data_.width(), most = std::max<size_t>(1, kPiece / width);
    std::vector<float> numbers;
    size_t done = 0;
    for (NpyRows& part : parts_) {
      for (size_t first = 0; first < part.rows();) {
        if (request_.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", request_.spec);
        if (request_.progress) request_.progress(static_cast<double>(done) / static_cast<double>(data_.rows), what);
        const size_t n = std::min(most, part.rows() - first);
        numbers.resize(n * width);
        LS_CHECK(part.read(first, n, offsets_, numbers.data()));
        LS_CHECK(take(std::span<const float>(numbers), done));
        first += n;
        done += n;
      }
    }
    return {};
  }

  Status look() {
    looked_ = true;
    const bool seen = std::all_of(parts_.begin(), parts_.end(), [](const NpyRows& part) { return part.any_order(); });
    if (data_.kind == DataKind::table && seen) return {};
    const bool image = data_.kind == DataKind::image;
    return for_pieces("looking at the values", [&](std::span<const float> numbers, size_t first) -> Status {
      for (size_t i = 0; i < numbers.size() && image; ++i) {
        const float v = numbers[i];
        if (!(v >= 0 && v <= 255))
          return fail(ErrorCode::corrupt, "{}: image {}: value {}, expected 0 to 1 or 0 to 255", parts_[0].name(),
                      first + i / data_.width(), v);
        pixels_.whole = pixels_.whole && v == std::floor(v);
        pixels_.largest = std::max(pixels_.largest, v);
      }
      return {};
    });
  }

  /// As the data has them: take(numbers of type T, first row).
  template <class T, class F>
  Status for_values(const F& take) {
    const float scale = data_.kind == DataKind::image && !pixels_.bytes() ? pixels_.scale() : 1.0f;
    std::vector<T> values;
    return for_pieces("reading the values", [&](std::span<const float> numbers, size_t first) -> Status {
      values.resize(numbers.size());
      for (size_t i = 0; i < numbers.size(); ++i) values[i] = static_cast<T>(numbers[i] / scale);
      return take(std::span<const T>(values), first);
    });
  }

  template <class T>
  Status fill_memory_with(size_t count) {
    std::vector<T> all(count);
    LS_CHECK(for_values<T>([&](std::span<const T> values, size_t first) -> Status {
      std::copy(values.begin(), values.end(), all.begin() + static_cast<std::ptrdiff_t>(first * data_.width()));
      return {};
    }));
    data_.values = std::move(all);
    return {};
  }
  Status fill_memory(size_t count) { return pixels_.bytes() ? fill_memory_with<uint8_t>(count) : fill_memory_with<float>(count); }

  /// Are the values of the file those of the data?
  bool fits_in_place() {
    const NpyHeader& header = parts_[0].header();
    const bool same = pixels_.bytes() ? header.bytes() : header.plain_floats() && pixels_.scale() == 1.0f;
    return parts_.size() == 1 && same && !header.columns_first() && header.start % sizeof(float) == 0;
  }

  Status map(size_t budget) {
    const bool plain = parts_.size() == 1 && request_.spec == parts_[0].name();  // an NPY file itself
    if (plain && is_safe_in_place(request_.spec)) {
      if (!looked_) LS_CHECK(look());
      if (fits_in_place()) return map_values(data_, request_.spec, nullptr, budget);
    }
    LS_TRY(const std::string key, key_of());
    LS_TRY(const bool found, map_known(key, budget));
    if (found) return {};
    LS_TRY(turn_, CacheTurn::take(key, request_));
    LS_TRY(const bool filled_meanwhile, map_known(key, budget));
    if (filled_meanwhile) return {};
    if (!looked_) LS_CHECK(look());
    auto filled = pixels_.bytes() ? fill_cache<uint8_t>(key, "|u1") : fill_cache<float>(key, "<f4");
    LS_TRY(const CacheEntry entry, std::move(filled));
    auto again = key_of();
    if (!again.ok() || *again != key) drop_entry(entry);
    LS_TRY(const std::string same, std::move(again));
    if (same != key) return fail(ErrorCode::corrupt, "{}: changed while it was read", request_.spec);
    return map_entry(entry, budget);
  }

  /// False: there is no entry, or it was damaged and is gone.
  Result<bool> map_known(const std::string& key, size_t budget) {
    LS_TRY(const std::optional<CacheEntry> entry, find_entry(key));
    if (!entry) return false;
    if (map_entry(*entry, budget).ok()) {
      turn_.reset();
      return true;
    }
    drop_entry(*entry);
    return false;
  }

  Status map_entry(const CacheEntry& entry, size_t budget) {
    return map_values(data_, entry.values, std::make_shared<const CacheEntry>(entry), budget);
  }

  Result<std::string> key_of() const {
    LS_TRY(const std::string bytes, sha256_of_file(request_.spec, request_.stop, request_.progress));
    Sha256 sum;
    sum.add("arrays 1 " + bytes);
    for (const double offset : offsets_) sum.add(fmt::format(" {}", offset));
    for (const NpyRows& part : parts_) sum.add(std::string_view(part.name()).substr(request_.spec.size()));
    return sum.hex();
  }

  template <class T>
  Result<CacheEntry> fill_cache(const std::string& key, std::string_view descr) {
    LS_TRY(CacheFilling filling, CacheFilling::begin(key, data_.rows * data_.width() * sizeof(T), request_.spec, turn_));
    LS_CHECK(for_values<T>([&](std::span<const T> values, size_t) {
      return filling.append({reinterpret_cast<const uint8_t*>(values.data()), values.size_bytes()});
    }));
    std::vector<size_t> dims = {data_.rows};
    dims.insert(dims.end(), data_.shape.begin(), data_.shape.end());
    return filling.finish(descr, dims);
  }

  std::vector<NpyRows> parts_;
  const DataRequest& request_;
  Dataset data_;
  std::vector<double> offsets_;  // one a number of a row; empty: none
  Pixels pixels_;
  bool looked_ = false;
  std::shared_ptr<const CacheTurn> turn_;
};

/// -1 beside classes counted from 0 to 2 or more is no class; {-1, 1} are two, {-1, 0, 1} (against, neither, for) three.
std::vector<float> without_minus_one(std::vector<float> values) {
  float least = 0.0f, most = 0.0f;
  for (const float v : values) least = std::min(least, std::isnan(v) ? 0.0f : v), most = std::max(most, std::isnan(v) ? 0.0f : v);
  if (least == -1.0f && most >= 2.0f && std::find(values.begin(), values.end(), 0.0f) != values.end())
    std::replace(values.begin(), values.end(), -1.0f, std::numeric_limits<float>::quiet_NaN());
  return values;
}

}  // namespace

Result<Dataset> dataset_from_rows(std::vector<NpyRows> parts, const DataRequest& request) {
  return Loading(std::move(parts), request).run();
}

Status add_label_array(Dataset& data, const NpyArray& labels, const std::string& where) {
  const bool one_each = labels.dims.size() == 1 || (labels.dims.size() == 2 && labels.dims[1] == 1);
  if (!one_each || labels.dims[0] != data.rows)
    return fail(ErrorCode::corrupt, "{}: is {}, expected {} numbers, one a row", where, shape_text(labels.dims), data.rows);
  const std::vector<float> values = without_minus_one(labels.values);
  const auto to_colour_by = [&](const std::string& why) {
    data.warnings.push_back(fmt::format("{}: {}, so it is a column to colour by and no label", where, why));
    data.columns.push_back({"label", {}, values});
  };
  const auto is_class = [](float v) { return std::isnan(v) || (v == std::floor(v) && std::abs(v) <= kLargestWholeFloat); };
  const auto odd = std::find_if_not(values.begin(), values.end(), is_class);
  if (odd != values.end()) {
    to_colour_by(fmt::format("row {} is {}, which is no class", odd - values.begin(), *odd));
    return {};
  }
  std::set<float> different;
  for (const float v : values)
    if (!std::isnan(v)) different.insert(v);
  if (different.size() > kMostLabelClasses) {
    to_colour_by(fmt::format("has more than {} different values", kMostLabelClasses));
    return {};
  }
  const auto missing = std::count_if(values.begin(), values.end(), [](float v) { return std::isnan(v); });
  if (missing) data.warnings.push_back(fmt::format("{}: {} of {} rows have no label", where, missing, data.rows));
  data.label_column = static_cast<int>(data.columns.size());
  data.columns.push_back(class_column("label", values));
  return {};
}

}  // namespace latentscape
