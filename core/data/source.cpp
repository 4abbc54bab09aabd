#include "core/data/source.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <new>
#include <numeric>

#include "core/base/lower.hpp"
#include "core/base/machine_memory.hpp"
#include "core/data/array_fit.hpp"
#include "core/data/download_list.hpp"
#include "core/data/fingerprint.hpp"
#include "core/data/join.hpp"
#include "core/data/label_column.hpp"
#include "core/data/subset.hpp"
#include "core/data/table_fit.hpp"
#include "core/data/value_cache.hpp"
#include "core/data/vocabulary.hpp"

namespace latentscape {

void register_source_all(Registry<DataSource>& registry);  // generated

namespace {

constexpr const char* kRowColumn = "row";
constexpr const char *kSweepFile = "sweep.json", *kSweepTable = "sweep.csv";  // what `sweep` writes beside its runs and its figure

/// What there is at a path that no source takes: "a folder with 12 files: 7 .pdf, 5 .doc".
std::string what_is_at(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto kind_of = [](const fs::path& file) {
    const std::string extension = lower(file.extension().string());
    return extension.empty() ? std::string("without an ending") : extension;
  };
  if (!fs::is_directory(path, error)) return fmt::format("a file {}", kind_of(path));
  constexpr size_t kMostFiles = 10'000, kNamed = 3;
  std::map<std::string, size_t> counts;
  size_t files = 0;
  for (fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, error), end;
       !error && it != end && files < kMostFiles; it.increment(error)) {
    std::error_code ignored;
    if (!it->is_regular_file(ignored)) continue;
    ++counts[kind_of(it->path())];
    ++files;
  }
  std::vector<std::pair<size_t, std::string>> kinds;
  for (const auto& [kind, n] : counts) kinds.emplace_back(n, fmt::format("{} {}", n, kind));
  std::stable_sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> named;
  for (size_t k = 0; k < std::min(kNamed, kinds.size()); ++k) named.push_back(kinds[k].second);
  if (kinds.size() > kNamed) named.emplace_back("others");
  return fmt::format("a folder with {}{} file{}{}{}", files == kMostFiles ? "at least " : "", files ? std::to_string(files) : "no",
                     files == 1 ? "" : "s", named.empty() ? "" : ": ", fmt::join(named, ", "));
}

Result<const DataSource*> find_source(const DataRequest& request) {
  const Registry<DataSource>& sources = data_sources();
  if (request.spec.empty()) return fail(ErrorCode::invalid_argument, "no data named, expected a built-in name or a path");
  if (!request.kind.empty()) return sources.get(request.kind);
  LS_TRY(const DataSource* builtin, builtin_source(request.spec));
  if (builtin) return builtin;
  std::error_code ignored;
  if (!std::filesystem::exists(request.spec, ignored)) {
    return no_such_data(request.spec);
  }
  const std::filesystem::path path(request.spec);
  if (std::filesystem::exists(path / kSweepFile, ignored) && std::filesystem::exists(path / kSweepTable, ignored))
    return fail(ErrorCode::unsupported, "{}: is a sweep, a folder of runs with {}, not data; open one of its folders", request.spec,
                kSweepFile);
  for (const DataSource& source : sources.entries())
    if (!source.builtin && source.accepts && source.accepts(request.spec)) return &source;
  return fail(
      ErrorCode::unsupported,
      "{}: not recognised as data, it is {}; expected images (a folder of .png, .jpg, ...), a table (.csv, .tsv), texts (.txt, .tsv, "
      ".csv, .svm), an array (.npy, .npz) or IDX files; `latentscape data list` says more",
      request.spec, what_is_at(request.spec));
}

Status check_columns(const Dataset& data) {
  for (const Column& column : data.columns) {
    if (column.values.size() != data.rows)
      return fail(ErrorCode::corrupt, "{}: column '{}' has {} values, expected {}", data.origin, column.name, column.values.size(),
                  data.rows);
    if (!column.categorical()) continue;
    for (size_t i = 0; i < data.rows; ++i) {
      const float v = column.values[i];
      if (std::isnan(v)) continue;
      if (v < 0 || v >= static_cast<float>(column.categories.size()) || v != std::floor(v))
        return fail(ErrorCode::corrupt, "{}: column '{}', row {}: class {} of {}", data.origin, column.name, i, v,
                    column.categories.size());
    }
  }
  const bool labelled = data.label_column >= 0;
  if (labelled && (static_cast<size_t>(data.label_column) >= data.columns.size() || !data.labels()->categorical()))
    return fail(ErrorCode::internal, "{}: the label column is not a column of classes", data.origin);
  return {};
}

/// As many values as rows; those of tables with named columns and of texts are filled later.
Status check_size(const Dataset& data, size_t width) {
  if (!data.texts.empty() && data.texts.size() != data.rows)
    return fail(ErrorCode::corrupt, "{}: {} rows expected, found {} texts", data.origin, data.rows, data.texts.size());
  if (!data.texts.empty()) return {};
  if (const auto* counts = std::get_if<WordCounts>(&data.values)) {
    if (counts->rows() == data.rows) return {};
    return fail(ErrorCode::corrupt, "{}: {} rows expected, found counts of {}", data.origin, data.rows, counts->rows());
  }
  size_t found = 0;
  visit_numbers(data.values, [&](const auto& v) { found = v.size(); });
  if ((!data.preprocessing.empty() && found == 0) || (found / width == data.rows && found % width == 0)) return {};
  return fail(ErrorCode::corrupt, "{}: {} rows of {} numbers expected, found {} numbers", data.origin, data.rows, width, found);
}

Status check(const Dataset& data) {
  if (data.rows == 0) return fail(ErrorCode::corrupt, "{}: has no rows", data.origin);
  if (data.rows > std::numeric_limits<uint32_t>::max())
    return fail(ErrorCode::unsupported, "{}: has {} rows, expected at most {}", data.origin, data.rows,
                std::numeric_limits<uint32_t>::max());
  const size_t width = data.width();
  if (width == 0 && data.kind != DataKind::text) return fail(ErrorCode::corrupt, "{}: its examples are empty", data.origin);
  LS_CHECK(check_size(data, width));
  const size_t grouped = std::accumulate(data.categories.begin(), data.categories.end(), size_t{0});
  if (!data.categories.empty() && grouped != width)
    return fail(ErrorCode::internal, "{}: its categories are {} numbers, expected the {} of an example", data.origin, grouped, width);
  if (!data.row_names.empty() && data.row_names.size() != data.rows)
    return fail(ErrorCode::internal, "{}: {} rows have a name, expected {}", data.origin, data.row_names.size(), data.rows);
  if (!data.split.empty() && data.split.size() != data.rows)
    return fail(ErrorCode::corrupt, "{}: {} rows have a split, expected {}", data.origin, data.split.size(), data.rows);
  return check_columns(data);
}

/// Fingerprints, and compares with what the cache promised; a new entry is kept. False: the entry was damaged, and is gone.
Result<bool> take_fingerprint(Dataset& data) {
  const ValueScan scan = scan_values(data);
  if (scan.not_finite)
    return fail(ErrorCode::corrupt, "{}: row {}, position {}: {} is not a finite number", data.origin, *scan.not_finite / data.width(),
                *scan.not_finite % data.width(), data.number(*scan.not_finite / data.width(), *scan.not_finite % data.width()));
  set_fingerprint(data, scan);
  if (const CacheEntry* entry = data.cache_entry()) {
    if (!entry->check.empty() && entry->check != scan.print.hex()) {
      drop_entry(*entry);
      return false;
    }
    if (entry->check.empty()) {
      CacheEntry whole = *entry;
      whole.check = scan.print.hex();
      LS_CHECK(keep_entry(whole));
    }
  }
  return true;
}

/// A set that was fetched goes by its name, unless a file or folder of that name is here.
DataRequest with_path(DataRequest request) {
  std::error_code ignored;
  if (request.spec.empty() || std::filesystem::exists(request.spec, ignored)) return request;
  if (auto folder = downloaded(request.spec)) request.spec = std::move(*folder);
  return request;
}

/// Numbers and words as the model of the request takes them; without one, as the data's own train rows say.
Status preprocess(Dataset& data, const DataRequest& request) {
  const bool text = data.kind == DataKind::text, array = data.holds_numbers() && !data.preprocessing.inputs.empty();
  const bool named = !data.preprocessing.empty();
  if (request.preprocessing && text == request.preprocessing->words.empty())
    return fail(ErrorCode::invalid_argument, "{}: is {}, expected {} as in the data that the model was trained on", data.origin,
                text ? "text" : "not text", text ? "numbers" : "text");
  if (text) return request.preprocessing ? count_words(data, request.preprocessing->words) : fit_vocabulary(data, request.reading);
  if (request.preprocessing && named == request.preprocessing->empty())
    return fail(ErrorCode::invalid_argument, "{}: has {}, expected {} as in the data that the model was trained on", data.origin,
                named ? "named columns" : "no named columns", named ? "plain numbers" : "a table with the same columns");
  if (array && request.preprocessing) return fit_array_as(data, *request.preprocessing);
  if (array) fit_array(data, request.reading.standardise);
  if (array || !named) return {};
  if (!request.preprocessing) fit_preprocessing(data, request.reading.standardise != Standardise::no);
  return apply_preprocessing(data);
}

/// No column is the label: what would have been it is one to colour by.
Status drop_label(Dataset& data, const DataRequest& request) {
  const auto called_so = [](const Column& column) { return column.name == kNoLabel; };
  if (!request.preprocessing && std::any_of(data.columns.begin(), data.columns.end(), called_so))
    return fail(ErrorCode::invalid_argument,
                "{}: label={} means no label, and a column is called so; another name for the column tells them apart", data.origin,
                kNoLabel);
  data.label_column = -1;
  return {};
}

/// The label that is asked for, where the source has not taken it. Other data for a trained model need not have it.
Status take_label(Dataset& data, const DataRequest& request) {
  const std::string& asked = request.reading.label;
  if (asked == kNoLabel) return drop_label(data, request);
  if (asked.empty() || (data.labels() && data.labels()->name == asked)) return {};
  Status chosen = choose_label(data, asked);
  return request.preprocessing ? Status() : chosen;
}

/// Splits as the source has them.
Result<Dataset> load_checked(const DataRequest& asked) {
  const DataRequest request = with_path(asked);
  LS_TRY(const DataSource* source, find_source(request));
  for (int attempt = 0; attempt < 2; ++attempt) {
    LS_TRY(Dataset data, source->load(request));
    if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", asked.spec);
    data.origin = asked.spec;
    LS_CHECK(check(data));
    LS_CHECK(take_label(data, request));
    LS_TRY(const bool whole, take_fingerprint(data));
    if (whole) return data;
  }
  return fail(ErrorCode::corrupt, "{}: what was written to the cache cannot be read back", asked.spec);
}

/// Where rows are left out, the others say which they are wherever columns are shown.
void add_row_column(Dataset& data) {
  const auto called_so = [](const Column& column) { return column.name == kRowColumn; };
  if (data.row_numbers.empty() || std::any_of(data.columns.begin(), data.columns.end(), called_so)) return;
  Column column;
  column.name = kRowColumn;
  column.values.assign(data.row_numbers.begin(), data.row_numbers.end());
  data.columns.push_back(std::move(column));
}

Status join_extra(Dataset& data, const DataRequest& request) {
  DataRequest extra;
  extra.spec = request.extra;
  extra.seed = request.seed;
  extra.reading = request.reading;
  extra.memory = request.memory;
  extra.preprocessing = data.preprocessing;
  extra.stop = request.stop;
  extra.progress = request.progress;
  LS_TRY(Dataset other, load_checked(extra));
  LS_CHECK(preprocess(other, extra));
  other.split.resize(other.rows, Split::train);
  return join_train(data, other);
}

Registry<DataSource> make_registry() {
  Registry<DataSource> registry("data source");
  register_source_all(registry);
  return registry;
}

}  // namespace

