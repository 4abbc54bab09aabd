// A folder of IDX or IDX.gz files with the official names of MNIST: train-* is train, t10k-* is test.
#include "core/formats/idx.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "core/base/machine_memory.hpp"
#include "core/data/path_names.hpp"
#include "core/data/source.hpp"

namespace latentscape {

void register_source_idx(Registry<DataSource>& registry);

namespace {

namespace fs = std::filesystem;

struct Part {
  const char* images;
  const char* labels;
  Split split;
};
constexpr std::array<Part, 2> kParts = {{{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", Split::train},
                                         {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", Split::test}}};

/// The plain file, or the packed one, or nothing.
std::optional<fs::path> find_file(const fs::path& folder, const std::string& stem) {
  std::error_code ignored;
  for (const char* suffix : {"", ".gz"}) {
    fs::path path = folder / (stem + suffix);
    if (fs::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

bool accepts_idx(const std::string& spec) {
  std::error_code ignored;
  if (!fs::is_directory(spec, ignored)) return false;
  return std::any_of(kParts.begin(), kParts.end(), [&](const Part& p) { return find_file(spec, p.images) || find_file(spec, p.labels); });
}

struct Loader {
  fs::path folder;
  std::vector<size_t> shape;
  Bytes pixels;
  std::vector<int> labels;  // -1 where none
  std::vector<Split> split;
  std::vector<std::string> warnings;

  /// Room for all images at once, so that they are never copied.
  Status reserve() {
    size_t count = 0;
    for (const Part& part : kParts)
      if (const auto path = find_file(folder, part.images)) {
        LS_TRY(const size_t own, idx_count(*path, 3));
        count += own + kLongestIdxHeader;  // which is unpacked with them, and then taken out
      }
    pixels.reserve(std::min(count, machine_memory() / 2));  // a packed file says what it likes
    return {};
  }

  Status add(const Part& part) {
    const std::optional<fs::path> images_path = find_file(folder, part.images);
    const std::optional<fs::path> labels_path = find_file(folder, part.labels);
    if (!images_path) {
      if (part.split == Split::train || labels_path)
        return fail(ErrorCode::not_found, "{}: {} is missing, expected it or {}.gz", folder.string(), part.images, part.images);
      return {};
    }
    LS_TRY(const std::vector<size_t> dims, append_idx(*images_path, 3, pixels));
    const std::vector<size_t> own(dims.begin() + 1, dims.end());
    if (!shape.empty() && own != shape)
      return fail(ErrorCode::corrupt, "{}: images are {} x {}, expected {} x {} as in train", images_path->string(), own[0], own[1],
                  shape[0], shape[1]);
    shape = own;
    const size_t rows = dims[0];
    if (labels_path) {
      LS_TRY(const IdxArray classes, read_idx(*labels_path, 1));
      if (classes.dims[0] != rows)
        return fail(ErrorCode::corrupt, "{}: has {} labels, expected {}, one for each image of {}", labels_path->string(), classes.dims[0],
                    rows, images_path->filename().string());
      labels.insert(labels.end(), classes.values.begin(), classes.values.end());
    } else {
      labels.insert(labels.end(), rows, -1);
      warnings.push_back(fmt::format("{} has no labels: {} is not there", part.images, part.labels));
    }
    split.insert(split.end(), rows, part.split);
    return {};
  }

  /// Classes are the numbers that occur, named by themselves.
  std::optional<Column> label_column() const {
    std::array<bool, 256> seen = {};
    for (const int label : labels)
      if (label >= 0) seen[static_cast<size_t>(label)] = true;
    std::array<float, 256> index = {};
    Column column;
    column.name = "label";
    for (size_t k = 0; k < seen.size(); ++k) {
      if (!seen[k]) continue;
      index[k] = static_cast<float>(column.categories.size());
      column.categories.push_back(std::to_string(k));
    }
    if (column.categories.empty()) return std::nullopt;
    for (const int label : labels)
      column.values.push_back(label < 0 ? std::numeric_limits<float>::quiet_NaN() : index[static_cast<size_t>(label)]);
    return column;
  }
};

Result<Dataset> load_idx(const DataRequest& request) {
  std::error_code ignored;
  if (!fs::is_directory(request.spec, ignored))
    return fail(ErrorCode::not_found, "{}: is not a folder, expected one with {} in it", request.spec, kParts[0].images);
  Loader loader;
  loader.folder = request.spec;
  LS_CHECK(loader.reserve());
  for (size_t i = 0; i < kParts.size(); ++i) {
    if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", request.spec);
    if (request.progress) request.progress(static_cast<double>(i) / kParts.size(), std::string("reading ") + kParts[i].images);
    LS_CHECK(loader.add(kParts[i]));
  }
  Dataset data;
  data.name = folder_name(request.spec);
  data.kind = DataKind::image;
  data.shape = loader.shape;
  data.rows = loader.split.size();
  data.values = std::move(loader.pixels);
  data.split = std::move(loader.split);
  data.warnings = std::move(loader.warnings);
  if (std::optional<Column> column = loader.label_column()) {
    data.columns.push_back(std::move(*column));
    data.label_column = 0;
  }
  return data;
}

}  // namespace

void register_source_idx(Registry<DataSource>& registry) {
  registry.add(
      {"idx", "a folder with train-images-idx3-ubyte[.gz] and its labels, t10k-* for the test split", false, accepts_idx, load_idx});
}

}  // namespace latentscape
