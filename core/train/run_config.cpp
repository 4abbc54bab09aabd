#include "core/train/run_config.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "core/data/subset.hpp"

namespace latentscape {

namespace {

Error bad(std::string_view key, std::string_view value, std::string_view expected) {
  return fail(ErrorCode::invalid_argument, "{} is '{}', expected {}", key, value, expected);
}

template <class T>
bool parse_all(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

Status parse_count(std::string_view key, std::string_view text, uint64_t least, uint64_t most, auto& out) {
  uint64_t n = 0;
  if (!parse_all(text, n) || n < least || n > most) return bad(key, text, fmt::format("a whole number from {} to {}", least, most));
  out = n;
  return {};
}

/// Open or closed at the lower end, finite.
Status parse_real(std::string_view key, std::string_view text, std::string_view expected, const std::function<bool(double)>& in_range,
                  double& out) {
  double v = 0.0;
  if (!parse_all(text, v) || !std::isfinite(v) || !in_range(v)) return bad(key, text, expected);
  out = v;
  return {};
}

constexpr uint64_t kMaxSize = 1'000'000;
constexpr double kMaxRate = 1e6;

bool rate_ok(double v) { return v > 0.0 && v <= kMaxRate; }
bool weight_ok(double v) { return v >= 0.0 && v <= 1e6; }
bool sigma_ok(double v) { return v > 0.0 && v <= 1e6; }
bool share_ok(double v) { return v >= 0.0 && v <= 0.5; }
bool common_ok(double v) { return v > 0.0 && v <= 1.0; }
bool turn_ok(double v) { return v >= 0.0 && v <= 180.0; }
bool noise_ok(double v) { return v >= 0.0 && v <= 1.0; }
bool momentum_ok(double v) { return v >= 0.0 && v < 1.0; }

constexpr std::string_view kCommonExpected = "a share of the train texts above 0 and at most 1";
constexpr std::string_view kRateExpected = "a learning rate above 0 and at most 1e6";
constexpr std::string_view kBetaExpected = "a weight from 0 to 1e6";
constexpr std::string_view kClipExpected = "a gradient norm from 0 (no clipping) to 1e6";
constexpr std::string_view kSigmaExpected = "a standard deviation above 0 and at most 1e6";
constexpr std::string_view kFreeBitsExpected = "nats a dimension from 0 to 1e6";
constexpr std::string_view kClassifyExpected = "the weight of the classifier's loss from 0 (no classifier) to 1e6";
constexpr size_t kMostSamples = 1000;
constexpr size_t kUsualSamples = 5;  // Burda et al.'s smallest
constexpr std::string_view kShareExpected = "a share from 0 to 0.5";
constexpr std::string_view kDecayExpected = "a weight decay from 0 to 1e6";
constexpr std::string_view kMomentumExpected = "a momentum from 0, below 1";
constexpr std::string_view kWarmupExpected = "a number of epochs from 0 to 1e6";
constexpr std::string_view kTurnExpected = "degrees from 0 to 180";
constexpr std::string_view kNoiseExpected = "a standard deviation from 0 to 1";
constexpr std::string_view kRampExpected = "a number of epochs above 0 and at most 1e6";

Status parse_layers(std::string_view key, std::string_view text, NetworkSpec& out) {
  auto spec = parse_network_spec(text);
  if (!spec.ok()) return fail(ErrorCode::invalid_argument, "{} is '{}', {}", key, text, spec.error().message);
  out = std::move(spec).value();
  return {};
}

template <class T>
Status parse_choice(std::string_view key, std::string_view text, std::initializer_list<std::pair<std::string_view, T>> choices, T& out) {
  std::string expected;
  for (const auto& choice : choices) {
    if (choice.first == text) {
      out = choice.second;
      return {};
    }
    expected += (expected.empty() ? "" : " or ") + std::string(choice.first);
  }
  return bad(key, text, expected);
}

/// One of `names`, in the order of the values.
template <class T, size_t N>
Status parse_name(std::string_view key, std::string_view text, const std::array<std::string_view, N>& names, T& out) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return bad(key, text, fmt::format("{}", fmt::join(names, " or ")));
  out = static_cast<T>(found - names.begin());
  return {};
}

/// Names with commas between them.
Status parse_names(std::string_view key, std::string_view text, std::vector<std::string>& out) {
  std::vector<std::string> names;
  for (std::string_view rest = text; names.empty() || !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    names.emplace_back(rest.substr(0, comma));
    if (names.back().empty() || comma + 1 == rest.size()) return bad(key, text, "names of columns with commas between them");
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  out = std::move(names);
  return {};
}

Status parse_optional_rate(std::string_view key, std::string_view text, std::optional<double>& out) {
  double rate = 0.0;
  LS_CHECK(parse_real(key, text, kRateExpected, rate_ok, rate));
  out = rate;
  return {};
}

Status parse_optional_count(std::string_view key, std::string_view text, uint64_t least, uint64_t most, std::optional<size_t>& out) {
  size_t count = 0;
  LS_CHECK(parse_count(key, text, least, most, count));
  out = count;
  return {};
}

struct Key {
  std::string_view name;
  Status (*set)(RunConfig&, std::string_view key, std::string_view value);
};

constexpr Key kModelKeys[] = {
    {"hidden",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       NetworkSpec layers;
       LS_CHECK(parse_layers(k, v, layers));
       if (!c.given.encoder) c.model.encoder = layers;
       if (!c.given.decoder) c.model.decoder = mirrored(layers);
       return {};
     }},
    {"encoder",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       LS_CHECK(parse_layers(k, v, c.model.encoder));
       c.given.encoder = true;
       return {};
     }},
    {"decoder",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       LS_CHECK(parse_layers(k, v, c.model.decoder));
       c.given.decoder = true;
       return {};
     }},
    {"classifier", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_layers(k, v, c.model.classifier); }},
    {"activation",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       const auto f = activation_named(v);
       if (!f) return bad(k, v, activation_names());
       c.model.activation = *f;
       return {};
     }},
    {"latent", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_count(k, v, 1, kMaxSize, c.model.latent); }},
    {"likelihood",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       LS_CHECK(parse_name(k, v, kLikelihoodNames, c.model.likelihood));
       c.likelihood_given = true;
       return {};
     }},
    {"mean", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kMeanNames, c.model.gaussian_mean); }},
    {"variance",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       LS_CHECK(parse_name(k, v, kVarianceNames, c.model.gaussian_variance));
       c.variance_given = true;
       return {};
     }},
    {"sigma",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       LS_CHECK(parse_real(k, v, kSigmaExpected, sigma_ok, c.model.gaussian_sigma));
       c.variance_given = true;
       return {};
     }},
    {"objective",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       const Objective before = c.model.objective;
       LS_CHECK(parse_name(k, v, kObjectiveNames, c.model.objective));
       if (c.model.objective != before && !c.given.samples) c.model.samples = c.model.objective == Objective::iwae ? kUsualSamples : 1;
       return {};
     }},
    {"k",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       LS_CHECK(parse_count(k, v, 1, kMostSamples, c.model.samples));
       c.given.samples = true;
       return {};
     }},
    {"free_bits", [](RunConfig& c, std::string_view k,
                     std::string_view v) { return parse_real(k, v, kFreeBitsExpected, weight_ok, c.model.free_bits); }},
    {"conditional",
     [](RunConfig& c, std::string_view k, std::string_view v) {
       return parse_choice<bool>(k, v, {{"0", false}, {"1", true}}, c.model.conditional);
     }},
    {"classify",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kClassifyExpected, weight_ok, c.model.classify); }},
};

