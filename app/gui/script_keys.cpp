// The keys of `set`, `expect` and `print`.
#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "app/gui/app_state.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/script.hpp"

namespace latentscape {
namespace {

Result<double> parse_number(const std::string& key, const std::string& text, double low, double high) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !std::isfinite(value) || value < low || value > high)
    return fail(ErrorCode::invalid_argument, "{}: '{}' is not a number from {} to {}", key, text, low, high);
  return value;
}

Result<bool> parse_flag(const std::string& key, const std::string& text) {
  if (text == "on" || text == "true" || text == "1") return true;
  if (text == "off" || text == "false" || text == "0") return false;
  return fail(ErrorCode::invalid_argument, "{}: '{}' is not on or off", key, text);
}

using Setter = std::function<Status(AppState&, const std::string&)>;
using Getter = std::function<std::string(const AppState&)>;

template <class Apply>
Setter number(const char* key, double low, double high, Apply apply) {
  return [=](AppState& app, const std::string& text) -> Status {
    LS_TRY(const double value, parse_number(key, text, low, high));
    apply(app, value);
    return {};
  };
}

template <class Apply>
Setter flag(const char* key, Apply apply) {
  return [=](AppState& app, const std::string& text) -> Status {
    LS_TRY(const bool value, parse_flag(key, text));
    apply(app) = value;
    return {};
  };
}

template <class Apply>
Setter one_of(const char* key, const char* names, Apply apply) {
  return [=](AppState& app, const std::string& text) -> Status {
    if (apply(app, text)) return {};
    return fail(ErrorCode::invalid_argument, "{}: '{}' is not one of {}", key, text, names);
  };
}

std::vector<std::pair<std::string, Setter>> training_setters() {
  return {{"lr", number("lr", 1e-12, 1e3, [](AppState& a, double v) { a.post(command::SetLearningRate{v}); })},
          {"beta", number("beta", 0, 1e6, [](AppState& a, double v) { a.post(command::SetBeta{v}); })},
          {"batch", number("batch", 1, 1e9, [](AppState& a, double v) { a.post(command::SetBatch{static_cast<size_t>(v)}); })},
          {"epochs", number("epochs", 1, 1e9, [](AppState& a, double v) { a.post(command::SetTarget{static_cast<uint64_t>(v)}); })},
          {"threads", number("threads", 1, 1024, [](AppState& a, double v) { a.post(command::SetThreads{static_cast<size_t>(v)}); })}};
}

