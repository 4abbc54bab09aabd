#include "core/io/run_lines.hpp"

#include "core/formats/file.hpp"
#include "core/io/config_json.hpp"
#include "core/io/json_object.hpp"

namespace latentscape {

namespace {

void add_terms(JsonWriter& json, const LossTerms& terms) {
  json.add("reconstruction", terms.reconstruction).add("kl", terms.kl);
  if (terms.classification != 0.0) json.add("classification", terms.classification);
}

Status read_terms(const JsonObject& json, LossTerms& terms) {
  LS_CHECK(json.require({"reconstruction", "kl"}));
  LS_CHECK(json.read("reconstruction", terms.reconstruction));
  LS_CHECK(json.read("kl", terms.kl));
  LS_CHECK(json.read("classification", terms.classification));
  return json.read("objective", terms.objective);
}

Result<Evaluation> evaluation_from(const JsonObject& json) {
  LS_CHECK(
      json.only({"split", "n", "reconstruction", "kl", "objective", "classification", "kl_per_dimension", "active_units", "accuracy"}));
  LS_CHECK(json.require({"split", "n", "kl_per_dimension", "active_units"}));
  Evaluation evaluation;  // `objective`: in older files, there the loss
  std::string split;
  uint64_t n = 0, active = 0;
  LS_CHECK(json.read("split", split));
  LS_TRY(evaluation.split, split_from_name(split).context(json.where()));
  LS_CHECK(json.read("n", n));
  LS_CHECK(read_terms(json, evaluation.terms));
  LS_CHECK(json.read("kl_per_dimension", evaluation.kl_per_dimension));
  LS_CHECK(json.read("active_units", active));
  if (json.has("accuracy")) LS_CHECK(json.read("accuracy", evaluation.accuracy.emplace()));
  evaluation.n = static_cast<size_t>(n);
  evaluation.active_units = static_cast<size_t>(active);
  return evaluation;
}

}  // namespace

std::string json_from_run_info(const RunInfo& info) {
  // The config's own text, shifted to its place.
  std::string config;
  for (const char c : json_from_config(info.config)) config += c == '\n' ? std::string("\n  ") : std::string(1, c);
  config.erase(config.find_last_of('}') + 1);
  JsonWriter json(true);
  json.add("format", uint64_t{kRunFormatVersion}).add("version", info.version);
  json.add("data_fingerprint", info.data_fingerprint).add("data_origin", info.data_origin);
  std::string text = json.text();
  text.erase(text.find_last_of('\n'));
  return text + ",\n  \"config\": " + config + "\n}\n";
}

Result<RunInfo> read_run_info(const std::string& path) {
  LS_TRY(const Bytes bytes, read_file(path));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  LS_TRY(const JsonObject json, JsonObject::parse(text, path));
  LS_CHECK(json.check_version("format", kRunFormatVersion));
  LS_CHECK(json.only({"format", "version", "data_fingerprint", "data_origin", "config"}));
  LS_CHECK(json.require({"format", "version", "data_fingerprint", "data_origin", "config"}));
  RunInfo info;
  LS_CHECK(json.read("version", info.version));
  LS_CHECK(json.read("data_fingerprint", info.data_fingerprint));
  LS_CHECK(json.read("data_origin", info.data_origin));
  LS_TRY(info.config, config_from_json(text, path));
  return info;
}

std::string json_from_metrics(const MetricsLine& line) {
  JsonWriter json(false);
  json.add("step", line.step).add("epoch", line.epoch).add("learning_rate", line.learning_rate).add("beta", line.beta);
  json.add("seconds", line.seconds);
  if (line.train) {
    JsonWriter train(false);
    add_terms(train, *line.train);
    train.add("objective", line.train->objective);
    json.add("train", train);
  }
  if (line.evaluation) {
    const Evaluation& e = *line.evaluation;
    JsonWriter evaluation(false);
    evaluation.add("split", to_string(e.split)).add("n", uint64_t{e.n});
    add_terms(evaluation, e.terms);
    evaluation.add("kl_per_dimension", e.kl_per_dimension).add("active_units", uint64_t{e.active_units});
    if (e.accuracy) evaluation.add("accuracy", *e.accuracy);
    json.add("evaluation", evaluation);
  }
  return json.text();
}

Result<MetricsLine> metrics_from_json(std::string_view text, std::string_view where) {
  LS_TRY(const JsonObject json, JsonObject::parse(text, where));
  LS_CHECK(json.only({"step", "epoch", "learning_rate", "beta", "seconds", "train", "evaluation"}));
  LS_CHECK(json.require({"step", "epoch"}));
  MetricsLine line;
  LS_CHECK(json.read("step", line.step));
  LS_CHECK(json.read("epoch", line.epoch));
  LS_CHECK(json.read("learning_rate", line.learning_rate));
  LS_CHECK(json.read("beta", line.beta));
  LS_CHECK(json.read("seconds", line.seconds));
  if (json.has("train")) {
    LS_TRY(const JsonObject train, json.object("train"));
    LS_CHECK(train.only({"reconstruction", "kl", "objective", "classification"}));
    LS_CHECK(train.require({"objective"}));
    line.train.emplace();
    LS_CHECK(read_terms(train, *line.train));
  }
  if (json.has("evaluation")) {
    LS_TRY(const JsonObject evaluation, json.object("evaluation"));
    LS_TRY(line.evaluation, evaluation_from(evaluation));
  }
  return line;
}

std::string json_from_event(const EventLine& line) {
  JsonWriter json(false);
  json.add("step", line.step).add("key", line.key).add("value", line.value);
  if (!line.message.empty()) json.add("message", line.message);
  return json.text();
}

Result<EventLine> event_from_json(std::string_view text, std::string_view where) {
  LS_TRY(const JsonObject json, JsonObject::parse(text, where));
  LS_CHECK(json.only({"step", "key", "value", "message"}));
  LS_CHECK(json.require({"step", "key", "value"}));
  EventLine line;
  LS_CHECK(json.read("step", line.step));
  LS_CHECK(json.read("key", line.key));
  LS_CHECK(json.read("value", line.value));
  LS_CHECK(json.read("message", line.message));
  return line;
}

}  // namespace latentscape