const Registry<DataSource>& data_sources() {
  static const Registry<DataSource> registry = make_registry();
  return registry;
}

Result<const DataSource*> builtin_source(const std::string& spec) {
  const size_t colon = spec.find(':');
  for (const DataSource& source : data_sources().entries()) {
    if (!source.builtin || source.name != spec.substr(0, colon)) continue;
    if (colon == std::string::npos) return &source;
    if (!source.check_variant) return fail(ErrorCode::invalid_argument, "{}: {} has no variants", spec, source.name);
    LS_CHECK(source.check_variant(spec.substr(colon + 1)).context(spec));
    return &source;
  }
  return static_cast<const DataSource*>(nullptr);
}

Result<const DataSource*> detect_source(const DataRequest& request) { return find_source(with_path(request)); }

Error no_such_data(const std::string& spec) {
  if (find_download(known_downloads(), spec))
    return fail(ErrorCode::not_found, "{}: is not on this machine yet; `latentscape data get {}` fetches it", spec, spec);
  std::vector<std::string> names;
  for (const DataSource& source : data_sources().entries())
    if (source.builtin) names.push_back(source.name);
  for (const DownloadSet& set : known_downloads()) names.push_back(set.name);
  Error error = unknown_name("data", spec, names);
  error.code = ErrorCode::not_found;
  error.message += fmt::format("; and no file or folder is at '{}'", spec);
  return error;
}