std::vector<std::pair<std::string, Setter>> map_setters() {
  return {
      {"points",
       [](AppState& app, const std::string& text) -> Status {
         if (text == "all") {
           app.view.map.points = 0;
           return {};
         }
         LS_TRY(const double n, parse_number("points", text, 0, 1e15));
         app.view.map.points = static_cast<size_t>(n);
         return {};
       }},
      {"tool", one_of("tool", "probe, pan, click", [](AppState& a, const std::string& t) { return tool_from_name(t, a.view.map.tool); })},
      {"colour", one_of("colour", "label, loss, age, split, score, trust, moved",
                        [](AppState& a, const std::string& t) { return colour_from_name(t, a.view.map.colour_by); })},
      {"colour_column",
       [](AppState& app, const std::string& text) -> Status {
         if (!app.now.run || !column_of(*app.now.run->data, text))
           return fail(ErrorCode::invalid_argument, "colour_column is '{}', expected a column of the open data", text);
         app.view.map.colour_by = ColourBy::column;
         app.view.map.colour_column = text;
         return {};
       }},
      {"underlay", one_of("underlay", "none, manifold, prior",
                          [](AppState& a, const std::string& t) { return underlay_from_name(t, a.view.map.underlay); })},
      {"projection", one_of("projection", "raw, pca, tsne, umap",
                            [](AppState& a, const std::string& t) {
                              if (!projection_methods().find(t)) return false;
                              a.view.map.projection.method = t;
                              return true;
                            })},
      {"axis_x", number("axis_x", 1, 1e6, [](AppState& a, double v) { a.view.map.projection.axis_x = static_cast<size_t>(v) - 1; })},
      {"axis_y", number("axis_y", 1, 1e6, [](AppState& a, double v) { a.view.map.projection.axis_y = static_cast<size_t>(v) - 1; })},
      {"perplexity", number("perplexity", 1, 1e6, [](AppState& a, double v) { a.view.map.projection.perplexity = v; })},
      {"iterations",
       number("iterations", 1, 100000, [](AppState& a, double v) { a.view.map.projection.iterations = static_cast<size_t>(v); })},
      {"exaggeration", number("exaggeration", 1, 100, [](AppState& a, double v) { a.view.map.projection.exaggeration = v; })},
      {"late_exaggeration",
       number("late_exaggeration", 1, 100, [](AppState& a, double v) { a.view.map.projection.late_exaggeration = v; })},
      {"neighbours",
       number("neighbours", 2, 1000, [](AppState& a, double v) { a.view.map.projection.neighbours = static_cast<size_t>(v); })},
      {"min_dist", number("min_dist", 0, 1, [](AppState& a, double v) { a.view.map.projection.min_dist = v; })},
      {"map_epochs", number("map_epochs", 1, 100000, [](AppState& a, double v) { a.view.map.projection.epochs = static_cast<size_t>(v); })},
      {"hold", flag("hold", [](AppState& a) -> bool& { return a.view.map.frozen; })},
      {"point_size", number("point_size", 1, 12, [](AppState& a, double v) { a.view.map.point_size = static_cast<float>(v); })},
      {"follow", flag("follow", [](AppState& a) -> bool& { return a.view.map.follow; })},
      {"outliers_split",
       [](AppState& app, const std::string& text) -> Status {
         LS_TRY(app.view.outliers.split, split_from_name(text));
         return {};
       }},
      {"selection", number("selection", -1, 1e15, [](AppState& a, double v) { a.select_row(static_cast<int64_t>(v)); })},
      {"decode_as", number("decode_as", 0, 1e9, [](AppState& a, double v) { a.view.probe.label = static_cast<int>(v); })},
      {"samples",
       one_of("samples", "draws, styles", [](AppState& a, const std::string& t) { return samples_from_name(t, a.view.samples.kind); })},
      {"samples_as", number("samples_as", -1, 1e9, [](AppState& a, double v) { a.view.samples.label = static_cast<int>(v); })},
      {"temperature", number("temperature", 0, 4, [](AppState& a, double v) { a.view.samples.temperature = static_cast<float>(v); })}};
}

std::vector<std::pair<std::string, Setter>> look_setters() {
  return {
      {"theme", one_of("theme", "ink, paper",
                       [](AppState& a, const std::string& t) {
                         if (t != "ink" && t != "paper") return false;
                         a.view.look.theme = t;
                         return true;
                       })},
      {"language", one_of("language", "en, zh",
                          [](AppState& a, const std::string& t) {
                            if (t != "en" && t != "zh") return false;
                            a.view.look.language = t;
                            return true;
                          })},
      {"scale", number("scale", 1, 3, [](AppState& a, double v) { a.view.look.scale = static_cast<float>(v); })},
      {"motion", flag("motion", [](AppState& a) -> bool& { return a.view.look.reduced_motion; })},
      {"curve", one_of("curve", "loss, reconstruction, kl, accuracy",
                       [](AppState& a, const std::string& t) { return curve_from_name(t, a.view.curves.kind); })},
      {"smoothing", number("smoothing", 0, 0.99, [](AppState& a, double v) { a.view.curves.smoothing = static_cast<float>(v); })},
      {"left_tab", one_of("left_tab", "the panels", [](AppState& a, const std::string& t) { return a.view.layout.left_tab = t, true; })},
      {"right_tab",
       one_of("right_tab", "the panels", [](AppState& a, const std::string& t) { return a.view.layout.right_tab = t, true; })}};
}

const std::vector<std::pair<std::string, Setter>>& setters() {
  static const std::vector<std::pair<std::string, Setter>> all = [] {
    auto list = training_setters();
    for (auto& one : map_setters()) list.push_back(std::move(one));
    for (auto& one : look_setters()) list.push_back(std::move(one));
    list.emplace_back("z", [](AppState& app, const std::string& text) -> Status {
      std::vector<float> z;
      for (size_t from = 0; from <= text.size();) {
        const size_t comma = std::min(text.find(',', from), text.size());
        LS_TRY(const double value, parse_number("z", text.substr(from, comma - from), -1e6, 1e6));
        z.push_back(static_cast<float>(value));
        from = comma + 1;
      }
      if (z.size() != app.view.probe.z.size())
        return fail(ErrorCode::invalid_argument, "z: {} numbers given, the latent space has {}", z.size(), app.view.probe.z.size());
      app.view.probe.z = std::move(z);
      return {};
    });
    return list;
  }();
  return all;
}

