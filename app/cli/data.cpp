// `latentscape data list|get|info|preview|cache`.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/run_settings.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/base/clock.hpp"
#include "core/data/download_list.hpp"
#include "core/data/fetch.hpp"
#include "core/data/jitter.hpp"
#include "core/data/memory_budget.hpp"
#include "core/data/preview.hpp"
#include "core/data/source.hpp"
#include "core/data/summary.hpp"
#include "core/data/value_cache.hpp"
#include "core/data/vocabulary.hpp"
#include "core/formats/file.hpp"
#include "core/formats/image.hpp"
#include "core/io/figure_texts.hpp"
#include "core/projection/projection.hpp"
#include "core/train/run_data.hpp"

namespace latentscape {
namespace {

struct DataOptions {
  std::string spec, kind, out;
  std::vector<std::string> settings;
  uint64_t seed = 1;
  size_t count = 0;
  size_t examples = 0;  // of a preview; 0: as many as look well
  size_t memory = 0;
};

struct GetOptions {
  std::vector<std::string> names;
  std::string to, list;
};

Result<Report> list() {
  Report report;
  report.json["sources"] = Json::array();
  for (const bool builtin : {true, false}) {
    report.text += builtin ? "built in\n" : "from a path\n";
    for (const DataSource& source : data_sources().entries()) {
      if (source.builtin != builtin) continue;
      report.json["sources"].push_back({{"name", source.name}, {"summary", source.summary}, {"builtin", source.builtin}});
      report.text += fmt::format("  {:<14} {}\n", source.name, source.summary);
    }
  }
  report.json["downloads"] = Json::array();
  report.text += "to fetch: latentscape data get NAME\n";
  for (const DownloadSet& set : known_downloads()) {
    const auto folder = downloaded(set.name);
    report.json["downloads"].push_back(
        {{"name", set.name}, {"summary", set.title}, {"licence", set.licence}, {"folder", folder ? Json(*folder) : Json()}});
    report.text += fmt::format("  {:<14} {}; {}{}\n", set.name, set.title, set.licence, folder ? "; is here" : "");
  }
  return report;
}

/// The sets that `--list` names, or those that the program knows.
Result<std::vector<DownloadSet>> sets_of(const GetOptions& options) {
  if (options.list.empty()) return known_downloads();
  LS_TRY(const Bytes bytes, read_file(options.list));
  return downloads_from_table({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, options.list);
}

struct CacheOptions {
  bool clear = false;
  size_t limit = 0;
};

Result<Report> cache(const CacheOptions& options) {
  Report report;
  if (options.limit) LS_CHECK(set_cache_limit(options.limit));
  if (options.clear) {
    LS_TRY(const uint64_t freed, clear_cache());
    report.json["freed"] = freed;
    report.text += fmt::format("freed {}\n", text_from_bytes(freed));
  }
  LS_TRY(const CacheState state, look_at_cache());
  report.json.update({{"folder", state.folder.string()}, {"entries", state.entries}, {"bytes", state.bytes}, {"limit", state.limit}});
  report.text += fmt::format("{}: {} sets of numbers, {} of at most {}\n", state.folder.string(), state.entries,
                             text_from_bytes(state.bytes), text_from_bytes(state.limit));
  return report;
}

std::string megabytes(uint64_t bytes) { return fmt::format("{:.1f} MB", static_cast<double>(bytes) * 1e-6); }

Result<Report> get(const GetOptions& options) {
  LS_TRY(const std::vector<DownloadSet> sets, sets_of(options));
  std::vector<const DownloadSet*> wanted;
  for (const std::string& name : options.names) {
    std::vector<std::string> names;
    for (const DownloadSet& set : sets) names.push_back(set.name);
    wanted.push_back(find_download(sets, name));
    if (!wanted.back()) return refused(unknown_name("public data set", name, names));
  }
  std::string folder = options.to;
  if (folder.empty()) {
    LS_TRY(folder, downloads_folder());
  }
  SignalStop signals;
  Report report;
  report.json["sets"] = Json::array();
  for (const DownloadSet* set : wanted) {
    print_note(fmt::format("{}, {}\n  {}; licence {}; {}", set->title, megabytes(set->bytes()), set->credit, set->licence, set->page));
    ProgressBar bar;
    const Stopwatch watch;
    LS_TRY(const FetchReport fetched, fetch(
                                          *set, folder,
                                          [&](double fraction, const std::string& what) {
                                            const double left = fraction > 0.0 ? watch.seconds() * (1.0 - fraction) / fraction : -1.0;
                                            bar.show(fraction, what, left);
                                          },
                                          signals.token()));
    report.json["sets"].push_back({{"name", set->name},
                                   {"title", set->title},
                                   {"credit", set->credit},
                                   {"licence", set->licence},
                                   {"page", set->page},
                                   {"folder", fetched.folder},
                                   {"received", fetched.received}});
    report.text += fetched.files_before == set->files.size() ? fmt::format("{}: was there already, in {}\n", set->name, fetched.folder)
                                                             : fmt::format("{}: in {}, checked\n", set->name, fetched.folder);
  }
  return report;
}

/// The config of a run on this data, as far as its data goes.
Result<RunConfig> config_of(const DataOptions& options) {
  RunConfig config;
  config.data = options.spec;
  config.kind = options.kind;
  config.seed = options.seed;
  config.data_count = options.count;
  config.memory = options.memory;
  std::vector<std::pair<std::string, std::string>> settings;
  for (const std::string& setting : options.settings) {
    LS_TRY(auto pair, split_setting(setting));
    settings.push_back(std::move(pair));
  }
  LS_CHECK(check_given_once(settings));
  for (const auto& [key, value] : settings) LS_CHECK(set_value(config, key, value));
  LS_CHECK(check_data(config.data, config.kind, config.data_count));
  return config;
}

Result<std::shared_ptr<const Dataset>> load(const RunConfig& config, std::stop_token stop) {
  ProgressBar bar;
  DataRequest request = data_request_from(config);
  request.stop = stop;
  request.progress = [&bar](double fraction, const std::string& what) { bar.show(fraction, what); };
  return load_dataset(request);
}

Json columns_json(const Dataset& data) {
  Json columns = Json::array();
  for (const Column& column : data.columns) {
    Json entry = {{"name", column.name}, {"kind", column.categorical() ? "class" : "number"}};
    if (column.categorical()) entry["categories"] = column.categories.size();
    columns.push_back(std::move(entry));
  }
  return columns;
}

constexpr size_t kShownWords = 10;
constexpr size_t kPreviewImages = 100, kPreviewTexts = 30;

/// What is counted of texts.
void add_words(const Dataset& data, Report& report) {
  const std::optional<WordSummary> words = summarise_words(data);
  if (!words) return;
  std::vector<std::string> commonest;
  for (size_t k = 0; k < std::min(kShownWords, words->commonest.size()); ++k) commonest.push_back(words->commonest[k].word);
  report.json["vocabulary"] = words->vocabulary;
  report.json["words"] = words->words;
  report.json["words_a_text"] = words->words_a_text;
  report.json["commonest_words"] = commonest;
  report.text += fmt::format("vocabulary: {} words{}; {:.1f} of them a text\ncommonest: {}\n", words->vocabulary,
                             data.texts.empty() ? ", as the data has them" : ", those of the most train texts", words->words_a_text,
                             fmt::join(commonest, ", "));
}

/// What of a table with named columns is trained on, and how.
void add_inputs(const Dataset& data, Report& report) {
  if (data.preprocessing.inputs.empty()) {
    if (data.kind == DataKind::table && data.categories.empty()) report.text += "trained on: its numbers as they are\n";
    return;
  }
  size_t numbers = 0;
  report.json["label"] = data.labels() ? Json(data.labels()->name) : Json();
  report.json["inputs"] = Json::array();
  for (const TableInput& input : data.preprocessing.inputs) {
    const bool number = input.categories.empty();
    numbers += number;
    Json entry = {{"name", input.name}, {"kind", number ? "number" : "class"}};
    if (number)
      entry.update({{"mean", input.mean}, {"deviation", input.scale}});  // what is subtracted, and divided by
    else
      entry["categories"] = input.categories;
    report.json["inputs"].push_back(std::move(entry));
  }
  const size_t words = data.preprocessing.inputs.size() - numbers;
  if (!data.scalings.empty()) {
    const auto own_scale = [](const TableInput& input) { return input.scale != 1.0 && input.scale != 255.0; };
    const bool standardised = std::any_of(data.preprocessing.inputs.begin(), data.preprocessing.inputs.end(), own_scale);
    report.text += fmt::format("trained on: {} columns of numbers, {}\n", numbers,
                               standardised ? "standardised (--set standardise=no leaves them as they are)" : "on one scale");
    return;
  }
  report.text += fmt::format("label: {}\ntrained on: {} columns of numbers, standardised; {} of categories, one-hot{}\n",
                             data.labels() ? data.labels()->name : "none (--set label=COLUMN chooses one)", numbers, words,
                             numbers && words ? "; all with a Gaussian likelihood" : "");
}

Result<Report> info(const DataOptions& options) {
  const auto config = config_of(options);
  if (!config.ok()) return refused(config.error());
  SignalStop signals;
  LS_TRY(const auto data, load(*config, signals.token()));
  Report report;
  Json splits = Json::object();
  std::string split_text;
  for (const Split split : {Split::train, Split::heldout, Split::test}) {
    const size_t n = data->ids_of(split).size();
    splits[std::string(to_string(split))] = n;
    split_text += fmt::format("{}{} {}", split_text.empty() ? "" : ", ", n, to_string(split));
  }
  report.json = {{"name", data->name},
                 {"kind", std::string(to_string(data->kind))},
                 {"n", data->rows},
                 {"shape", data->shape},
                 {"classes", data->classes()},
                 {"memory", data->bytes()},
                 {"mapped", data->mapped()},
                 {"splits", splits},
                 {"warnings", data->warnings},
                 {"class_names", data->labels() ? Json(data->labels()->categories) : Json::array()},
                 {"columns", columns_json(*data)},
                 {"fingerprint", data->fingerprint}};
  report.text =
      fmt::format("{}: {} examples of {} ({}), {} {}\nsplits: {}\nfingerprint: {}\n", data->name, data->rows, text_from_shape(data->shape),
                  to_string(data->kind), data->classes(), data->classes() == 1 ? "class" : "classes", split_text, data->fingerprint);
  if (!data->reason.empty()) {
    report.json["reason"] = data->reason;
    report.text += fmt::format("{}: {}\n", to_string(data->kind), data->reason);
  }
  add_inputs(*data, report);
  add_words(*data, report);
  for (const std::string& warning : data->warnings) report.text += fmt::format("warning: {}\n", warning);
  return report;
}

/// The examples, each followed by itself as training with this jitter may meet it.
FloatArray beside_jittered(const Dataset& data, std::span<const uint32_t> rows, const Jitter& jitter, uint64_t seed) {
  FloatArray images(2 * rows.size(), data.width());
  for (size_t i = 0; i < rows.size(); ++i) copy_jittered(data, rows[i], jitter, seed, 0, images.row(2 * i), images.row_data(2 * i + 1));
  return images;
}

Result<ImageGrid> preview_grid(const Dataset& data, std::span<const uint32_t> rows, const RunConfig& config) {
  if (!config.jitter.any()) return make_grid(data, rows, square_columns(rows.size()));
  LS_CHECK(check_jitter(config.jitter, data));
  const FloatArray images = beside_jittered(data, rows, config.jitter, config.seed);
  const size_t columns = square_columns(images.rows);
  return make_grid(FloatView(images), data.height_px(), data.width_px(), data.channels(), columns + columns % 2);
}

/// A text with the names of its classes, in the colour of its label.
TextCard card_of(const Dataset& data, uint32_t row) {
  TextCard card{text_of(data, row), "", categorical_colour(0, false)};
  std::vector<std::string> names;
  for (size_t k = 0; k < data.columns.size(); ++k) {
    const Column& column = data.columns[k];
    if (!column.categorical() || std::isnan(column.values[row])) continue;
    const auto value = static_cast<size_t>(column.values[row]);
    const bool label = data.label_column == static_cast<int>(k);
    if (label) card.colour = categorical_colour(value, false);
    names.insert(label ? names.begin() : names.end(), column.categories[value]);
  }
  card.label = fmt::format("{}", fmt::join(names, ", "));
  return card;
}

Result<Report> preview_texts(const Dataset& data, const DataOptions& options) {
  TextsFigure figure;
  const std::vector<uint32_t> rows = subset_of(data.rows, options.examples ? options.examples : kPreviewTexts, options.seed);
  for (const uint32_t row : rows) figure.cards.push_back(card_of(data, row));
  figure.title = data.name;
  figure.note = fmt::format("{} of {} texts", rows.size(), data.rows);
  LS_TRY(const size_t drawn, write_figure(options.out, figure, {}));
  Report report;
  report.json = {{"out", options.out}, {"n", drawn}, {"of", data.rows}};
  report.text = fmt::format("{}: {} of {} texts\n", options.out, drawn, data.rows);
  return report;
}

Result<Report> preview(const DataOptions& options) {
  LS_USAGE(check_extension(options.out, "a preview", {"png"}));
  const auto config = config_of(options);
  if (!config.ok()) return refused(config.error());
  LS_CHECK(check_output(options.out, {options.spec}));
  SignalStop signals;
  LS_TRY(const auto data, load(*config, signals.token()));
  if (data->kind == DataKind::text) return preview_texts(*data, options);
  const std::vector<uint32_t> rows = subset_of(data->rows, options.examples ? options.examples : kPreviewImages, options.seed);
  LS_TRY(const ImageGrid grid, preview_grid(*data, rows, *config));
  LS_TRY(const Bytes bytes, encode_png(grid));
  LS_CHECK(atomic_write_file(options.out, bytes));
  Report report;
  report.json = {{"out", options.out}, {"n", rows.size()}, {"of", data->rows}, {"width", grid.width}, {"height", grid.height}};
  report.text = fmt::format("{}: {} of {} examples\n", options.out, rows.size(), data->rows);
  return report;
}

void add_data_options(CLI::App& command, DataOptions& options) {
  command.add_option("data", options.spec, "a built-in name or a path")->required()->type_name("DATA");
  add_memory_option(command, options.memory);
  command.add_option("--kind", options.kind, "the kind of source, instead of detecting it")->type_name("KIND");
  command.add_option("--seed", options.seed, "of built-in data and of the splits")->check(whole_number(0, UINT64_MAX));
  command.add_option("--count", options.count, "examples of built-in data")->check(whole_number(1, 1'000'000'000));
  command
      .add_option(
          "--set", options.settings,
          "as in train, how it is read: size, fit, colour, label, missing, leave_out, standardise, text, words, common; in a preview "
          "jitter_shift, jitter_rotate and jitter_noise, too")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

}  // namespace

Action add_data(CLI::App& command) {
  auto options = std::make_shared<DataOptions>();
  CLI::App* list_command = command.add_subcommand("list", "built-in data and the kinds of files that are read");
  CLI::App* info_command = command.add_subcommand("info", "size, shape, classes and splits");
  CLI::App* preview_command = command.add_subcommand("preview", "a picture of examples as PNG: a grid of images, cards of texts");
  CLI::App* get_command = command.add_subcommand("get", "fetch a public data set, once, checked");
  auto wanted = std::make_shared<GetOptions>();
  get_command->add_option("names", wanted->names, "public data sets, see data list")->required()->type_name("NAME");
  get_command->add_option("--to", wanted->to, "the folder to put them in, instead of this user's cache")->type_name("FOLDER");
  get_command->add_option("--list", wanted->list, "a table of data sets and mirrors, instead of the built-in one")->type_name("FILE");
  CLI::App* cache_command = command.add_subcommand("cache", "the numbers on the disk of data that is larger than memory");
  auto cached = std::make_shared<CacheOptions>();
  cache_command->add_flag("--clear", cached->clear, "remove them; they are made again where they are needed");
  add_bytes_option(*cache_command, "--limit", cached->limit, "what they may take before those unused longest make room (default: 100 GB)");
  add_data_options(*info_command, *options);
  add_data_options(*preview_command, *options);
  preview_command->add_option("--out", options->out, "the PNG file to write")->required()->type_name("FILE");
  preview_command->add_option("-n", options->examples, "examples to show (default: 100 images, 30 texts)")->check(whole_number(1, 10'000));
  command.require_subcommand(1);
  return [=](const CommandSettings&) -> Result<Report> {
    if (list_command->parsed()) return list();
    if (cache_command->parsed()) return cache(*cached);
    if (get_command->parsed()) return get(*wanted);
    return info_command->parsed() ? info(*options) : preview(*options);
  };
}

}  // namespace latentscape
