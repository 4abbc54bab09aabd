// `latentscape eval`: a run's numbers on a split of its data.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/base/registry.hpp"
#include "core/metrics/iwae.hpp"
#include "core/metrics/knn.hpp"
#include "core/metrics/latent_statistics.hpp"
#include "core/projection/projection.hpp"
#include "core/train/examples.hpp"

namespace latentscape {
namespace {

constexpr size_t kNeighbours = 5;
constexpr size_t kInformationRows = 10'000;  // the estimate takes all pairs

struct EvalOptions {
  std::string run, data, split = "test";
  std::vector<std::string> metrics;
  size_t importance_samples = 0;
  size_t threads = 0;
  bool asks(const char* name) const { return std::find(metrics.begin(), metrics.end(), name) != metrics.end(); }
};

/// All that a metric reads.
struct Subject {
  const LoadedRun& run;
  const Dataset& data;
  Split split;
  const std::vector<uint32_t>& rows;
  ComputePool& pool;
  std::stop_token stop;

  std::span<const float> parameters() const { return run.checkpoint.state.parameters; }
  const RunConfig& config() const { return run.checkpoint.config; }
};

std::vector<int> labels_of(const Dataset& data, const std::vector<uint32_t>& rows) {
  std::vector<int> labels;
  for (const uint32_t row : rows) labels.push_back(data.label(row));
  return labels;
}

Status add_knn(const Subject& s, Report& report) {
  const std::vector<uint32_t> train = s.data.ids_of(Split::train);
  LS_TRY(const FloatArray voters, means_of(s.run, s.data, train, nullptr, s.pool, s.stop));
  LS_TRY(const FloatArray queries, means_of(s.run, s.data, s.rows, nullptr, s.pool, s.stop));
  LS_TRY(const KnnAccuracy knn,
         knn_accuracy(voters, labels_of(s.data, train), queries, labels_of(s.data, s.rows), kNeighbours, s.pool, s.stop));
  report.json["knn_accuracy"] = {{"k", knn.k}, {"value", knn.value}, {"n", knn.n}};
  report.text += fmt::format("{}-NN accuracy {:.4f} (means of train vote for means of {})\n", knn.k, knn.value, to_string(s.split));
  return {};
}

Status add_information(const Subject& s, Report& report) {
  std::vector<uint32_t> rows = subset_of(s.rows.size(), kInformationRows, s.config().seed);
  for (uint32_t& row : rows) row = s.rows[row];
  FloatArray log_variance;
  LS_TRY(const FloatArray mean, means_of(s.run, s.data, rows, &log_variance, s.pool, s.stop));
  LS_TRY(const MutualInformation mi, mutual_information(mean, log_variance, s.config().seed, s.pool, s.stop));
  report.json["mutual_information"] = {
      {"value", mi.value}, {"cap", mi.cap}, {"n", mi.n}, {"mean_kl", mi.mean_kl}, {"aggregate_kl", mi.aggregate_kl}};
  report.text += fmt::format("mutual information {:.4f} nats (this estimate cannot exceed log {} = {:.2f})\n", mi.value, mi.n, mi.cap);
  return {};
}

Status add_importance_weighted(const Subject& s, size_t k, Report& report) {
  Examples examples;
  fill_evaluation_examples(s.data, s.rows, s.run.model->latent(), s.config().seed, s.config().binarise, s.pool, examples);
  LS_TRY(const IwNll nll, importance_weighted_nll(*s.run.model, s.parameters(), examples.x, k, s.config().seed, s.pool, s.stop));
  report.json["iw_nll"] = {{"k", nll.k}, {"value", nll.value}};
  report.text += fmt::format("importance-weighted NLL, k = {}: {:.4f} nats\n", nll.k, nll.value);
  return {};
}

Status check_metrics(const EvalOptions& options) {
  const std::vector<std::string> known = {"au", "mi", "knn"};
  for (const std::string& name : options.metrics)
    if (std::find(known.begin(), known.end(), name) == known.end()) return unknown_name("metric", name, known);
  if (options.asks("knn") && options.split == "train")
    return fail(ErrorCode::invalid_argument,
                "the metric knn lets the means of train vote for another split, expected --split heldout or test");
  return {};
}

Result<Report> evaluate_run(const EvalOptions& options) {
  LS_USAGE(check_metrics(options));
  LS_USAGE(check_split(options.split, false));
  LS_TRY(const Split split, split_from_name(options.split));
  SignalStop signals;
  LS_TRY(const LoadedRun run, open_run(options.run, {}));
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, signals.token()));
  if (options.asks("knn") && !data->labels())
    return fail(ErrorCode::invalid_argument, "{} has no labels, which the metric knn needs", data->name);
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, options.split));
  ComputePool pool(options.threads);
  const Subject subject = {run, *data, split, rows, pool, signals.token()};
  LS_TRY(const Evaluation e, evaluate_rows(*run.model, subject.parameters(), *data, rows, split, subject.config().seed,
                                           subject.config().binarise, pool, signals.token()));
  Report report;
  report.json = {{"split", options.split},
                 {"n", e.n},
                 {"loss", e.terms.loss()},
                 {"elbo", e.terms.elbo()},
                 {"reconstruction", e.terms.reconstruction},
                 {"kl", e.terms.kl},
                 {"kl_per_dim", e.kl_per_dimension},
                 {"active_units", e.active_units},
                 {"step", run.checkpoint.state.step}};
  report.text = fmt::format(
      "{} ({} examples): loss {:.4f}  elbo {:.4f}  reconstruction {:.4f}  KL {:.4f} nats an example\n{} of {} units active\n",
      options.split, e.n, e.terms.loss(), e.terms.elbo(), e.terms.reconstruction, e.terms.kl, e.active_units, run.model->latent());
  if (options.asks("knn")) LS_CHECK(add_knn(subject, report));
  if (options.asks("mi")) LS_CHECK(add_information(subject, report));
  if (options.importance_samples) LS_CHECK(add_importance_weighted(subject, options.importance_samples, report));
  return report;
}

}  // namespace

Action add_eval(CLI::App& command) {
  auto o = std::make_shared<EvalOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--data", o->data, "other data of the same shape, or where the run's own data is now")->type_name("DATA");
  command.add_option("--split", o->split, "train, heldout or test")->capture_default_str()->type_name("S");
  command.add_option("--metrics", o->metrics, "au (active units), mi (mutual information), knn (5-NN accuracy), with commas")
      ->delimiter(',')
      ->type_name("LIST");
  command.add_option("--iwae", o->importance_samples, "importance-weighted NLL with K samples of z")
      ->check(whole_number(1, 100'000))
      ->type_name("K");
  command.add_option("--threads", o->threads, "0: all cores")->check(whole_number(0, kMostThreads));
  return [o](const CommandSettings&) { return evaluate_run(*o); };
}

}  // namespace latentscape
