// A folder of images: sub-folders are classes, train/test/val are splits, or labels.csv says which image is what.
#include <limits>
#include <unordered_map>

#include "core/data/classes.hpp"
#include "core/data/image_reading.hpp"
#include "core/data/path_names.hpp"

namespace latentscape {

void register_source_images(Registry<DataSource>& registry);

namespace {

/// Nothing where no image has a class.
void add_labels(const ImageFiles& found, const std::vector<uint32_t>& kept, Dataset& data) {
  std::vector<std::string> words;
  std::vector<uint32_t> index;
  std::unordered_map<std::string, uint32_t> known;
  size_t without = 0;
  for (const uint32_t file : kept) {
    const std::string& name = found.files[file].class_name;
    without += name.empty();
    if (!name.empty() && known.emplace(name, static_cast<uint32_t>(words.size())).second) words.push_back(name);
    index.push_back(name.empty() ? std::numeric_limits<uint32_t>::max() : known[name]);
  }
  if (words.empty()) return;
  data.columns.push_back(class_column("label", words, index));
  data.label_column = 0;
  if (without) data.warnings.push_back(fmt::format("{} images have no class", without));
  if (words.size() == 1) data.warnings.push_back(fmt::format("there is one class alone, '{}'", words[0]));
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
  for (const uint32_t file : kept) data.row_names.push_back(std::move(found.files[file].path));
  return data;
}

}  // namespace

void register_source_images(Registry<DataSource>& registry) {
  registry.add({"images", "a folder of images (PNG, JPEG, BMP, GIF, TGA, PSD), a sub-folder a class", false, holds_images, load_images});
}

}  // namespace latentscape
