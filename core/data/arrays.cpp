#include "core/data/arrays.hpp"

#include <algorithm>
#include <cmath>

#include "core/data/classes.hpp"

namespace latentscape {

namespace {

std::vector<float> floats_of(NpyNumbers array) {
  if (auto* floats = std::get_if<std::vector<float>>(&array.values)) return std::move(*floats);
  const auto& bytes = std::get<Bytes>(array.values);
  return {bytes.begin(), bytes.end()};
}

Status fill_pixels(Dataset& data, std::vector<float> values, const std::string& where) {
  bool whole = true;
  float largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const float v = values[i];
    if (!(v >= 0 && v <= 255))
      return fail(ErrorCode::corrupt, "{}: image {}: value {}, expected 0 to 1 or 0 to 255", where, i / data.width(), v);
    whole = whole && v == std::floor(v);
    largest = std::max(largest, v);
  }
  if (largest <= 1) {
    data.values = std::move(values);
    return {};
  }
  if (whole) {
    Bytes bytes(values.size());
    std::transform(values.begin(), values.end(), bytes.begin(), [](float v) { return static_cast<uint8_t>(v); });
    data.values = std::move(bytes);
    return {};
  }
  for (float& v : values) v /= 255.0f;
  data.values = std::move(values);
  return {};
}

}  // namespace

Result<Dataset> dataset_from_array(NpyNumbers array, const std::string& where) {
  const size_t dims = array.dims.size();
  const bool image = dims == 3 || (dims == 4 && (array.dims[3] == 1 || array.dims[3] == 3));
  if (dims != 2 && !image)
    return fail(ErrorCode::unsupported, "{}: has {} dimensions, expected 2 (a table), 3 (grey images) or 4 (images with 1 or 3 channels)",
                where, dims);
  if (array.dims[0] == 0) return fail(ErrorCode::corrupt, "{}: has no rows", where);
  Dataset data;
  data.kind = image ? DataKind::image : DataKind::table;
  data.rows = array.dims[0];
  data.shape.assign(array.dims.begin() + 1, array.dims.end());
  if (dims == 4 && data.shape[2] == 1) data.shape.pop_back();  // as grey images are elsewhere
  if (data.width() == 0) return fail(ErrorCode::corrupt, "{}: its rows are empty", where);
  auto* bytes = std::get_if<Bytes>(&array.values);
  if (image && bytes && std::any_of(bytes->begin(), bytes->end(), [](uint8_t v) { return v > 1; }))
    data.values = std::move(*bytes);
  else if (image)
    LS_CHECK(fill_pixels(data, floats_of(std::move(array)), where));
  else
    data.values = floats_of(std::move(array));
  return data;
}

Status append_rows(NpyNumbers& array, NpyNumbers more, const std::string& where) {
  const auto shape_text = [](const std::vector<size_t>& dims) { return fmt::format("{}", fmt::join(dims, " x ")); };
  if (array.dims.empty() || more.dims.size() != array.dims.size() ||
      !std::equal(array.dims.begin() + 1, array.dims.end(), more.dims.begin() + 1))
    return fail(ErrorCode::corrupt, "{}: is {}, expected rows as in {}", where, shape_text(more.dims), shape_text(array.dims));
  array.dims[0] += more.dims[0];
  auto* bytes = std::get_if<Bytes>(&array.values);
  const auto* other = std::get_if<Bytes>(&more.values);
  if (bytes && other) {
    bytes->reserve(bytes->size() + other->size());  // not twice as much
    bytes->insert(bytes->end(), other->begin(), other->end());
    return {};
  }
  const std::vector<size_t> dims = array.dims;
  std::vector<float> values = floats_of(std::move(array));
  const std::vector<float> others = floats_of(std::move(more));
  values.insert(values.end(), others.begin(), others.end());
  array = {dims, std::move(values)};
  return {};
}

Status add_label_array(Dataset& data, const NpyNumbers& labels, const std::string& where) {
  const bool one_each = labels.dims.size() == 1 || (labels.dims.size() == 2 && labels.dims[1] == 1);
  if (!one_each || labels.dims[0] != data.rows)
    return fail(ErrorCode::corrupt, "{}: is {}, expected {} numbers, one a row", where, fmt::join(labels.dims, " x "), data.rows);
  const std::vector<float> values = floats_of(labels);
  if (!std::all_of(values.begin(), values.end(), [](float v) { return v == std::floor(v) && std::abs(v) <= kLargestWholeFloat; })) {
    data.columns.push_back({"label", {}, values});
    return {};
  }
  data.label_column = static_cast<int>(data.columns.size());
  data.columns.push_back(class_column("label", values));
  return {};
}

}  // namespace latentscape
