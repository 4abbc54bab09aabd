// `latentscape eval`: a run's numbers on a split of its data.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "app/cli/commands.hpp"
#include "app/cli/eval_metrics.hpp"
#include "app/cli/likelihood.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/base/registry.hpp"
#include "core/metrics/iwae.hpp"
#include "core/train/examples.hpp"

namespace latentscape {
namespace {

struct EvalOptions {
  size_t memory = 0;  // bytes, of data; 0: the default
  std::string run, data, split = "test";
  std::vector<std::string> metrics;
  OutlierTruth truth;
  size_t importance_samples = 0;
  size_t threads = 0;
  bool asks(const EvalMetric& metric) const { return std::find(metrics.begin(), metrics.end(), metric.name) != metrics.end(); }
};

Status add_importance_weighted(const EvalSubject& s, size_t k, Report& report) {
  Examples examples;
  fill_evaluation_examples(s.data, s.rows, s.run.model->latent(), s.config().seed, s.config().binarise, s.pool, examples);
  if (s.run.model->decodes_labels() && !s.run.model->encodes_labels())
    return fail(ErrorCode::unsupported, "--iwae: the model '{}' sums over classes, its NLL is not estimated by samples of z alone",
                s.config().model.name);
  LS_TRY(const IwNll nll, importance_weighted_nll(*s.run.model, s.parameters(), {examples.x, labels_read(*s.run.model, examples)}, k,
                                                  s.config().seed, s.pool, s.stop));
  report.json["iw_nll"] = {{"k", nll.k}, {"value", nll.value}};
  report.text +=
      fmt::format("importance-weighted NLL, k = {}: {:.4f} nats ({} examples of {})\n", nll.k, nll.value, s.rows.size(), s.split_name());
  return {};
}

/// What the command line alone tells. A way to tell outliers asks for the metric that needs it.
Status check_metrics(EvalOptions& options) {
  if (options.truth.known()) options.metrics.push_back("auroc");
  std::vector<std::string> known;
  for (const EvalMetric& metric : eval_metrics()) known.push_back(metric.name);
  for (const std::string& name : options.metrics)
    if (std::find(known.begin(), known.end(), name) == known.end()) return unknown_name("metric", name, known);
  for (const EvalMetric& metric : eval_metrics()) {
    if (metric.learns_from_train && options.asks(metric) && options.split == "train")
      return fail(ErrorCode::invalid_argument,
                  "the metric {} learns from train and is judged on another split, expected --split heldout "
                  "or test",
                  metric.name);
  }
  if (std::find(options.metrics.begin(), options.metrics.end(), "auroc") != options.metrics.end() && !options.truth.known())
    return fail(ErrorCode::invalid_argument, "the metric auroc needs to know the outliers, expected --normal LABEL or --outlier COLUMN");
  return {};
}

Report report_of(const Evaluation& e, const EvalOptions& options, const LoadedRun& run, const KnownLabels& known) {
  const bool prior = run.model->has_prior();  // an autoencoder has neither an ELBO nor a KL
  Report report;
  report.json = {{"split", options.split},
                 {"n", e.n},
                 {"loss", e.terms.loss()},
                 {"elbo", prior ? Json(e.terms.elbo()) : Json()},
                 {"reconstruction", e.terms.reconstruction},
                 {"kl", prior ? Json(e.terms.kl) : Json()},
                 {"kl_per_dim", prior ? Json(e.kl_per_dimension) : Json()},
                 {"active_units", e.active_units},
                 {"step", run.checkpoint.state.step}};
  add_likelihood(report.json, run.checkpoint.config);
  if (e.accuracy) report.json["accuracy"] = *e.accuracy;
  report.text = fmt::format("{} ({} examples, {}): {} nats an example\n{} of {} units active\n", options.split, e.n,
                            likelihood_text(run.checkpoint.config), text_of(e.terms, prior), e.active_units, run.model->latent());
  if (const auto perplexity = e.perplexity()) {
    report.json["perplexity"] = *perplexity;
    report.json["words"] = e.words;
    report.text += fmt::format("perplexity {:.2f} a word, e^(-ELBO of all / words of all), {:.0f} words\n", *perplexity, e.words);
  }
  if (e.accuracy)
    report.text +=
        fmt::format("accuracy {:.4f}{}\n", *e.accuracy,
                    run.model->classifies() ? "" : fmt::format(" (the nearest of {} labelled means vote)", known.own_rows().size()));
  return report;
}

/// A metric by its name and its key in the JSON.
struct Wanted {
  std::string name, key;
  std::function<Status(EvalSubject&, Report&)> add;
};

std::vector<Wanted> wanted_of(const EvalOptions& options) {
  std::vector<Wanted> wanted;
  for (const EvalMetric& metric : eval_metrics())
    if (options.asks(metric))
      wanted.push_back({metric.name, metric.key, [&metric](EvalSubject& s, Report& report) -> Status {
                          if (metric.needs_labels && !s.data.labels())
                            return fail(ErrorCode::invalid_argument, "{} has no labels, which the metric {} needs", s.data.name,
                                        metric.name);
                          return metric.add(s, report);
                        }});
  if (const size_t k = options.importance_samples)
    wanted.push_back({"iwae", "iw_nll", [k](EvalSubject& s, Report& report) { return add_importance_weighted(s, k, report); }});
  return wanted;
}

/// Those that apply to this run and its data; of the others a note each. Errors: none applies (the first one's), or what is no matter of
/// applying, as being stopped.
Status add_metrics(const std::vector<Wanted>& wanted, EvalSubject& subject, Report& report) {
  std::optional<Error> first;
  size_t left_out = 0;
  for (const Wanted& metric : wanted) {
    Status added = metric.add(subject, report);
    if (added.ok()) continue;
    const ErrorCode code = added.error().code;
    if (code != ErrorCode::unsupported && code != ErrorCode::invalid_argument) return added;
    report.json[metric.key] = nullptr;
    report.json["notes"][metric.name] = added.error().message;
    report.text += fmt::format("{}: not given: {}\n", metric.name, added.error().message);
    if (!first) first = std::move(added).error();
    ++left_out;
  }
  if (first && left_out == wanted.size()) return *first;
  return {};
}

Result<Report> evaluate_run(EvalOptions options) {
  LS_USAGE(check_metrics(options));
  LS_USAGE(check_split(options.split, false));
  LS_TRY(const Split split, split_from_name(options.split));
  SignalStop signals;
  LS_TRY(const LoadedRun run, open_run(options.run, {}, options.memory));
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, signals.token()));
  auto everything = data;
  if (options.truth.known() && !run.checkpoint.config.only.empty()) {
    LS_TRY(everything, load_run_data(run, options.run, options.data, signals.token(), RunRows::all));
  }
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, options.split));
  ComputePool pool(options.threads);
  const RunConfig& config = run.checkpoint.config;
  LS_TRY(const KnownLabels known, labels_of_run(run, *data));
  LS_TRY(const Evaluation e, evaluate_rows(*run.model, run.checkpoint.state.parameters, *data, rows, split, config.seed, config.binarise,
                                           pool, signals.token(), &known));
  Report report = report_of(e, options, run, known);
  EvalSubject subject = {run, *data, *everything, split, rows, e, options.truth, pool, signals.token(), known, {}, {}};
  LS_CHECK(add_metrics(wanted_of(options), subject, report));
  return report;
}

std::string metrics_help() {
  std::string text;
  for (const EvalMetric& metric : eval_metrics()) text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", metric.name, metric.summary);
  return text + "; with commas";
}

}  // namespace

Action add_eval(CLI::App& command) {
  auto o = std::make_shared<EvalOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--data", o->data, "other data of the same shape, or where the run's own data is now")->type_name("DATA");
  command.add_option("--split", o->split, "train, heldout or test")->capture_default_str()->type_name("S");
  command.add_option("--metrics", o->metrics, metrics_help())->delimiter(',')->type_name("LIST");
  add_truth_options(command, o->truth);
  command.add_option("--iwae", o->importance_samples, "importance-weighted NLL with K samples of z")
      ->check(whole_number(1, 100'000))
      ->type_name("K");
  add_memory_option(command, o->memory);
  command.add_option("--threads", o->threads, "0: all cores")->check(whole_number(0, kMostThreads));
  return [o](const CommandSettings&) { return evaluate_run(*o); };
}

}  // namespace latentscape
