// One .npy array: n x d is a table, n x h x w and n x h x w x c with values in 0..1 or 0..255 are images.
#include "core/formats/npy.hpp"

#include "core/data/arrays.hpp"
#include "core/data/path_names.hpp"
#include "core/data/source.hpp"

namespace latentscape {

void register_source_npy(Registry<DataSource>& registry);

namespace {

bool accepts_npy(const std::string& spec) { return is_file_with(spec, ".npy"); }

Result<Dataset> load_npy(const DataRequest& request) {
  LS_TRY(Bytes file, read_file(request.spec));
  LS_TRY(NpyNumbers array, take_npy(std::move(file), request.spec));
  LS_TRY(Dataset data, dataset_from_array(std::move(array), request.spec));
  data.name = file_name(request.spec);
  return data;
}

}  // namespace

void register_source_npy(Registry<DataSource>& registry) {
  registry.add({"npy", "an .npy file: n x d a table, n x h x w or n x h x w x c images", false, accepts_npy, load_npy});
}

}  // namespace latentscape
