// `latentscape sweep`: trains a grid of settings, each an ordinary run, and ranks it on held-out rows.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "app/cli/compare.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/run_settings.hpp"
#include "app/cli/signal_stop.hpp"
#include "app/cli/sweep_figures.hpp"
#include "app/cli/sweep_rows.hpp"
#include "app/cli/train_run.hpp"
#include "core/formats/file.hpp"
#include "core/io/folder_lock.hpp"
#include "core/train/prepare_run.hpp"
#include "core/train/run_data.hpp"
#include "core/train/without_effect.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWriter = "sweep";  // of its folder's lock

struct SweepOptions {
  std::optional<std::string> data, kind, model, epochs, seed;
  std::vector<std::string> settings, grid;
  std::optional<size_t> folds, seeds;
  std::string out;
  std::optional<std::string> rank;
  size_t threads = 0;
  size_t memory = 0;
  bool resume = false, force = false;
};

/// What the options say, over the defaults.
Result<SweepPlan> plan_from(const SweepOptions& options) {
  SweepPlan plan;
  plan.data = options.data.value_or("strokes");
  plan.kind = options.kind.value_or("");
  plan.model = options.model.value_or("");
  if (options.epochs) plan.settings.emplace_back("epochs", *options.epochs);
  if (options.seed) plan.settings.emplace_back("seed", *options.seed);
  for (const std::string& setting : options.settings) {
    LS_TRY(auto pair, split_setting(setting));
    plan.settings.push_back(std::move(pair));
  }
  for (const std::string& axis : options.grid) {
    LS_TRY(GridAxis parsed, parse_axis(axis));
    plan.grid.push_back(std::move(parsed));
  }
  plan.folds = options.folds.value_or(0);
  plan.seeds = options.seeds.value_or(1);
  return plan;
}

/// "latent=2,8 beta=1" from a plan's JSON.
std::string words_of(const Json& json) {
  std::string text;
  if (json.is_object())
    for (const auto& item : json.items()) text += fmt::format("{}{}={}", text.empty() ? "" : " ", item.key(), words_of(item.value()));
  else if (json.is_array())
    for (const Json& item : json) text += (text.empty() ? "" : ",") + words_of(item);
  else
    text = json.is_string() ? json.get<std::string>() : json.dump();
  return text.empty() && !json.is_string() ? "none" : text;
}

/// On --resume, what is given must be what the sweep was begun with; what is not given is taken from there.
Status check_same(const SweepOptions& options, const SweepPlan& asked, const SweepPlan& begun) {
  const Json a = json_from_plan(asked), b = json_from_plan(begun);
  const std::pair<const char*, bool> given[] = {
      {"data", options.data.has_value()},   {"kind", options.kind.has_value()},
      {"model", options.model.has_value()}, {"settings", options.epochs || options.seed || !options.settings.empty()},
      {"grid", !options.grid.empty()},      {"folds", options.folds.has_value()},
      {"seeds", options.seeds.has_value()}};
  for (const auto& [key, is_given] : given)
    if (is_given && a[key] != b[key])
      return fail(ErrorCode::invalid_argument, "{}: the sweep there was begun with {} {}, not {}; --resume goes on with the same sweep",
                  options.out, key, words_of(b[key]), words_of(a[key]));
  return {};
}

/// Of different likelihoods or data, nats do not compare.
std::vector<std::string> comparison_warnings(const SweepResult& result) {
  const std::set<std::string> likelihoods = {"likelihood", "mean", "sigma", "binarise"};
  const std::set<std::string> readings = {"words", "common", "text", "size", "fit", "colour", "standardise", "missing", "only"};
  std::vector<std::string> warnings;
  for (const GridAxis& axis : result.plan.grid) {
    if (likelihoods.count(axis.key) && std::string_view(result.ranking->name) != "precision")
      warnings.push_back(fmt::format("nats of different {} do not compare; --rank precision does", axis.key));
    if (readings.count(axis.key))
      warnings.push_back(fmt::format(
          "with {} in the grid the examples themselves differ: neither nats nor perplexities compare, and ranks say little", axis.key));
    if (axis.key == "heldout" || axis.key == "seed" || axis.key == "count")
      warnings.push_back(fmt::format("with {} in the grid, combinations are not judged on the same held-out rows", axis.key));
  }
  return warnings;
}

class Sweep {
 public:
  /// `lock`: of the folder, where it is locked already.
  Sweep(const SweepOptions& options, SweepResult result, FolderLock lock, SignalStop& signals)
      : options_(options), result_(std::move(result)), lock_(std::move(lock)), signals_(signals) {}

