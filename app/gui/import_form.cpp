#include "app/gui/import_form.hpp"

#include <filesystem>

#include "app/gui/app_state.hpp"
#include "core/data/source.hpp"
#include "core/models/model.hpp"

namespace latentscape {

bool ImportForm::take(const DataPreview& preview) {
  if (preview.sizes) {
    sizes = preview.sizes;
    if (config.reading.size == 0) {
      config.reading.size = sizes->suggested();
      chose_size = true;
      return true;
    }
  }
  if (preview.summary && labels.empty())
    for (const ColumnSummary& column : preview.summary->columns)
      if (column.can_be_label) labels.push_back(column.name);
  return false;
}

void ImportForm::choose_kind(std::string kind) {
  config.kind = std::move(kind);
  const Reading usual;
  config.reading = usual;
  labels.clear();
  sizes.reset();
  chose_size = false;
}

void ImportForm::choose_size(size_t size) {
  config.reading.size = size;
  chose_size = false;
}

void ImportForm::choose_text(std::string column) {
  if (config.reading.label == column) config.reading.label.clear();
  config.reading.text = std::move(column);
}

ImportFields fields_of(const std::string& source) { return {source == "images", source == "table", source == "text"}; }

RunConfig config_to_read_again(const RunConfig& run, const std::string& origin) {
  RunConfig config;
  if (const ModelFamily* family = model_families().find(run.model.name)) use_family(config.model, *family);
  config.model.latent = run.model.latent;
  config.data = origin;
  config.kind = run.kind;
  config.reading = run.reading;
  config.only = run.only;
  config.extra = run.extra;
  config.heldout_share = run.heldout_share;
  config.seed = run.seed;
  return config;
}

bool asks_how_to_read(const std::string& spec) {
  std::error_code ignored;
  if (!std::filesystem::exists(spec, ignored) || is_run(spec)) return false;
  const auto builtin = builtin_source(spec);
  return builtin.ok() && !*builtin;
}

}  // namespace latentscape
