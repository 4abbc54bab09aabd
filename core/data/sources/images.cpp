// A folder of images: sub-folders are classes, train/test/val are splits, or labels.csv says which image is what.
#include <algorithm>

#include "core/data/classes.hpp"
#include "core/data/image_reading.hpp"
#include "core/data/path_names.hpp"

namespace latentscape {

void register_source_images(Registry<DataSource>& registry);

namespace {

/// Nothing where no image has a class.
void add_labels(const ImageFiles& found, const std::vector<uint32_t>& kept, Dataset& data) {
  std::vector<uint32_t> index;
  index.reserve(kept.size());
  for (const uint32_t file : kept) index.push_back(found.files[file].class_index);
  const auto without = std::count(index.begin(), index.end(), kNoClass);
  if (static_cast<size_t>(without) == index.size()) return;
  data.columns.push_back(class_column("label", found.classes, index));
  data.label_column = 0;
  if (without) data.warnings.push_back(fmt::format("{} images have no class", without));
  const std::vector<std::string>& classes = data.columns.back().categories;
  if (classes.size() == 1) data.warnings.push_back(fmt::format("there is one class alone, '{}'", classes[0]));
}

Result<Dataset> load_images(const DataRequest& request) {
  LS_TRY(ImageFiles found, find_images(request.spec, request.stop));
  Dataset data;
  data.name = folder_name(request.spec);
  data.kind = DataKind::image;
  data.warnings = std::move(found.warnings);
  std::vector<uint32_t> kept;
  LS_CHECK(read_images(request, found, data, kept));
  if (!found.splits) data.split.clear();
  add_labels(found, kept, data);
  data.row_names.reserve(kept.size());
  for (const uint32_t file : kept) data.row_names.push_back(std::move(found.files[file].path));
  return data;
}

}  // namespace

void register_source_images(Registry<DataSource>& registry) {
  registry.add({"images", "a folder of images (PNG, JPEG, BMP, GIF, TGA, PSD), a sub-folder a class", false, holds_images, load_images});
}

}  // namespace latentscape