  /// Loads the data once, before anything is trained or written: what is wrong with it is said for all runs.
  Status check_data_once() const;
  void note_without_effect(const Dataset& data) const;
  Status begin();
  Status train_all();
  Result<Report> finish();

 private:
  Result<Measures> train_one(const SweepRun& run, bool begun);
  Status train_row(SweepRow& row, size_t& number, size_t count);
  Status write_results() const;
  std::string path_of(const SweepRun& run) const { return (fs::path(options_.out) / run.name).string(); }
  std::string file(const char* name) const { return (fs::path(options_.out) / name).string(); }
  Result<std::string> draw_comparison() const;

  const SweepOptions& options_;
  SweepResult result_;
  FolderLock lock_;
  SignalStop& signals_;
};

Status Sweep::check_data_once() const {
  const RunConfig& config = result_.rows.front().combination.runs.front().config;
  DataRequest request = data_request_from(config);
  request.memory = options_.memory;
  request.stop = signals_.token();
  LS_TRY(const auto data, load_dataset(request));
  if (data->ids_of(Split::heldout).empty())
    return fail(ErrorCode::invalid_argument, "{}: no row is held out, which a sweep is ranked on; expected heldout above 0", config.data);
  for (const std::string& warning : data->warnings) print_note(warning);
  note_without_effect(*data);
  return {};
}

/// Each once, with the number of combinations where it is so.
void Sweep::note_without_effect(const Dataset& data) const {
  std::map<std::string, size_t> notes;
  for (const SweepRow& row : result_.rows) {
    const auto prepared = prepare_run(row.combination.runs.front().config, data);
    if (!prepared.ok()) continue;  // said where it is trained
    std::vector<std::pair<std::string, std::string>> settings = result_.plan.settings;
    for (size_t i = 0; i < result_.plan.grid.size(); ++i) settings.emplace_back(result_.plan.grid[i].key, row.combination.values[i]);
    for (const std::string& note : notes_without_effect(prepared->config, settings)) ++notes[note];
  }
  for (const auto& [note, count] : notes)
    print_note(count == result_.rows.size() ? note : fmt::format("{} (in {} of {} combinations)", note, count, result_.rows.size()));
}

/// The folder: new or empty, or a sweep's with --resume or --force, and nobody else's from here on.
Status Sweep::begin() {
  std::error_code error;
  if (fs::exists(options_.out, error) && !fs::is_directory(options_.out, error))
    return fail(ErrorCode::exists, "{}: is a file, expected a folder for the sweep", options_.out);
  fs::create_directories(options_.out, error);
  if (error) return fail(ErrorCode::io, "{}: cannot make the folder: {}", options_.out, error.message());
  if (!lock_) {
    LS_TRY(lock_, lock_folder(options_.out, kWriter));
  }
  const bool sweep = fs::exists(file("sweep.json"), error);
  const bool empty = fs::is_empty(options_.out, error);
  if (sweep && !options_.resume && !options_.force)
    return fail(ErrorCode::exists, "{} already holds a sweep; use --resume to continue it or --force to replace it", options_.out);
  if (!sweep && !empty) return fail(ErrorCode::exists, "{}: holds files that are not a sweep's; choose another folder", options_.out);
  return write_results();
}

