// An .npz archive: x and y, or x_train, y_train, x_test, y_test as in Keras' mnist.npz, or one array alone.
#include "core/formats/npz.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/data/arrays.hpp"
#include "core/data/path_names.hpp"
#include "core/data/source.hpp"

namespace latentscape {

void register_source_npz(Registry<DataSource>& registry);

namespace {

constexpr std::array<std::string_view, 4> kExamples = {"x", "X", "data", "images"};
constexpr std::array<std::string_view, 4> kLabels = {"y", "Y", "labels", "label"};

bool accepts_npz(const std::string& spec) { return is_file_with(spec, ".npz"); }

struct Arrays {
  const NpzFile& file;
  const DataRequest& request;

  bool has(std::string_view name) const { return std::find(file.names().begin(), file.names().end(), name) != file.names().end(); }
  std::optional<std::string> first_of(const std::array<std::string_view, 4>& names) const {
    for (const std::string_view name : names)
      if (has(name)) return std::string(name);
    return std::nullopt;
  }
  std::string where(std::string_view name) const { return fmt::format("{}, entry {}", request.spec, name); }

  /// x_train with x_test, y_train with y_test.
  Result<Dataset> load_parts() const {
    std::vector<NpyRows> parts;
    LS_TRY(NpyRows train_rows, file.rows("x_train"));
    const size_t train = train_rows.rows();
    parts.push_back(std::move(train_rows));
    if (has("x_test")) {
      LS_TRY(NpyRows test_rows, file.rows("x_test"));
      parts.push_back(std::move(test_rows));
    }
    LS_TRY(Dataset data, dataset_from_rows(std::move(parts), request));
    if (has("x_test")) {
      data.split.assign(data.rows, Split::test);
      std::fill_n(data.split.begin(), train, Split::train);
    }
    if (!has("y_train")) return data;
    LS_TRY(NpyArray y, file.read("y_train"));
    if (has("x_test")) {
      if (!has("y_test")) return fail(ErrorCode::corrupt, "{}: has y_train, but no y_test for the rows of x_test", request.spec);
      LS_TRY(const NpyArray more, file.read("y_test"));
      if (y.dims.empty() || more.dims.empty() || !std::equal(y.dims.begin() + 1, y.dims.end(), more.dims.begin() + 1, more.dims.end()))
        return fail(ErrorCode::corrupt, "{}: is {}, expected numbers as in y_train", where("y_test"), fmt::join(more.dims, " x "));
      y.dims[0] += more.dims[0];
      y.values.insert(y.values.end(), more.values.begin(), more.values.end());
    }
    LS_CHECK(add_label_array(data, y, where("y_train")));
    return data;
  }

  Result<Dataset> load() const {
    if (has("x_train")) return load_parts();
    std::optional<std::string> examples = first_of(kExamples);
    if (!examples && file.names().size() == 1) examples = file.names()[0];
    if (!examples)
      return fail(ErrorCode::unsupported, "{}: holds {}, expected x, data or images (and y or labels), or x_train, y_train, x_test, y_test",
                  request.spec, fmt::join(file.names(), ", "));
    std::vector<NpyRows> parts;
    LS_TRY(NpyRows x, file.rows(*examples));
    parts.push_back(std::move(x));
    LS_TRY(Dataset data, dataset_from_rows(std::move(parts), request));
    if (const auto labels = first_of(kLabels)) {
      LS_TRY(const NpyArray y, file.read(*labels));
      LS_CHECK(add_label_array(data, y, where(*labels)));
    }
    return data;
  }
};

Result<Dataset> load_npz(const DataRequest& request) {
  LS_TRY(const NpzFile file, NpzFile::open(request.spec));
  LS_TRY(Dataset data, Arrays{file, request}.load());
  data.name = file_name(request.spec);
  return data;
}

}  // namespace

void register_source_npz(Registry<DataSource>& registry) {
  registry.add({"npz", "an .npz file with x and y, or x_train, y_train, x_test, y_test; arrays as in .npy", false, accepts_npz, load_npz});
}

}  // namespace latentscape