std::string of(double value) { return std::isnan(value) ? "nan" : fmt::format("{:.17g}", value); }

const std::vector<std::pair<std::string, Getter>>& getters() {
  const auto snapshot = [](auto f) { return [f](const AppState& a) { return a.now.snapshot ? f(*a.now.snapshot) : std::string("none"); }; };
  const auto judged = [](auto f) {
    return [f](const AppState& a) {
      const auto known = judgement_shown(a.now);
      return known ? f(*known) : std::string("none");
    };
  };
  const auto previewed = [](auto f) {
    return [f](const AppState& a) { return a.import_dialog.shown() ? std::string(f(*a.import_dialog.shown())) : std::string("none"); };
  };
  static const std::vector<std::pair<std::string, Getter>> all = {
      {"step", snapshot([](const TrainingSnapshot& s) { return std::to_string(s.step); })},
      {"epoch", snapshot([](const TrainingSnapshot& s) { return of(s.epoch_progress); })},
      {"target", snapshot([](const TrainingSnapshot& s) { return std::to_string(s.target_epochs); })},
      {"loss", snapshot([](const TrainingSnapshot& s) { return of(s.metrics.train.loss()); })},
      {"heldout_loss",
       snapshot([](const TrainingSnapshot& s) { return s.metrics.heldout ? of(s.metrics.heldout->terms.loss()) : "none"; })},
      {"lr", snapshot([](const TrainingSnapshot& s) { return of(s.metrics.learning_rate); })},
      {"accuracy", snapshot([](const TrainingSnapshot& s) {
         return s.metrics.heldout && s.metrics.heldout->accuracy ? of(*s.metrics.heldout->accuracy) : "none";
       })},
      {"known_labels", snapshot([](const TrainingSnapshot& s) { return s.labels ? std::to_string(s.labels->rows().size()) : "none"; })},
      {"beta", snapshot([](const TrainingSnapshot& s) { return of(s.metrics.beta); })},
      {"batch", snapshot([](const TrainingSnapshot& s) { return std::to_string(s.metrics.batch); })},
      {"oldest_age", snapshot([](const TrainingSnapshot& s) { return s.latents ? std::to_string(s.latents->oldest_age) : "none"; })},
      {"family", [](const AppState& a) { return a.now.run ? a.now.run->config.model.name : "none"; }},
      {"objective",
       [](const AppState& a) {
         return a.now.run ? std::string(kObjectiveNames[static_cast<size_t>(a.now.run->config.model.objective)]) : "none";
       }},
      {"decode_as", [](const AppState& a) { return std::to_string(a.view.probe.label); }},
      {"samples", [](const AppState& a) { return std::string(to_string(a.view.samples.kind)); }},
      {"samples_as", [](const AppState& a) { return std::to_string(a.view.samples.label); }},
      {"samples_shown", [](const AppState& a) { return std::to_string(a.now.samples ? a.now.samples->x.rows : 0); }},
      {"phase", [](const AppState& a) { return std::string(to_string(a.phase())); }},
      {"points", [](const AppState& a) { return std::to_string(a.points_shown()); }},
      {"points_there", [](const AppState& a) { return std::to_string(a.points_there()); }},
      {"data", [](const AppState& a) { return a.now.run ? a.now.run->data->name : "none"; }},
      {"latent", [](const AppState& a) { return a.now.run ? std::to_string(a.now.run->model->latent()) : "none"; }},
      {"seed", [](const AppState& a) { return a.now.run ? std::to_string(a.now.run->config.seed) : "none"; }},
      {"run", [](const AppState& a) { return a.now.run ? std::to_string(a.now.run->id) : "none"; }},
      {"tool", [](const AppState& a) { return std::string(to_string(a.view.map.tool)); }},
      {"colour", [](const AppState& a) { return std::string(to_string(a.view.map.colour_by)); }},
      {"underlay", [](const AppState& a) { return std::string(to_string(a.view.map.underlay)); }},
      {"projection", [](const AppState& a) { return a.view.map.projection.method; }},
      {"projection_shown", [](const AppState& a) { return a.now.projection ? a.now.projection->config.method : "none"; }},
      {"iteration", [](const AppState& a) { return a.now.projection ? std::to_string(a.now.projection->iteration) : "0"; }},
      {"iterations", [](const AppState& a) { return a.now.projection ? std::to_string(a.now.projection->iterations) : "0"; }},
      {"map_points", [](const AppState& a) { return std::to_string(a.now.projection ? a.now.projection->positions.rows : 0); }},
      {"map_kl", [](const AppState& a) { return a.now.projection ? of(a.now.projection->kl) : "none"; }},
      {"map_error",
       [](const AppState& a) { return a.now.projection && !a.now.projection->error.empty() ? a.now.projection->error : "none"; }},
      {"map_kept", [](const AppState& a) { return std::string(a.now.kept_map ? "on" : "off"); }},
      {"hold", [](const AppState& a) { return std::string(a.view.map.frozen ? "on" : "off"); }},
      {"colour_shown", [](const AppState& a) { return std::string(to_string(colour_shown(a.now, a.view))); }},
      {"recall", judged([](const MapJudgement& j) { return of(j.quality.recall); })},
      {"trustworthiness", judged([](const MapJudgement& j) { return of(j.quality.trustworthiness); })},
      {"continuity", judged([](const MapJudgement& j) { return of(j.quality.continuity); })},
      {"label_accuracy", judged([](const MapJudgement& j) { return j.label_accuracy ? of(*j.label_accuracy) : "none"; })},
      {"displacement", judged([](const MapJudgement& j) { return j.kept ? of(j.change.displacement) : "none"; })},
      {"probe_trust", [](const AppState& a) { return a.probe_place.holds(a.view.probe.z) ? of(a.probe_place.trust) : "none"; }},
      {"perplexity", [](const AppState& a) { return of(a.view.map.projection.perplexity); }},
      {"fitted", [](const AppState& a) { return std::string(a.view.map.fitted ? "on" : "off"); }},
      {"zoom", [](const AppState& a) { return of(a.view.map.camera.units_per_pixel); }},
      {"selection", [](const AppState& a) { return std::to_string(a.view.probe.selected_row); }},
      {"pointed", [](const AppState& a) { return std::to_string(a.pointed.now); }},
      {"outliers", [](const AppState& a) { return a.now.outliers ? std::to_string(a.now.outliers->ranked.size()) : "none"; }},
      {"outliers_split", [](const AppState& a) { return a.now.outliers ? std::string(to_string(a.now.outliers->split)) : "none"; }},
      {"scoring", [](const AppState& a) { return std::string(a.now.outlier_progress.active ? "on" : "off"); }},
      {"inspected", [](const AppState& a) { return a.now.inspection ? std::to_string(a.now.inspection->row) : "none"; }},
      {"z1", [](const AppState& a) { return a.view.probe.z.empty() ? "none" : of(static_cast<double>(a.view.probe.z[0])); }},
      {"z2", [](const AppState& a) { return a.view.probe.z.size() < 2 ? "none" : of(static_cast<double>(a.view.probe.z[1])); }},
      {"probe_z1",
       [](const AppState& a) { return a.now.probe && !a.now.probe->z.empty() ? of(static_cast<double>(a.now.probe->z[0])) : "none"; }},
      {"hidden", [](const AppState& a) { return std::to_string(a.view.map.hidden_classes.size()); }},
      {"theme", [](const AppState& a) { return a.view.look.theme; }},
      {"language", [](const AppState& a) { return a.view.look.language; }},
      {"scale", [](const AppState& a) { return of(static_cast<double>(a.view.look.scale)); }},
      {"left_tab", [](const AppState& a) { return a.view.layout.left_tab; }},
      {"right_tab", [](const AppState& a) { return a.view.layout.right_tab; }},
      {"left", [](const AppState& a) { return std::string(a.layout.left.empty() ? "closed" : "open"); }},
      {"right", [](const AppState& a) { return std::string(a.layout.right.empty() ? "closed" : "open"); }},
      {"bottom", [](const AppState& a) { return std::string(a.layout.bottom.empty() ? "closed" : "open"); }},
      {"left_width", [](const AppState& a) { return of(static_cast<double>(a.layout.left.w)); }},
      {"map_only", [](const AppState& a) { return std::string(a.view.layout.map_only ? "on" : "off"); }},
      {"hints", [](const AppState& a) { return std::string(a.view.hints_dismissed ? "off" : "on"); }},
      {"dialog",
       [](const AppState& a) {
         return std::string(a.palette.is_open         ? "palette"
                            : a.reset.is_open         ? "reset"
                            : a.open.is_open          ? "open"
                            : a.import_dialog.is_open ? "import"
                            : a.export_dialog.is_open ? "export"
                                                      : "none");
       }},
      {"preview",
       [](const AppState& a) {
         if (!a.import_dialog.is_open) return std::string("none");
         if (a.now.previewing.active) return std::string("reading");
         return std::string(!a.import_dialog.settled() ? "stopped" : a.import_dialog.shown()->data ? "ready" : "wrong");
       }},
      {"preview_kind", previewed([](const DataPreview& p) { return p.source.empty() ? "none" : p.source; })},
      {"preview_error", previewed([](const DataPreview& p) { return p.data ? "none" : p.error.message; })},
      {"preview_rows", previewed([](const DataPreview& p) { return p.data ? std::to_string(p.data->rows) : "none"; })},
      {"preview_shape", previewed([](const DataPreview& p) { return p.data ? fmt::format("{}", fmt::join(p.data->shape, "x")) : "none"; })},
      {"preview_label", previewed([](const DataPreview& p) { return p.data && p.data->labels() ? p.data->labels()->name : "none"; })},
      {"preview_heldout", previewed([](const DataPreview& p) { return p.summary ? std::to_string(p.summary->splits[1]) : "none"; })},
      {"preview_warnings",
       previewed([](const DataPreview& p) { return p.data ? fmt::format("{}", fmt::join(p.data->warnings, "; ")) : "none"; })},
      {"recent", [](const AppState& a) { return std::to_string(a.settings.recent.size()); }},
      {"toasts", [](const AppState& a) { return std::to_string(a.toasts.total()); }},
      {"toast", [](const AppState& a) { return a.toasts.last(); }},
      {"errors", [](const AppState& a) { return std::to_string(a.toasts.errors()); }},
      {"undo", [](const AppState& a) { return std::to_string(a.undo.undo_count()); }},
      {"redo", [](const AppState& a) { return std::to_string(a.undo.redo_count()); }},
      {"changes", [](const AppState& a) { return std::to_string(a.history.changes.size()); }},
      {"losses", [](const AppState& a) { return std::to_string(a.history.losses.size()); }},
      {"kl", [](const AppState& a) { return std::to_string(kl_shown(a.now).per_dimension.size()); }},
      {"probes", [](const AppState& a) { return std::to_string(a.probe_clock.milliseconds().size()); }},
  };
  return all;
}