Status Sweep::write_results() const {
  LS_CHECK(atomic_write_file(file("sweep.csv"), std::string_view(csv_from(result_))));
  return atomic_write_file(file("sweep.json"),
                           std::string_view(json_from(result_).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"));
}

/// Trains it by the code of `train`; where it was begun, goes on from its newest checkpoint, if it came to one.
Result<Measures> Sweep::train_one(const SweepRun& run, bool begun) {
  const std::string path = path_of(run);
  OpenRequest request;
  request.config = run.config;
  request.config.threads = options_.threads;
  request.config.memory = options_.memory;
  request.evaluate_test_at_end = false;
  request.out = path;
  request.force = true;  // a run of an earlier sweep, which was to be replaced
  if (begun) {
    const auto directory = RunDirectory::open(path);
    if (directory.ok() && directory->newest().ok()) request.resume = path;
  }
  LS_TRY(const Report report, train_run(std::move(request), path, {}, signals_));
  if (report.exit_code == kExitInterrupted) return fail(ErrorCode::cancelled, "interrupted");
  if (report.json.contains("error")) return fail(ErrorCode::io, "{}", report.json["error"]["message"].get<std::string>());
  ComputePool pool(options_.threads);
  return measure_run(path, pool, signals_.token());
}

Status Sweep::train_row(SweepRow& row, size_t& number, size_t count) {
  row.error.reset();
  for (size_t r = 0; r < row.runs.size(); ++r) {
    ++number;
    std::error_code ignored;
    if (row.runs[r] && fs::exists(fs::path(path_of(row.combination.runs[r])) / "run.json", ignored)) continue;
    print_note(fmt::format("sweep {} of {}: {}", number, count, row.combination.runs[r].name));
    const bool begun = row.begun[r];
    row.begun[r] = true;
    LS_CHECK(write_results());
    auto measures = train_one(row.combination.runs[r], begun);
    if (signals_.requested()) {
      result_.interrupted = true;
      return {};
    }
    if (!measures.ok()) {
      row.error = measures.error();
      print_note(fmt::format("{} failed: {}", row.combination.runs[r].name, row.error->message));
      number += row.runs.size() - r - 1;  // its other folds and seeds would not save it
      break;
    }
    row.runs[r] = *measures;
  }
  return write_results();
}

Status Sweep::train_all() {
  size_t number = 0;
  const size_t count = result_.rows.size() * result_.rows.front().runs.size();
  for (SweepRow& row : result_.rows) {
    LS_CHECK(train_row(row, number, count));
    if (result_.interrupted) break;
  }
  return {};
}

/// The runs side by side, where they are few and one of the keys is the model.
Result<std::string> Sweep::draw_comparison() const {
  const auto& grid = result_.plan.grid;
  const bool of_models = std::any_of(grid.begin(), grid.end(), [](const GridAxis& axis) { return axis.key == "model"; });
  CompareOptions compare;
  for (const RankedRow& ranked : order_of(result_.rows, *result_.ranking))
    for (const SweepRun& run : result_.rows[ranked.index].combination.runs)
      if (result_.rows[ranked.index].done()) compare.runs.push_back(path_of(run));
  if (!of_models || compare.runs.size() < 2 || compare.runs.size() > 4) return std::string();
  compare.out = file("compare.png");
  compare.split = "heldout";
  compare.threads = options_.threads;
  LS_TRY(const Report report, compare_runs(compare, signals_.token()));
  return compare.out;
}

Result<Report> Sweep::finish() {
  LS_CHECK(write_results());
  Report report;
  report.json = json_from(result_);
  report.json["out"] = options_.out;
  std::vector<std::string> warnings = comparison_warnings(result_);
  const bool any_done = std::any_of(result_.rows.begin(), result_.rows.end(), [](const SweepRow& row) { return row.done(); });
  if (any_done && report.json["best"].is_null())
    warnings.push_back(
        fmt::format("nothing is ranked: no combination has a finite {} (too few held-out rows, or weights that are not finite)",
                    result_.ranking->title));
  report.json["warnings"] = warnings;
  report.text = table_from(result_);
  for (const std::string& warning : warnings) report.text += "warning: " + warning + "\n";
  if (result_.interrupted) {
    report.text += fmt::format("interrupted; latentscape sweep --out {} --resume goes on from here\n", options_.out);
    report.exit_code = kExitInterrupted;
    return report;
  }
  LS_TRY(std::vector<std::string> figures, draw_sweep(result_, options_.out));
  auto comparison = draw_comparison();
  if (!comparison.ok())
    print_note("no figure of the runs side by side: " + comparison.error().message);
  else if (!comparison->empty())
    figures.push_back(*comparison);
  report.json["figures"] = figures;
  if (!figures.empty()) report.text += fmt::format("{}\n", fmt::join(figures, ", "));
  if (report.json["failed"].get<size_t>() > 0) report.exit_code = kExitFailure;
  return report;
}

Result<Json> read_sweep(const std::string& folder, const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    return fail(ErrorCode::not_found, "{}: holds no sweep to go on with; leave --resume out to begin one", folder);
  LS_TRY(const Bytes bytes, read_file(path));
  Json json = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!json.is_object() || !json.contains("plan")) return fail(ErrorCode::corrupt, "{}: is not what a sweep writes", path);
  return json;
}

bool autoencoders_alone(const std::vector<SweepRow>& rows) {
  return std::all_of(rows.begin(), rows.end(),
                     [](const SweepRow& row) { return row.combination.runs.front().config.model.objective == Objective::autoencoder; });
}

/// By what is asked for; else by the ELBO, which autoencoders do not have.
Result<const Ranking*> ranking_of(const std::optional<std::string>& asked, const std::vector<SweepRow>& rows) {
  const bool no_prior = autoencoders_alone(rows);
  LS_TRY(const Ranking* ranking, ranking_named(asked.value_or(no_prior ? "reconstruction" : "elbo")));
  if (no_prior && ranking->of_prior)
    return fail(ErrorCode::invalid_argument,
                "--rank {}: all runs are autoencoders, which have no {}, expected --rank reconstruction or precision", ranking->name,
                ranking->title);
  return ranking;
}

Result<Report> run_sweep(const SweepOptions& options) {
  SweepResult result;
  if (options.rank) {
    auto known = ranking_named(*options.rank);
    if (!known.ok()) return refused(known.error());
  }
  auto asked = plan_from(options);
  if (!asked.ok()) return refused(asked.error());
  result.plan = *asked;
  Json earlier;
  FolderLock lock;
  if (options.resume) {
    LS_TRY(lock, lock_folder(options.out, kWriter));  // before its progress is read
    const std::string path = (fs::path(options.out) / "sweep.json").string();
    LS_TRY(earlier, read_sweep(options.out, path));
    LS_TRY(result.plan, plan_from_json(earlier["plan"], path));
    LS_CHECK(check_same(options, *asked, result.plan));
  }
  std::vector<std::string> notes;
  auto combinations = combinations_of(result.plan, notes);
  if (!combinations.ok()) return refused(combinations.error());
  const RunConfig& first = combinations->front().runs.front().config;
  LS_USAGE(check_data(first.data, first.kind, first.data_count));
  for (Combination& combination : *combinations) {
    SweepRow row;
    row.runs.resize(combination.runs.size());
    row.begun.resize(combination.runs.size());
    row.combination = std::move(combination);
    result.rows.push_back(std::move(row));
  }
  auto ranking = ranking_of(options.rank, result.rows);
  if (!ranking.ok()) return refused(ranking.error());
  result.ranking = *ranking;
  if (options.resume) LS_CHECK(take_progress(earlier, options.out, result.rows));
  for (const std::string& note : std::set<std::string>(notes.begin(), notes.end())) print_note(note);
  for (const std::string& warning : comparison_warnings(result)) print_note("warning: " + warning);
  SignalStop signals;
  Sweep sweep(options, std::move(result), std::move(lock), signals);
  LS_CHECK(sweep.check_data_once());
  LS_CHECK(sweep.begin());
  LS_CHECK(sweep.train_all());
  return sweep.finish();
}

}  // namespace

