#include "app/panels/model/next_run.hpp"

#include "core/train/without_effect.hpp"

namespace latentscape {

namespace {

constexpr std::string_view kAllLabels = "all";

/// M2 trains on a bound of its own, with a classifier of its own.
bool is_m2(const ModelConfig& model) { return model.name == "m2"; }

const ModelConfig& defaults_of(const ModelConfig& model) {
  static const ModelConfig plain;
  const ModelFamily* family = model_families().find(model.name);
  return family ? family->defaults : plain;
}

/// The config without what is not shown.
RunConfig without_unused(const NextRun& next, const Dataset& data) {
  RunConfig config = next.config;
  const Applies applies = what_applies(config, data);
  config.labels.reset();
  if (!applies.samples) config.model.samples = 1;
  if (!applies.free_bits) config.model.free_bits = 0.0;
  if (!applies.kl) config.schedule = BetaSchedule::constant;
  return config;
}

Result<std::optional<LabelBudget>> budget_of(const NextRun& next, const Dataset& data) {
  if (!what_applies(next.config, data).labels || next.labels == kAllLabels) return std::optional<LabelBudget>();
  const auto budget = label_budget_from_text(next.labels);
  if (budget.ok()) return std::optional(*budget);
  return fail(ErrorCode::invalid_argument,
              "labels is '{}', expected {}, a whole number of labels from 1, or a share above 0 and at most 1.0", next.labels, kAllLabels);
}

void put_right(RunConfig& config, RunPart part) {
  if (part == RunPart::likelihood) config.likelihood_given = false;
  if (part == RunPart::labels) config.labels.reset();
  if (part == RunPart::batch) config.batch_given = false;
  if (part == RunPart::lr_schedule) config.lr_schedule = RateSchedule::constant;
  if (part == RunPart::jitter) config.jitter = Jitter();
}

}  // namespace

NextRun next_run_after(const RunConfig& run) {
  NextRun next{run, to_string(run.model.encoder), to_string(run.model.decoder), std::string(kAllLabels)};
  next.config.init.clear();  // the next run may have other networks
  next.config.init_step.reset();
  next.config.init_weights.clear();
  next.config.freeze = Freeze::none;
  next.config.likelihood_given = next.config.variance_given = true;
  if (run.labels) next.labels = to_string(*run.labels);
  return next;
}

void choose_preset(NextRun& next, const ModelPreset& preset, const Dataset& data) {
  const ModelConfig before = next.config.model;
  ModelConfig& model = next.config.model;
  model = preset.config;
  if (!check_likelihood_of(data, model.likelihood).ok()) {  // a shape for pixels can be one for words
    model.likelihood = before.likelihood;
    model.gaussian_mean = before.gaussian_mean;
    model.gaussian_variance = before.gaussian_variance;
    model.gaussian_sigma = before.gaussian_sigma;
  }
  next.encoder = to_string(model.encoder);
  next.decoder = to_string(model.decoder);
}

void choose_family(NextRun& next, const ModelFamily& family) {
  use_family(next.config.model, family);
  next.encoder = to_string(next.config.model.encoder);
  next.decoder = to_string(next.config.model.decoder);
}

void choose_objective(NextRun& next, Objective objective) {
  ModelConfig& model = next.config.model;
  constexpr size_t kUsualSamples = 5;
  model.objective = objective;
  model.samples = objective == Objective::iwae ? kUsualSamples : 1;
}

void choose_optimiser(NextRun& next, OptimiserKind optimiser) {
  next.config.optimiser = optimiser;
  next.config.weight_decay.reset();  // each has a usual one; Adam takes none
}

Applies what_applies(const RunConfig& config, const Dataset& data) {
  const ModelConfig& model = config.model;
  const ModelConfig& usual = defaults_of(model);
  const ModelFamily* family = model_families().find(model.name);
  const bool has_labels = data.classes() >= 2, m2 = is_m2(model);
  Applies a;
  a.objective = !m2 && usual.objective != Objective::autoencoder;
  a.kl = why_without_effect(config, "beta").empty();
  a.samples = !m2 && (model.objective == Objective::elbo || model.objective == Objective::iwae);
  a.free_bits = !m2 && model.objective == Objective::elbo;
  a.conditional = has_labels && !usual.conditional && !(family && family->semi_supervised) && model.classify == 0.0;
  a.classify = has_labels && !model.conditional;
  a.marginal = has_labels && why_without_effect(config, "marginal_epochs").empty();
  a.labels = has_labels && (model.conditional || model.classify > 0.0 || (family && family->semi_supervised));
  return a;
}

std::optional<SpecProblem> problem_of_spec(const std::string& text) {
  const auto spec = parse_network_spec(text);
  if (spec.ok()) return std::nullopt;
  // The sentence, the text, and a caret below its place, both two spaces in.
  const std::string& message = spec.error().message;
  const size_t line = message.rfind('\n');
  const bool caret = line != std::string::npos && message.back() == '^' && message.size() >= line + 4;
  return SpecProblem{message.substr(0, message.find('\n')), caret ? message.size() - line - 4 : 0};
}

Result<PreparedRun> prepared(const NextRun& next, const Dataset& data) {
  RunConfig config = without_unused(next, data);
  LS_CHECK(set_value(config, "encoder", next.encoder));
  LS_CHECK(set_value(config, "decoder", next.decoder));
  LS_TRY(config.labels, budget_of(next, data));
  return prepare_run(std::move(config), data);
}

NextRunLook look_at(const NextRun& next, const Dataset& data) {
  NextRunLook look;
  RunConfig config = without_unused(next, data);
  const auto budget = budget_of(next, data);
  if (budget.ok())
    config.labels = *budget;
  else
    look.problems.push_back({RunPart::labels, budget.error()});
  for (RunProblem& problem : problems_of(config, data)) look.problems.push_back(std::move(problem));
  // What is left is the model's own: one problem neither hides another nor takes the model away.
  for (const RunProblem& problem : look.problems) put_right(config, problem.part);
  if (!set_value(config, "encoder", next.encoder).ok() || !set_value(config, "decoder", next.decoder).ok()) return look;
  auto run = prepare_run(std::move(config), data);
  if (run.ok())
    look.model = run->model;
  else
    look.problems.push_back({RunPart::model, run.error()});
  return look;
}

}  // namespace latentscape