template <class List>
Error unknown_key(const std::string& key, const List& list) {
  std::vector<std::string> names;
  for (const auto& [name, what] : list) names.push_back(name);
  return unknown_name("key", key, names);
}

}  // namespace

Status set_by_name(AppState& app, const std::string& key, const std::string& value) {
  for (const auto& [name, set] : setters())
    if (name == key) return set(app, value);
  return unknown_key(key, setters());
}

Result<std::string> value_by_name(const AppState& app, const std::string& key) {
  for (const auto& [name, get] : getters())
    if (name == key) return get(app);
  return unknown_key(key, getters());
}

Result<bool> compare(const std::string& a, const std::string& operation, const std::string& b) {
  if (operation == "contains") return a.find(b) != std::string::npos;
  char *end_a = nullptr, *end_b = nullptr;
  const double x = std::strtod(a.c_str(), &end_a), y = std::strtod(b.c_str(), &end_b);
  const bool numbers = !a.empty() && !b.empty() && *end_a == '\0' && *end_b == '\0';
  if (operation == "==") return numbers ? x == y : a == b;
  if (operation == "!=") return numbers ? x != y : a != b;
  const bool order = operation == "<" || operation == "<=" || operation == ">" || operation == ">=";
  if (!order) return fail(ErrorCode::invalid_argument, "expect: '{}' is not one of == != < <= > >= contains", operation);
  if (!numbers) return false;
  return operation == "<" ? x < y : operation == "<=" ? x <= y : operation == ">" ? x > y : x >= y;
}

}  // namespace latentscape
