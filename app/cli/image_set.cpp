#include "app/cli/image_set.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "core/formats/idx.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

/// The byte of each class; empty: they do not fit.
std::vector<uint8_t> class_bytes(const std::vector<std::string>& classes) {
  std::vector<uint8_t> named, counted;
  for (const std::string& name : classes) {
    uint8_t number = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
    if (read.ec == std::errc{} && read.ptr == name.data() + name.size()) named.push_back(number);
    counted.push_back(static_cast<uint8_t>(counted.size()));
  }
  return named.size() == classes.size() ? named : counted;
}

}  // namespace

Status check_set_output(const std::string& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && !(fs::is_directory(folder, error) && fs::is_empty(folder, error)))
    return fail(ErrorCode::exists, "{}: is there already, expected the name of a new folder (or one that ends in .npy or .png)", folder);
  const fs::path parent = fs::absolute(folder, error).lexically_normal().parent_path();
  const fs::path holder = fs::path(folder).has_filename() ? parent : parent.parent_path();
  if (!fs::is_directory(holder, error)) return fail(ErrorCode::not_found, "{}: there is no folder {}", folder, holder.string());
  return {};
}

Status check_set_shape(const std::string& path, const std::vector<size_t>& shape) {
  if (shape.size() == 2 || (shape.size() == 3 && shape[2] == 1)) return {};
  return fail(ErrorCode::invalid_argument, "{}: a folder of IDX files holds grey images alone, expected a name that ends in .npy{}", path,
              shape.size() > 1 ? " or .png" : " or .csv");
}

Status write_image_set(const std::string& folder, const FloatArray& x, const std::vector<size_t>& shape, std::span<const int32_t> labels,
                       const std::vector<std::string>& classes) {
  LS_CHECK(check_set_shape(folder, shape));
  if (classes.size() > 256) return fail(ErrorCode::unsupported, "{}: IDX holds at most 256 classes, not {}", folder, classes.size());
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(ErrorCode::io, "{}: cannot make the folder: {}", folder, error.message());
  IdxArray images{{x.rows, shape[0], shape[1]}, Bytes(x.values.size())};
  std::transform(x.values.begin(), x.values.end(), images.values.begin(),
                 [](float v) { return static_cast<uint8_t>(std::lround(255.0f * std::clamp(v, 0.0f, 1.0f))); });
  if (!labels.empty()) {
    const std::vector<uint8_t> bytes = class_bytes(classes);
    IdxArray named{{labels.size()}, {}};
    for (const int32_t label : labels) named.values.push_back(bytes[static_cast<size_t>(label)]);
    LS_CHECK(atomic_write_file((fs::path(folder) / "train-labels-idx1-ubyte").string(), idx_bytes(named)));
  }
  return atomic_write_file((fs::path(folder) / "train-images-idx3-ubyte").string(), idx_bytes(images));
}

}  // namespace latentscape
