#include "core/train/prepare_run.hpp"

#include <algorithm>
#include <cstdint>

#include "core/models/likelihood.hpp"

namespace latentscape {

namespace {

/// Who needs numbers from 0 to 1, and what goes without.
struct UnitRange {
  std::string_view who, instead;
};

constexpr size_t kLookedAt = 10'000;  // rows, where the window asks: there may be more than memory holds

/// Of the first rows, so many.
Status check_unit_range(const Dataset& data, const UnitRange& range, size_t rows = SIZE_MAX) {
  if (const auto* counts = std::get_if<WordCounts>(&data.values)) {
    if (std::none_of(counts->count.begin(), counts->count.end(), [](float v) { return v > 1.0f; })) return {};
    return fail(ErrorCode::invalid_argument,
                "{}: holds word counts above 1, and {} numbers from 0 to 1; use likelihood=multinomial without binarise", data.name,
                range.who);
  }
  constexpr size_t kAhead = 4096;  // rows
  std::vector<float> row(data.width());
  for (size_t i = 0; i < std::min(rows, data.rows) && !data.holds_bytes(); ++i) {
    if (i % kAhead == 0) data.will_need(i, std::min(data.rows - 1, i + 2 * kAhead));
    data.copy_row(i, row.data());
    data.passed(1);
    const auto out = std::find_if_not(row.begin(), row.end(), [](float v) { return v >= 0.0f && v <= 1.0f; });
    if (out != row.end())
      return fail(ErrorCode::invalid_argument, "{}: row {}, number {} is {}, and {} numbers from 0 to 1; {}", data.name, i,
                  out - row.begin(), *out, range.who, range.instead);
  }
  return {};
}

Status check_batch(const RunConfig& config, const Dataset& data, size_t train_rows) {
  if (!config.batch_given || config.batch <= train_rows) return {};
  return fail(ErrorCode::invalid_argument, "batch is {}, larger than the {} train rows of {}", config.batch, train_rows, data.name);
}

Status check_rate_schedule(const RunConfig& config, const Dataset& data) {
  if (config.lr_schedule != RateSchedule::plateau || !data.ids_of(Split::heldout).empty()) return {};
  return fail(ErrorCode::invalid_argument, "lr_schedule=plateau goes by the held-out loss, and {} has no held-out rows", data.name);
}

Status check_jitter(const RunConfig& config, const Dataset& data) {
  LS_CHECK(check_jitter(config.jitter, data));
  return config.jitter.noise > 0.0 ? check_unit_range(data, {"jitter_noise needs", "leave it at 0"}) : Status();
}

size_t train_rows_of(const RunConfig& config, const KnownLabels& labels) {
  return config.unlabelled ? labels.train_rows() : labels.rows().size();
}

/// Few labels are enough for a convolutional classifier where there are images; else it is like the encoder.
NetworkSpec usual_classifier(const Dataset& data, const ModelConfig& model) {
  constexpr size_t least = 8;
  if (data.kind != DataKind::image || std::min(data.height_px(), data.width_px()) < least) return model.encoder;
  using enum LayerSpec::Kind;
  return {{conv, 32, 4, 2}, {conv, 64, 4, 2}, 256};
}

/// Rows that join train are there to teach: where labels are used, each has one.
Status check_extra_labels(const Dataset& data) {
  for (size_t row = data.own_rows(); row < data.rows; ++row)
    if (data.label(row) < 0)
      return fail(ErrorCode::invalid_argument,
                  "row {} of the extra rows of {} has no label, expected one for each where the run uses labels", row - data.own_rows(),
                  data.name);
  return {};
}

/// Columns of categories have answers, not numbers.
Error only_categorical(LikelihoodKind kind, const Dataset& data) {
  constexpr size_t kNamed = 3;
  std::vector<std::string> names;
  for (const TableInput& input : data.preprocessing.inputs) names.push_back(input.name);
  if (names.empty())  // built in: the columns come first
    for (size_t i = 0; i < std::min(data.categories.size(), data.columns.size()); ++i) names.push_back(data.columns[i].name);
  const bool more = names.size() > kNamed;
  names.resize(std::min(names.size(), kNamed));
  return fail(ErrorCode::invalid_argument,
              "likelihood is '{}', but the columns of {} are categories ({}{}), expected likelihood=categorical",
              kLikelihoodNames[static_cast<size_t>(kind)], data.name, fmt::join(names, ", "), more ? ", ..." : "");
}

/// What the model has to know of the data: how many classes its labels have, which numbers are one-hot groups.
Status fit_model_to_data(ModelConfig& model, const std::optional<LabelBudget>& budget, const Dataset& data) {
  LS_TRY(const ModelFamily* family, model_families().get(model.name));
  const bool labels = model.conditional || model.classify > 0.0 || family->semi_supervised;
  model.classes = labels ? data.classes() : 0;
  const bool apart = family->semi_supervised && family->defaults.classify > 0.0;  // m2: a classifier of its own
  if (apart && model.classifier.empty()) model.classifier = usual_classifier(data, model);
  model.categories = model.likelihood == LikelihoodKind::categorical ? data.categories : std::vector<size_t>();
  if (labels && model.classes < 2)
    return fail(ErrorCode::invalid_argument, "model '{}' needs data with a label of at least 2 classes, {} has {}", model.name, data.name,
                model.classes == 0 ? "none" : "one");
  if (labels || budget) LS_CHECK(check_extra_labels(data));
  return {};
}

/// What learns classes from few labels has to meet each of them.
Status check_classes(const RunConfig& config, const KnownLabels& labels, const Dataset& data) {
  LS_TRY(const ModelFamily* family, model_families().get(config.model.name));
  if (!family->semi_supervised) return {};
  const std::vector<std::string> unmet = labels.unmet(data);
  if (!unmet.empty() && !config.only.empty())
    return fail(ErrorCode::invalid_argument, "only={} leaves out class '{}' of {}, and model '{}' learns all of its classes", config.only,
                unmet.front(), data.name, config.model.name);
  return unmet.empty() ? Status() : Status(no_train_row(data, unmet.front()));
}

/// The likelihood that the data asks for where nobody does.
LikelihoodKind likelihood_of(const Dataset& data) {
  if (!data.categories.empty()) return LikelihoodKind::categorical;
  if (data.kind == DataKind::text) return LikelihoodKind::multinomial;
  return data.kind == DataKind::image ? LikelihoodKind::bernoulli : LikelihoodKind::gaussian;
}

/// Thirty, and with few rows as many as it takes until the weights have moved: so many minibatches, but not for ever.
size_t usual_epochs(size_t train_rows, size_t batch) {
  constexpr size_t least = 30, most = 1000, minibatches = 3500;
  const size_t an_epoch = (train_rows + batch - 1) / batch;
  return std::clamp(minibatches / std::max<size_t>(1, an_epoch), least, most);
}

/// By the first rows, so many, where it is about numbers.
Status check_likelihood_by(const Dataset& data, LikelihoodKind kind, size_t rows) {
  if (!data.categories.empty() && kind != LikelihoodKind::categorical) return only_categorical(kind, data);
  if (kind == LikelihoodKind::bernoulli) return check_unit_range(data, {"the bernoulli likelihood needs", "use likelihood=gaussian"}, rows);
  if (kind == LikelihoodKind::multinomial && data.kind != DataKind::text)
    return fail(ErrorCode::invalid_argument, "likelihood is 'multinomial', expected word counts (texts or svmlight), {} is {}", data.name,
                data.kind == DataKind::image ? "images" : "a table");
  if (kind != LikelihoodKind::categorical) return {};
  ModelConfig model;
  model.likelihood = kind;
  model.categories = data.categories;
  return check_likelihood(model, data.width()).context(data.name);
}

}  // namespace

Status check_likelihood_of(const Dataset& data, LikelihoodKind kind) { return check_likelihood_by(data, kind, SIZE_MAX); }

std::vector<LikelihoodKind> likelihoods_for(const Dataset& data) {
  std::vector<LikelihoodKind> kinds;
  for (size_t i = 0; i < kLikelihoodNames.size(); ++i)
    if (const auto kind = static_cast<LikelihoodKind>(i); check_likelihood_by(data, kind, kLookedAt).ok()) kinds.push_back(kind);
  return kinds;
}

std::vector<RunProblem> problems_of(const RunConfig& config, const Dataset& data) {
  std::vector<RunProblem> problems;
  const auto add = [&](RunPart part, const Status& status) {
    if (!status.ok()) problems.push_back({part, status.error()});
  };
  auto labels = KnownLabels::of(data, config.labels, config.seed);
  if (!labels.ok()) {
    problems.push_back({RunPart::labels, labels.error()});
    labels = KnownLabels::of(data, std::nullopt, config.seed);
  }
  if (labels.ok() && train_rows_of(config, *labels) > 0) add(RunPart::batch, check_batch(config, data, train_rows_of(config, *labels)));
  add(RunPart::likelihood, check_likelihood_by(data, config.model.likelihood, kLookedAt));
  add(RunPart::lr_schedule, check_rate_schedule(config, data));
  add(RunPart::jitter, check_jitter(config, data));
  return problems;
}

Result<PreparedRun> prepare_run(RunConfig config, const Dataset& data) {
  LS_TRY(KnownLabels labels, KnownLabels::of(data, config.labels, config.seed));
  const size_t train_rows = train_rows_of(config, labels);
  if (!config.likelihood_given) config.model.likelihood = likelihood_of(data);
  // With the variance of standardised columns, 1, a table's latents would say next to nothing.
  if (!config.variance_given && data.kind == DataKind::table && config.model.likelihood == LikelihoodKind::gaussian)
    config.model.gaussian_variance = GaussianVariance::shared;
  if (!config.batch_given) config.batch = std::max<size_t>(1, std::min(config.batch, train_rows));
  if (!config.window) config.window = data.window;
  LS_CHECK(validate(config));
  if (!config.epochs) config.epochs = usual_epochs(train_rows, config.batch);
  if (train_rows == 0) return fail(ErrorCode::invalid_argument, "{} has no train rows", data.name);
  LS_CHECK(check_batch(config, data, train_rows));
  LS_CHECK(check_rate_schedule(config, data));
  LS_CHECK(check_jitter(config, data));
  LS_CHECK(check_likelihood_of(data, config.model.likelihood));
  if (config.binarise != Binarise::none) LS_CHECK(check_unit_range(data, {"binarising needs", "leave binarise at none"}));
  LS_CHECK(fit_model_to_data(config.model, config.labels, data));
  LS_CHECK(check_classes(config, labels, data));
  LS_TRY(std::shared_ptr<const ModelF> model, make_model(config.model, data.shape));
  return PreparedRun{std::move(config), std::move(labels), std::move(model)};
}

Result<KnownLabels> known_labels(const RunConfig& config, const Dataset& data, std::span<const std::pair<uint32_t, uint32_t>> added) {
  LS_TRY(KnownLabels labels, KnownLabels::of(data, config.labels, config.seed));
  for (const auto& [row, label] : added) LS_CHECK(labels.set(data, row, label).context("the state's labels"));
  return labels;
}

}  // namespace latentscape
