#include "app/gui/import_form.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include "app/gui/app_state.hpp"
#include "core/data/image_files.hpp"
#include "core/data/source.hpp"
#include "core/data/split_files.hpp"
#include "core/data/text_columns.hpp"
#include "core/models/model.hpp"

namespace latentscape {

namespace {

constexpr std::array<std::string_view, 3> kSvmlightExtensions = {".svm", ".libsvm", ".svmlight"};

/// Inputs and what is left out, in the order of the data.
std::vector<std::string> columns_of(const Dataset& data, const DataSummary& summary, const std::vector<std::string>& left_out) {
  std::vector<std::string> names;
  const auto is_input = [&](const std::string& name) {
    return std::any_of(summary.columns.begin(), summary.columns.end(),
                       [&](const ColumnSummary& k) { return k.role == ColumnRole::input && k.name == name; });
  };
  const auto named = [&](const std::string& name) { return std::find(left_out.begin(), left_out.end(), name) != left_out.end(); };
  for (const Column& column : data.columns)
    if (&column != data.labels() && (is_input(column.name) || named(column.name))) names.push_back(column.name);
  return names;
}

}  // namespace

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
  if (preview.summary && preview.data) columns = columns_of(*preview.data, *preview.summary, config.reading.leave_out);
  return false;
}

void ImportForm::choose_kind(std::string kind) {
  config.kind = std::move(kind);
  const Reading usual;
  config.reading = usual;
  labels.clear();
  columns.clear();
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

bool ImportForm::leaves_out(const std::string& column) const {
  const std::vector<std::string>& names = config.reading.leave_out;
  return std::find(names.begin(), names.end(), column) != names.end();
}

void ImportForm::leave_out(const std::string& column, bool out) {
  std::vector<std::string>& names = config.reading.leave_out;
  names.erase(std::remove(names.begin(), names.end(), column), names.end());
  if (out) names.push_back(column);
}

ImportFields fields_of(const std::string& source) { return {source == "images", source == "table", source == "text"}; }

std::string own_heldout(const DataPreview& preview) {
  if (!preview.data) return {};
  const Dataset& data = *preview.data;
  if (preview.source == "text" || preview.source == "svmlight") {
    const auto extensions = preview.source == "text" ? std::span<const std::string_view>(kTextExtensions) : kSvmlightExtensions;
    for (const SplitFile& file : split_files(data.origin, extensions))
      if (file.split == Split::heldout) return file.path.filename().string();
    return {};
  }
  // Of images the folder that has all held-out rows and no other one.
  const std::vector<uint32_t> rows = data.ids_of(Split::heldout);
  if (rows.empty() || data.row_names.empty()) return {};
  const auto folder_of = [&](size_t row) { return data.row_names[row].substr(0, data.row_names[row].find('/') + 1); };
  const std::string folder = folder_of(rows[0]);
  for (size_t i = 0; i < data.rows; ++i)
    if ((data.split[i] == Split::heldout) != (folder_of(i) == folder)) return {};
  return folder.substr(0, folder.size() - 1);
}

std::string unread_path(const DataPreview& preview) {
  if (preview.data || !preview.source.empty() || preview.error.code != ErrorCode::unsupported) return {};
  std::error_code ignored;
  const std::filesystem::path path = preview.config.data;
  if (std::filesystem::is_directory(path, ignored))
    return std::filesystem::is_empty(path, ignored) ? "import.unread.empty" : "import.unread.folder";
  return is_image_name(path) ? "import.unread.picture" : "import.unread.file";
}

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

bool leaves_choices(const std::string& spec) {
  if (!asks_how_to_read(spec)) return false;
  DataRequest request;
  request.spec = spec;
  const auto source = detect_source(request);
  return !source.ok() || (*source)->name != "idx";
}

}  // namespace latentscape