constexpr Key kTrainingKeys[] = {
    {"binarise", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kBinariseNames, c.binarise); }},
    {"jitter_shift",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_count(k, v, 0, kMostImageSize, c.jitter.shift); }},
    {"jitter_rotate",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kTurnExpected, turn_ok, c.jitter.rotate); }},
    {"jitter_noise",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kNoiseExpected, noise_ok, c.jitter.noise); }},
    {"beta", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kBetaExpected, weight_ok, c.beta); }},
    {"lr", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kRateExpected, rate_ok, c.learning_rate); }},
    {"lr_encoder", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_optional_rate(k, v, c.learning_rate_encoder); }},
    {"lr_decoder", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_optional_rate(k, v, c.learning_rate_decoder); }},
    {"batch",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       LS_CHECK(parse_count(k, v, 1, kMaxSize, c.batch));
       c.batch_given = true;
       return {};
     }},
    {"epochs", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_optional_count(k, v, 1, kMaxSize, c.epochs); }},
    {"window", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_optional_count(k, v, 0, UINT32_MAX, c.window); }},
    {"optimiser", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kOptimiserNames, c.optimiser); }},
    {"weight_decay",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       double decay = 0.0;
       LS_CHECK(parse_real(k, v, kDecayExpected, weight_ok, decay));
       c.weight_decay = decay;
       return {};
     }},
    {"momentum",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kMomentumExpected, momentum_ok, c.momentum); }},
    {"lr_schedule",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kRateScheduleNames, c.lr_schedule); }},
    {"warmup", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kWarmupExpected, weight_ok, c.warmup); }},
    {"patience", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_count(k, v, 1, kMaxSize, c.patience); }},
    {"schedule", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kBetaScheduleNames, c.schedule); }},
    {"schedule_epochs",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kRampExpected, rate_ok, c.schedule_epochs); }},
    {"marginal_epochs",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kWarmupExpected, weight_ok, c.marginal_epochs); }},
    {"freeze", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kFreezeNames, c.freeze); }},
    {"clip", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kClipExpected, weight_ok, c.clip_norm); }},
    {"seed", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_count(k, v, 0, UINT64_MAX, c.seed); }},
    {"heldout",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kShareExpected, share_ok, c.heldout_share); }},
    {"labels",
     [](RunConfig& c, std::string_view, std::string_view v) -> Status {
       LS_TRY(c.labels, label_budget_from_text(v));
       return {};
     }},
    {"unlabelled",
     [](RunConfig& c, std::string_view k, std::string_view v) {
       return parse_choice<bool>(k, v, {{"0", false}, {"1", true}}, c.unlabelled);
     }},
    {"only",
     [](RunConfig& c, std::string_view, std::string_view v) -> Status {
       LS_CHECK(check_only(v));
       c.only = v;
       return {};
     }},
    {"extra",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       if (v.empty()) return bad(k, v, "a built-in name or a path");
       c.extra = v;
       return {};
     }},
    {"size", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_count(k, v, 0, kMostImageSize, c.reading.size); }},
    {"fit", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kFitNames, c.reading.fit); }},
    {"colour", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kColourNames, c.reading.colour); }},
    {"label",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       if (v.empty()) return bad(k, v, "the name of a column");
       c.reading.label = v;
       return {};
     }},
    {"missing", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kMissingNames, c.reading.missing); }},
    {"leave_out", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_names(k, v, c.reading.leave_out); }},
    {"standardise",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_name(k, v, kStandardiseNames, c.reading.standardise); }},
    {"text",
     [](RunConfig& c, std::string_view k, std::string_view v) -> Status {
       if (v.empty()) return bad(k, v, "the name of a column");
       c.reading.text = v;
       return {};
     }},
    {"words", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_count(k, v, 2, kMostWords, c.reading.words); }},
    {"common",
     [](RunConfig& c, std::string_view k, std::string_view v) { return parse_real(k, v, kCommonExpected, common_ok, c.reading.common); }},
    {"count", [](RunConfig& c, std::string_view k, std::string_view v) { return parse_count(k, v, 1, 1'000'000'000, c.data_count); }},
};

Status check_layers(std::string_view key, const NetworkSpec& spec) {
  for (const LayerSpec& layer : spec)
    if (layer.units < 1 || layer.units > kMostUnits)
      return bad(key, fmt::format("{}", layer.units), fmt::format("layer sizes from 1 to {}", kMostUnits));
  return {};
}

Status check_range(std::string_view key, double value, bool ok, std::string_view expected) {
  if (std::isfinite(value) && ok) return {};
  return bad(key, fmt::format("{}", value), expected);
}

Status check_count(std::string_view key, size_t value, size_t most) {
  if (value >= 1 && value <= most) return {};
  return bad(key, fmt::format("{}", value), fmt::format("a whole number from 1 to {}", most));
}

}  // namespace

std::vector<std::string> config_keys() {
  std::vector<std::string> names;
  for (const Key& key : kModelKeys) names.emplace_back(key.name);
  for (const Key& key : kTrainingKeys) names.emplace_back(key.name);
  return names;
}

Status set_value(RunConfig& config, std::string_view key, std::string_view value) {
  for (const Key& known : kModelKeys)
    if (known.name == key) return known.set(config, key, value);
  for (const Key& known : kTrainingKeys)
    if (known.name == key) return known.set(config, key, value);
  return unknown_name("key", key, config_keys());
}

Status validate(const RunConfig& c) {
  LS_CHECK(check_count("latent", c.model.latent, kMaxSize));
  LS_CHECK(check_layers("encoder", c.model.encoder));
  LS_CHECK(check_layers("decoder", c.model.decoder));
  LS_CHECK(check_layers("classifier", c.model.classifier));
  LS_CHECK(check_range("sigma", c.model.gaussian_sigma, sigma_ok(c.model.gaussian_sigma), kSigmaExpected));
  LS_CHECK(check_count("k", c.model.samples, kMostSamples));
  LS_CHECK(check_range("free_bits", c.model.free_bits, weight_ok(c.model.free_bits), kFreeBitsExpected));
  LS_CHECK(check_range("classify", c.model.classify, weight_ok(c.model.classify), kClassifyExpected));
  LS_CHECK(check_choices(c.model));
  LS_CHECK(check_count("batch", c.batch, kMaxSize));
  if (c.epochs) LS_CHECK(check_count("epochs", *c.epochs, kMaxSize));
  if (c.threads > kMostThreads)
    return fail(ErrorCode::invalid_argument, "threads is {}, expected 0 (all cores) to {}", c.threads, kMostThreads);
  LS_CHECK(check_range("lr", c.learning_rate, rate_ok(c.learning_rate), kRateExpected));
  if (const auto lr = c.learning_rate_encoder) LS_CHECK(check_range("lr_encoder", *lr, rate_ok(*lr), kRateExpected));
  if (const auto lr = c.learning_rate_decoder) LS_CHECK(check_range("lr_decoder", *lr, rate_ok(*lr), kRateExpected));
  LS_CHECK(check_range("beta", c.beta, weight_ok(c.beta), kBetaExpected));
  LS_CHECK(check_range("clip", c.clip_norm, weight_ok(c.clip_norm), kClipExpected));
  const bool one_of_the_folds = c.folds >= 2 && c.fold >= 1 && c.fold <= c.folds;
  if ((c.folds || c.fold) && !one_of_the_folds)
    return fail(ErrorCode::invalid_argument, "fold is {} of {}, expected 1 to 2 or more folds, or neither", c.fold, c.folds);
  if (c.jitter.shift > kMostImageSize)
    return fail(ErrorCode::invalid_argument, "jitter_shift is {}, expected 0 to {} pixels", c.jitter.shift, kMostImageSize);
  LS_CHECK(check_range("jitter_rotate", c.jitter.rotate, turn_ok(c.jitter.rotate), kTurnExpected));
  LS_CHECK(check_range("jitter_noise", c.jitter.noise, noise_ok(c.jitter.noise), kNoiseExpected));
  if (c.reading.size > kMostImageSize)
    return fail(ErrorCode::invalid_argument, "size is {}, expected 0 (as they are) to {}", c.reading.size, kMostImageSize);
  if (c.reading.words < 2 || c.reading.words > kMostWords)
    return fail(ErrorCode::invalid_argument, "words is {}, expected 2 to {}", c.reading.words, kMostWords);
  LS_CHECK(check_range("common", c.reading.common, common_ok(c.reading.common), kCommonExpected));
  LS_CHECK(check_range("heldout", c.heldout_share, share_ok(c.heldout_share), kShareExpected));
  const double decay = c.weight_decay.value_or(0.0);
  LS_CHECK(check_range("weight_decay", decay, weight_ok(decay), kDecayExpected));
  if (decay > 0.0 && c.optimiser == OptimiserKind::adam)
    return fail(ErrorCode::invalid_argument, "weight_decay is {}, but adam takes none, expected optimiser=adamw, sgd or rmsprop", decay);
  LS_CHECK(check_range("momentum", c.momentum, momentum_ok(c.momentum), kMomentumExpected));
  LS_CHECK(check_range("warmup", c.warmup, weight_ok(c.warmup), kWarmupExpected));
  if (!c.only.empty()) LS_CHECK(check_only(c.only));
  LS_CHECK(check_count("patience", c.patience, kMaxSize));
  LS_CHECK(check_range("schedule_epochs", c.schedule_epochs, rate_ok(c.schedule_epochs), kRampExpected));
  LS_CHECK(check_range("marginal_epochs", c.marginal_epochs, weight_ok(c.marginal_epochs), kWarmupExpected));
  return {};
}

}  // namespace latentscape