Result<std::shared_ptr<const Dataset>> load_dataset(const DataRequest& request) {
  try {
    LS_TRY(Dataset data, load_checked(request));
    if (request.folds)
      LS_CHECK(assign_fold(data, request.seed, request.fold, request.folds));
    else if (std::find(data.split.begin(), data.split.end(), Split::heldout) != data.split.end()) {
      assign_test(data, request.seed);  // the data says itself what is held out
      if (request.heldout_share != DataRequest().heldout_share)
        data.warnings.push_back(
            fmt::format("heldout is {}, which is not used: {} says itself which rows are held out", request.heldout_share, data.origin));
    } else
      assign_heldout(data, request.seed, request.heldout_share);
    give_memory_back();  // of reading: what comes is as large as the data
    LS_CHECK(preprocess(data, request));
    if (!request.only.empty()) {
      LS_TRY(data, only_rows(data, request.only));
    }
    if (data.ids_of(Split::train).empty()) return fail(ErrorCode::corrupt, "{}: no row is left for training", data.origin);
    add_row_column(data);
    if (!request.extra.empty()) LS_CHECK(join_extra(data, request));
    return std::shared_ptr<const Dataset>(std::make_shared<Dataset>(std::move(data)));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "{}: does not fit into memory", request.spec);
  }
}

}  // namespace latentscape