Action add_sweep(CLI::App& command) {
  auto o = std::make_shared<SweepOptions>();
  command.add_option("--data", o->data, "a built-in name or a path (default: strokes)")->type_name("DATA");
  command.add_option("--kind", o->kind, "the kind of source, instead of detecting it")->type_name("KIND");
  command.add_option("--model", o->model, "a model or a preset (default: mlp); several: --grid model=...")->type_name("NAME");
  command
      .add_option("--grid", o->grid,
                  "KEY=V1,V2,..., repeatable; KEY is model or a key of --set. Values with commas of their own are separated by ';': --grid "
                  "\"hidden=400;400,200\"")
      ->type_name("KEY=VALUES")
      ->allow_extra_args(false);
  command.add_option("--out", o->out, "the folder of the sweep: a run directory a combination, sweep.json, .csv, .svg and .png")
      ->required()
      ->type_name("DIR");
  command.add_option("--epochs", o->epochs, "passes over the train split (default: 30, with few rows more)")->type_name("N");
  command.add_option("--seed", o->seed, "the same seed gives the same numbers (default: 1)")->type_name("S");
  command
      .add_option("--set", o->settings, "KEY=VALUE for every run, repeatable; keys: " + fmt::format("{}", fmt::join(config_keys(), " ")))
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_option("--folds", o->folds, "K-fold cross-validation of the train rows instead of the held-out share")
      ->check(whole_number(2, kMostSweepRuns))
      ->type_name("K");
  command.add_option("--seeds", o->seeds, "N runs a combination, with seed, seed + 1, ...")
      ->check(whole_number(1, kMostSweepRuns))
      ->type_name("N");
  command
      .add_option(
          "--rank", o->rank,
          "by held-out rows: elbo (default; of autoencoders alone reconstruction), reconstruction, mi (mutual information, then active "
          "units) or precision (and recall of samples)")
      ->type_name("BY");
  add_memory_option(command, o->memory);
  command.add_option("--threads", o->threads, "0: all cores; never changes a result")->check(whole_number(0, kMostThreads))->type_name("T");
  CLI::Option* resume = command.add_flag("--resume", o->resume, "go on with the sweep at --out; --grid and all else may be left out");
  CLI::Option* force = command.add_flag("--force", o->force, "replace the sweep at --out; runs of other combinations stay");
  force->excludes(resume);
  return [o](const CommandSettings&) -> Result<Report> {
    if (o->out.empty()) return refused(fail(ErrorCode::invalid_argument, "--out is empty, expected the name of a folder"));
    return run_sweep(*o);
  };
}

}  // namespace latentscape
