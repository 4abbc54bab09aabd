// One .npy array: n x d is a table, n x h x w and n x h x w x c with values in 0..1 or 0..255 are images.
#include "core/data/arrays.hpp"
#include "core/data/path_names.hpp"
#include "core/data/source.hpp"

namespace latentscape {

void register_source_npy(Registry<DataSource>& registry);

namespace {

bool accepts_npy(const std::string& spec) { return is_file_with(spec, ".npy"); }

Result<Dataset> load_npy(const DataRequest& request) {
  std::vector<NpyRows> parts;
  LS_TRY(NpyRows rows, NpyRows::open(request.spec));
  parts.push_back(std::move(rows));
  LS_TRY(Dataset data, dataset_from_rows(std::move(parts), request));
  data.name = file_name(request.spec);
  return data;
}

}  // namespace

void register_source_npy(Registry<DataSource>& registry) {
  registry.add({"npy", "an .npy file: n x d a table, n x h x w or n x h x w x c images", false, accepts_npy, load_npy});
}

}  // namespace latentscape
