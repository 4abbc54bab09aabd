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
  const std::string& spec;

  bool has(std::string_view name) const { return std::find(file.names().begin(), file.names().end(), name) != file.names().end(); }
  std::optional<std::string> first_of(const std::array<std::string_view, 4>& names) const {
    for (const std::string_view name : names)
      if (has(name)) return std::string(name);
    return std::nullopt;
  }
  std::string where(std::string_view name) const { return fmt::format("{}, entry {}", spec, name); }

  /// x_train with x_test, y_train with y_test.
  Result<Dataset> load_parts() const {
    LS_TRY(NpyNumbers x, file.read("x_train"));
    const size_t train = x.dims.empty() ? 0 : x.dims[0];
    if (has("x_test")) {
      LS_TRY(NpyNumbers more, file.read("x_test"));
      LS_CHECK(append_rows(x, std::move(more), where("x_test")));
    }
    LS_TRY(Dataset data, dataset_from_array(std::move(x), where("x_train")));
    if (has("x_test")) {
      data.split.assign(data.rows, Split::test);
      std::fill_n(data.split.begin(), train, Split::train);
    }
    if (!has("y_train")) return data;
    LS_TRY(NpyNumbers y, file.read("y_train"));
    if (has("x_test")) {
      if (!has("y_test")) return fail(ErrorCode::corrupt, "{}: has y_train, but no y_test for the rows of x_test", spec);
      LS_TRY(NpyNumbers more, file.read("y_test"));
      LS_CHECK(append_rows(y, std::move(more), where("y_test")));
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
                  spec, fmt::join(file.names(), ", "));
    LS_TRY(NpyNumbers x, file.read(*examples));
    LS_TRY(Dataset data, dataset_from_array(std::move(x), where(*examples)));
    if (const auto labels = first_of(kLabels)) {
      LS_TRY(const NpyNumbers y, file.read(*labels));
      LS_CHECK(add_label_array(data, y, where(*labels)));
    }
    return data;
  }
};

Result<Dataset> load_npz(const DataRequest& request) {
  LS_TRY(const NpzFile file, NpzFile::open(request.spec));
  LS_TRY(Dataset data, Arrays{file, request.spec}.load());
  data.name = file_name(request.spec);
  return data;
}

}  // namespace

void register_source_npz(Registry<DataSource>& registry) {
  registry.add({"npz", "an .npz file with x and y, or x_train, y_train, x_test, y_test; arrays as in .npy", false, accepts_npz, load_npz});
}

}  // namespace latentscape
