#include "core/io/config_json.hpp"

#include <array>

#include "core/base/registry.hpp"
#include "core/io/json_object.hpp"

namespace latentscape {

namespace {

/// An enum as one of its names, in the order of its values.
template <class E, size_t N>
Status read_name(const JsonObject& json, std::string_view key, const std::array<std::string_view, N>& names, E& value) {
  if (!json.has(key)) return {};
  std::string text;
  LS_CHECK(json.read(key, text));
  for (size_t i = 0; i < N; ++i) {
    if (names[i] != text) continue;
    value = static_cast<E>(i);
    return {};
  }
  return unknown_name(key, text, std::vector<std::string>(names.begin(), names.end())).context(json.where());
}

template <class E, size_t N>
std::string_view name_of(E value, const std::array<std::string_view, N>& names) {
  return names[static_cast<size_t>(value)];
}

Status read_size(const JsonObject& json, std::string_view key, size_t& value) {
  uint64_t whole = value;
  LS_CHECK(json.read(key, whole));
  value = static_cast<size_t>(whole);
  return {};
}

/// A spec as text; runs of the first version have a list of dense sizes.
Status read_layers(const JsonObject& json, std::string_view key, NetworkSpec& value) {
  if (!json.has(key)) return {};
  if (json.is_list(key)) {
    std::vector<uint64_t> list;
    LS_CHECK(json.read(key, list));
    value.assign(list.begin(), list.end());
    return {};
  }
  if (!json.is_text(key)) return json.wrong(key, "layers as text, as in \"400, 200\" or \"conv 32x4s2, dense 256\"");
  std::string text;
  LS_CHECK(json.read(key, text));
  auto spec = parse_network_spec(text);
  if (!spec.ok()) return std::move(spec).error().context(fmt::format("{}: key 'model.{}'", json.where(), key));
  value = std::move(spec).value();
  return {};
}

Status read_optional(const JsonObject& json, std::string_view key, std::optional<double>& value) {
  if (!json.has(key)) return {};
  double number = 0.0;
  LS_CHECK(json.read(key, number));
  value = number;
  return {};
}

JsonWriter writer_of(const ModelConfig& m) {
  JsonWriter json(true);
  json.add("name", m.name).add("latent", uint64_t{m.latent});
  json.add("encoder", to_string(m.encoder)).add("decoder", to_string(m.decoder)).add("activation", std::string(name_of(m.activation)));
  if (!m.classifier.empty()) json.add("classifier", to_string(m.classifier));
  json.add("likelihood", name_of(m.likelihood, kLikelihoodNames)).add("gaussian_mean", name_of(m.gaussian_mean, kMeanNames));
  json.add("gaussian_variance", name_of(m.gaussian_variance, kVarianceNames)).add("gaussian_sigma", m.gaussian_sigma);
  if (!m.categories.empty()) json.add("categories", std::vector<uint64_t>(m.categories.begin(), m.categories.end()));
  json.add("objective", name_of(m.objective, kObjectiveNames)).add("samples", uint64_t{m.samples}).add("free_bits", m.free_bits);
  json.add("conditional", m.conditional).add("classify", m.classify).add("classes", uint64_t{m.classes});
  return json;
}

Status read_model(const JsonObject& json, ModelConfig& m) {
  LS_CHECK(
      json.only({"name", "latent", "encoder", "decoder", "classifier", "activation", "likelihood", "gaussian_mean", "gaussian_variance",
                 "gaussian_sigma", "categories", "objective", "samples", "free_bits", "conditional", "classify", "classes"}));
  LS_CHECK(json.read("name", m.name));
  LS_CHECK(read_size(json, "latent", m.latent));
  LS_CHECK(read_layers(json, "encoder", m.encoder));
  LS_CHECK(read_layers(json, "decoder", m.decoder));
  LS_CHECK(read_layers(json, "classifier", m.classifier));
  std::string activation(name_of(m.activation));
  if (json.has("activation")) LS_CHECK(json.read("activation", activation));
  const auto f = activation_named(activation);
  if (!f) return fail(ErrorCode::invalid_argument, "{}: activation is '{}', expected {}", json.where(), activation, activation_names());
  m.activation = *f;
  LS_CHECK(read_name(json, "likelihood", kLikelihoodNames, m.likelihood));
  LS_CHECK(read_name(json, "gaussian_mean", kMeanNames, m.gaussian_mean));
  LS_CHECK(read_name(json, "gaussian_variance", kVarianceNames, m.gaussian_variance));
  LS_CHECK(json.read("gaussian_sigma", m.gaussian_sigma));
  if (json.has("categories")) {
    std::vector<uint64_t> sizes;
    LS_CHECK(json.read("categories", sizes));
    m.categories.assign(sizes.begin(), sizes.end());
  }
  LS_CHECK(read_name(json, "objective", kObjectiveNames, m.objective));
  LS_CHECK(read_size(json, "samples", m.samples));
  LS_CHECK(json.read("free_bits", m.free_bits));
  LS_CHECK(json.read("conditional", m.conditional));
  LS_CHECK(json.read("classify", m.classify));
  return read_size(json, "classes", m.classes);
}

/// What stands at its default is not written.
void add_reading(JsonWriter& json, const Reading& r) {
  const Reading usual;
  if (r.size != usual.size) json.add("size", uint64_t{r.size});
  if (r.fit != usual.fit) json.add("fit", name_of(r.fit, kFitNames));
  if (r.colour != usual.colour) json.add("colour", name_of(r.colour, kColourNames));
  if (!r.label.empty()) json.add("label", r.label);
  if (r.missing != usual.missing) json.add("missing", name_of(r.missing, kMissingNames));
  if (!r.leave_out.empty()) json.add("leave_out", r.leave_out);
  if (r.standardise != usual.standardise) json.add("standardise", name_of(r.standardise, kStandardiseNames));
  if (!r.text.empty()) json.add("text", r.text);
  if (r.words != usual.words) json.add("words", uint64_t{r.words});
  if (r.common != usual.common) json.add("common", r.common);
}

Status read_reading(const JsonObject& json, Reading& r) {
  LS_CHECK(read_size(json, "size", r.size));
  LS_CHECK(read_name(json, "fit", kFitNames, r.fit));
  LS_CHECK(read_name(json, "colour", kColourNames, r.colour));
  LS_CHECK(json.read("label", r.label));
  LS_CHECK(json.read("leave_out", r.leave_out));
  LS_CHECK(json.read("text", r.text));
  LS_CHECK(read_size(json, "words", r.words));
  LS_CHECK(json.read("common", r.common));
  LS_CHECK(read_name(json, "standardise", kStandardiseNames, r.standardise));
  return read_name(json, "missing", kMissingNames, r.missing);
}

Status read_config(const JsonObject& json, RunConfig& c) {
  LS_CHECK(json.check_version("format", kRunFormatVersion));
  LS_CHECK(json.only({"format",
                      "data",
                      "kind",
                      "data_count",
                      "size",
                      "fit",
                      "colour",
                      "label",
                      "text",
                      "words",
                      "common",
                      "missing",
                      "leave_out",
                      "standardise",
                      "only",
                      "extra",
                      "init",
                      "init_step",
                      "init_weights",
                      "model",
                      "likelihood_given",
                      "variance_given",
                      "seed",
                      "epochs",
                      "batch",
                      "batch_given",
                      "window",
                      "learning_rate",
                      "learning_rate_encoder",
                      "learning_rate_decoder",
                      "optimiser",
                      "weight_decay",
                      "momentum",
                      "lr_schedule",
                      "warmup",
                      "patience",
                      "beta",
                      "schedule",
                      "schedule_epochs",
                      "marginal_epochs",
                      "freeze",
                      "clip_norm",
                      "jitter_shift",
                      "jitter_rotate",
                      "jitter_noise",
                      "binarise",
                      "heldout_share",
                      "fold",
                      "folds",
                      "labels",
                      "unlabelled",
                      "threads"}));
  LS_CHECK(json.read("data", c.data));
  LS_CHECK(json.read("kind", c.kind));
  LS_CHECK(read_size(json, "data_count", c.data_count));
  LS_CHECK(read_reading(json, c.reading));
  LS_CHECK(json.read("only", c.only));
  LS_CHECK(json.read("extra", c.extra));
  LS_CHECK(json.read("init", c.init));
  if (json.has("init_step")) {
    uint64_t step = 0;
    LS_CHECK(json.read("init_step", step));
    c.init_step = step;
  }
  LS_CHECK(json.read("init_weights", c.init_weights));
  if (json.has("model")) {
    LS_TRY(const JsonObject model, json.object("model"));
    LS_CHECK(read_model(model, c.model));
    c.variance_given = true;  // of files older than the key
  }
  LS_CHECK(json.read("likelihood_given", c.likelihood_given));
  LS_CHECK(json.read("variance_given", c.variance_given));
  LS_CHECK(json.read("seed", c.seed));
  if (json.has("epochs")) LS_CHECK(read_size(json, "epochs", c.epochs.emplace()));
  LS_CHECK(read_size(json, "batch", c.batch));
  LS_CHECK(json.read("batch_given", c.batch_given));
  if (json.has("window")) {
    size_t rows = 0;
    LS_CHECK(read_size(json, "window", rows));
    c.window = rows;
  }
  LS_CHECK(json.read("learning_rate", c.learning_rate));
  LS_CHECK(read_optional(json, "learning_rate_encoder", c.learning_rate_encoder));
  LS_CHECK(read_optional(json, "learning_rate_decoder", c.learning_rate_decoder));
  LS_CHECK(read_name(json, "optimiser", kOptimiserNames, c.optimiser));
  LS_CHECK(read_optional(json, "weight_decay", c.weight_decay));
  LS_CHECK(json.read("momentum", c.momentum));
  LS_CHECK(read_name(json, "lr_schedule", kRateScheduleNames, c.lr_schedule));
  LS_CHECK(json.read("warmup", c.warmup));
  LS_CHECK(read_size(json, "patience", c.patience));
  LS_CHECK(json.read("beta", c.beta));
  LS_CHECK(read_name(json, "schedule", kBetaScheduleNames, c.schedule));
  LS_CHECK(json.read("schedule_epochs", c.schedule_epochs));
  LS_CHECK(json.read("marginal_epochs", c.marginal_epochs));
  LS_CHECK(read_name(json, "freeze", kFreezeNames, c.freeze));
  LS_CHECK(json.read("clip_norm", c.clip_norm));
  LS_CHECK(read_size(json, "jitter_shift", c.jitter.shift));
  LS_CHECK(json.read("jitter_rotate", c.jitter.rotate));
  LS_CHECK(json.read("jitter_noise", c.jitter.noise));
  LS_CHECK(read_name(json, "binarise", kBinariseNames, c.binarise));
  LS_CHECK(json.read("heldout_share", c.heldout_share));
  if (json.has("labels")) {
    std::string text;
    LS_CHECK(json.read("labels", text));
    auto budget = label_budget_from_text(text);
    if (!budget.ok()) return std::move(budget).error().context(std::string(json.where()));
    c.labels = *budget;
  }
  LS_CHECK(read_size(json, "fold", c.fold));
  LS_CHECK(read_size(json, "folds", c.folds));
  LS_CHECK(json.read("unlabelled", c.unlabelled));
  return read_size(json, "threads", c.threads);
}

}  // namespace

std::string json_from_config(const RunConfig& c) {
  JsonWriter json(true);
  json.add("format", uint64_t{kRunFormatVersion}).add("data", c.data).add("kind", c.kind).add("data_count", uint64_t{c.data_count});
  add_reading(json, c.reading);
  if (!c.only.empty()) json.add("only", c.only);
  if (!c.extra.empty()) json.add("extra", c.extra);
  if (!c.init.empty()) json.add("init", c.init);
  if (c.init_step) json.add("init_step", *c.init_step).add("init_weights", c.init_weights);
  json.add("model", writer_of(c.model)).add("likelihood_given", c.likelihood_given).add("variance_given", c.variance_given);
  json.add("seed", c.seed).add("batch", uint64_t{c.batch});
  if (c.epochs) json.add("epochs", uint64_t{*c.epochs});
  if (c.batch_given) json.add("batch_given", true);
  if (c.window) json.add("window", uint64_t{*c.window});
  json.add("learning_rate", c.learning_rate);
  if (c.learning_rate_encoder) json.add("learning_rate_encoder", *c.learning_rate_encoder);
  if (c.learning_rate_decoder) json.add("learning_rate_decoder", *c.learning_rate_decoder);
  json.add("optimiser", name_of(c.optimiser, kOptimiserNames));
  if (c.weight_decay) json.add("weight_decay", *c.weight_decay);
  json.add("momentum", c.momentum).add("lr_schedule", name_of(c.lr_schedule, kRateScheduleNames));
  json.add("warmup", c.warmup).add("patience", uint64_t{c.patience});
  json.add("beta", c.beta).add("schedule", name_of(c.schedule, kBetaScheduleNames)).add("schedule_epochs", c.schedule_epochs);
  json.add("marginal_epochs", c.marginal_epochs);
  if (c.freeze != Freeze::none) json.add("freeze", name_of(c.freeze, kFreezeNames));
  if (c.jitter.shift > 0) json.add("jitter_shift", uint64_t{c.jitter.shift});
  if (c.jitter.rotate > 0.0) json.add("jitter_rotate", c.jitter.rotate);
  if (c.jitter.noise > 0.0) json.add("jitter_noise", c.jitter.noise);
  json.add("clip_norm", c.clip_norm).add("binarise", name_of(c.binarise, kBinariseNames));
  json.add("heldout_share", c.heldout_share);
  if (c.labels) json.add("labels", to_string(*c.labels));
  if (!c.unlabelled) json.add("unlabelled", c.unlabelled);
  if (c.folds) json.add("fold", uint64_t{c.fold}).add("folds", uint64_t{c.folds});
  json.add("threads", uint64_t{c.threads});
  return json.text() + "\n";
}

Result<RunConfig> config_from_json(std::string_view text, std::string_view where) {
  LS_TRY(const JsonObject json, JsonObject::parse(text, where));
  RunConfig config;
  // A whole run.json is taken for the config in it, so that `train --config out/r20/run.json` works.
  if (json.has("config")) {
    LS_CHECK(json.check_version("format", kRunFormatVersion));
    LS_TRY(const JsonObject inner, json.object("config"));
    LS_CHECK(read_config(inner, config));
    if (!config.window) config.window = 0;  // of a version that had all data in memory
  } else {
    LS_CHECK(read_config(json, config));
  }
  LS_CHECK(validate(config).context(where));
  return config;
}

}  // namespace latentscape
