// One .npy array: n x d is a table, n x h x w and n x h x w x c with values in 0..1 or 0..255 are images.
#include "core/formats/npy.hpp"

#include <algorithm>
#include <cmath>

#include "core/data/source.hpp"

namespace latentscape {

void register_source_npy(Registry<DataSource>& registry);

namespace {

bool accepts_npy(const std::string& spec) {
  std::error_code ignored;
  return spec.ends_with(".npy") && std::filesystem::is_regular_file(spec, ignored);
}

/// Whole numbers up to 255 become bytes (so the fingerprint is that of the same pixels from elsewhere); 0..1 stays as it is.
Status fill_pixels(Dataset& data, std::vector<float>& values, const std::string& spec) {
  bool whole = true;
  float largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const float v = values[i];
    if (!(v >= 0 && v <= 255))
      return fail(ErrorCode::corrupt, "{}: image {}: value {}, expected 0 to 1 or 0 to 255", spec, i / data.width(), v);
    whole = whole && v == std::floor(v);
    largest = std::max(largest, v);
  }
  if (largest <= 1) {
    data.values = std::move(values);
    return {};
  }
  if (whole) {
    std::vector<uint8_t> bytes(values.size());
    std::transform(values.begin(), values.end(), bytes.begin(), [](float v) { return static_cast<uint8_t>(v); });
    data.values = std::move(bytes);
    return {};
  }
  for (float& v : values) v /= 255.0f;
  data.values = std::move(values);
  return {};
}

Result<Dataset> load_npy(const DataRequest& request) {
  LS_TRY(NpyArray array, read_npy(request.spec));
  const size_t dims = array.dims.size();
  const bool image = dims == 3 || (dims == 4 && (array.dims[3] == 1 || array.dims[3] == 3));
  if (dims != 2 && !image)
    return fail(ErrorCode::unsupported, "{}: has {} dimensions, expected 2 (a table), 3 (grey images) or 4 (images with 1 or 3 channels)",
                request.spec, dims);
  if (array.dims[0] == 0) return fail(ErrorCode::corrupt, "{}: has no rows", request.spec);
  Dataset data;
  data.name = std::filesystem::path(request.spec).stem().string();
  data.kind = image ? DataKind::image : DataKind::table;
  data.rows = array.dims[0];
  data.shape.assign(array.dims.begin() + 1, array.dims.end());
  if (data.width() == 0) return fail(ErrorCode::corrupt, "{}: its rows are empty", request.spec);
  if (image)
    LS_CHECK(fill_pixels(data, array.values, request.spec));
  else
    data.values = std::move(array.values);
  return data;
}

}  // namespace

void register_source_npy(Registry<DataSource>& registry) {
  registry.add({"npy", "an .npy file: n x d a table, n x h x w or n x h x w x c images", false, accepts_npy, load_npy});
}

}  // namespace latentscape
