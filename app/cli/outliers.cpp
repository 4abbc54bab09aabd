// `latentscape outliers`: an anomaly score for each example, as CSV.
#include <fmt/format.h>

#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/scoring.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/formats/file.hpp"
#include "core/io/scores_csv.hpp"

namespace latentscape {
namespace {

struct OutlierOptions {
  size_t memory = 0;  // bytes, of data; 0: the default
  std::string run, data, split = "all", out;
  OutlierTruth truth;
  size_t threads = 0;
};

/// AUROC of the rows of `split`; of test where all are asked for, since the model has seen the others.
Status add_auroc(const Dataset& data, std::span<const uint32_t> rows, const AnomalyScores& scores, const std::vector<int>& marks,
                 const std::string& asked, Report& report) {
  const std::string split = asked == "all" ? "test" : asked;
  std::vector<double> judged;
  std::vector<int> known;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (to_string(data.split[rows[i]]) != split) continue;
    judged.push_back(scores.score[i]);
    known.push_back(marks[i]);
  }
  LS_TRY(const Auroc value, auroc_of(judged, known).context(fmt::format("{}, split {}", data.name, split)));
  report.json["auroc"] = value.value;
  report.json["auroc_split"] = split;
  report.json["auroc_counts"] = {{"normal", value.negatives}, {"outliers", value.positives}};
  report.text +=
      fmt::format("AUROC {:.4f} ({} outliers and {} normal examples of {})\n", value.value, value.positives, value.negatives, split);
  return {};
}

Result<Report> find_outliers(const OutlierOptions& options) {
  LS_USAGE(check_split(options.split, true));
  LS_USAGE(check_extension(options.out, "scores", {"csv"}));
  LS_CHECK(check_output(options.out, {options.run, options.data}));
  SignalStop signals;
  LS_TRY(const LoadedRun run, open_run(options.run, {options.out}, options.memory));
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, signals.token(), RunRows::all));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, options.split));
  std::vector<int> marks;
  if (options.truth.known()) {
    LS_TRY(marks, outlier_marks(*data, rows, options.truth));
  }
  ComputePool pool(options.threads);
  LS_TRY(const AnomalyScores scores, scores_of_rows(run, *data, rows, pool, signals.token()));
  Report report;
  report.json = {{"out", options.out}, {"split", options.split}, {"n", rows.size()}, {"samples", kAnomalySamples}};
  report.text = fmt::format("{}: {} examples ({}), a higher score is stranger\n", options.out, rows.size(), options.split);
  if (options.truth.known()) LS_CHECK(add_auroc(*data, rows, scores, marks, options.split, report));
  LS_CHECK(atomic_write_file(options.out, std::string_view(scores_csv(*data, rows, scores, options.truth.column))));
  return report;
}

}  // namespace

Action add_outliers(CLI::App& command) {
  auto o = std::make_shared<OutlierOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--data", o->data, "data of the run's shape; the run's own where not given")->type_name("DATA");
  command.add_option("--split", o->split, "train, heldout, test or all, rows in the order of the data")
      ->capture_default_str()
      ->type_name("S");
  command.add_option("--out", o->out, "row, split, classes, score, reconstruction and kl of each example")
      ->required()
      ->type_name("FILE.csv");
  add_truth_options(command, o->truth);
  add_memory_option(command, o->memory);
  command.add_option("--threads", o->threads, "0: all cores")->check(whole_number(0, kMostThreads));
  return [o](const CommandSettings&) { return find_outliers(*o); };
}

}  // namespace latentscape
