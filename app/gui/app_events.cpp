// What the session said since the last frame, kept where panels see it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "app/gui/app.hpp"
#include "app/gui/run_history.hpp"
#include "core/formats/utf8.hpp"

namespace latentscape {
namespace {

constexpr size_t kKeptRuns = 20;                // unnamed runs
constexpr size_t kMostRead = size_t{16} << 20;  // bytes of texts, for their letters: more would hold a frame up

/// Letters of a text beyond those that every font here has, each once.
class NewGlyphs {
 public:
  explicit NewGlyphs(const std::u32string& known) {
    for (const char32_t letter : known) (void)is_new(letter);
  }
  void add(const std::string& text) {
    for (size_t i = 0; i < text.size();) {
      const Character c = character_at(text, i);
      if (c.bytes == 3 && is_new(c.code)) letters_ += c.code;
      i += c.bytes;
    }
  }
  const std::u32string& letters() const { return letters_; }

 private:
  bool is_new(char32_t letter) {
    if (letter >= seen_.size() || seen_[letter]) return false;
    seen_[letter] = true;
    return true;
  }
  std::vector<bool> seen_ = std::vector<bool>(0x10000);  // ImGui's letters have two bytes
  std::u32string letters_;
};

void opened(AppState& app, const event::Opened& e) {
  app.history.losses.clear();
  app.history.evaluations.clear();
  app.history.changes.clear();
  app.undo.clear();
  app.reset.is_open = app.export_dialog.is_open = false;  // they asked about the run before
  app.open_error.reset();
  app.hidden_trouble = Trouble::none;
  const RunConfig& config = e.run->config;
  app.train = {config.learning_rate, config.beta, config.batch, config.epochs.value_or(0)};
  // A resumed run goes on with its live values, which are not those that it began with.
  if (const auto s = app.session.snapshot(); s && s->run_id == e.run->id && s->metrics.learning_rate_asked > 0.0)
    app.train = {s->metrics.learning_rate_asked, s->metrics.beta, s->metrics.batch, s->target_epochs};
  if (e.resumed && !e.run->directory.empty()) {
    const auto s = app.session.snapshot();
    if (const Status loaded = load_history(e.run->directory, s && s->run_id == e.run->id ? s->step : 0, app.history); !loaded.ok())
      app.tell({LogLevel::warning, "log.no_history", {}, loaded.error().message, 0.0});
  }
  if (!app.private_settings)
    if (const auto folder = default_runs_folder(); folder.ok())
      if (const Status pruned = prune_runs(folder.value(), kKeptRuns, e.run->directory); !pruned.ok())
        app.tell({LogLevel::warning, "log.not_pruned", {}, pruned.error().message, 0.0});
  const size_t latent = e.run->model->latent();
  if (app.view.probe.z.size() != latent) app.view.probe.z.assign(latent, 0.0f);
  app.view.probe.selected_row = -1;
  if (const auto classes = static_cast<int>(e.run->model->classes()); classes > 0) {
    app.view.probe.label = std::min(app.view.probe.label, classes - 1);
    app.view.samples.label = std::min(app.view.samples.label, classes - 1);
  }
  app.view.map.fitted = true;
  app.view.map.frozen = false;
  app.view.map.hidden_classes.clear();
  app.probe_place = {};
  // The data's own space is what a table is looked at in, as pictures are in the probe.
  const bool table = e.run->data->kind == DataKind::table;
  if (table && app.view.layout.right_tab == "probe") app.view.layout.right_tab = "data_space";
  if (!table && app.view.layout.right_tab == "data_space") app.view.layout.right_tab = "probe";
  for (size_t* axis : {&app.view.data_space.axis_x, &app.view.data_space.axis_y})
    if (*axis >= e.run->data->width()) app.view.data_space = {};
  ProjectionConfig& projection = app.view.map.projection;
  if (projection.axis_x >= latent) projection.axis_x = 0;
  if (projection.axis_y >= latent || projection.axis_y == projection.axis_x) projection.axis_y = std::min<size_t>(1, latent - 1);
  app.log(entry_of(e));  // what core noted about the data comes as lines of its own
}

void told_failure(AppState& app, const event::Failed& failed) {
  LogEntry entry = entry_of(failed, app.opening, app.exports);
  if (entry.key == "fail.export") app.exports.erase(entry.words[0].text);
  const bool quiet = failed.error.code == ErrorCode::cancelled;
  const bool nothing_open = !app.session.run() && entry.key == "fail.open";
  if (nothing_open) app.open_error = entry;                         // the centre of the window says it
  const bool stopped = failed.error.code == ErrorCode::non_finite;  // the banner over the map says it
  if (quiet || nothing_open || stopped)
    app.log(std::move(entry));
  else
    app.tell(std::move(entry));
}

/// A map that cannot be made, or a setting of it that cannot be: said once.
void told_map_error(AppState& app) {
  const std::string error = app.now.projection ? app.now.projection->error : std::string();
  if (!error.empty() && error != app.told_map_error)
    app.tell({LogLevel::warning, app.now.projection->positions.rows > 0 ? "log.map_refused" : "log.map_failed", {}, error, 0.0});
  app.told_map_error = error;
}

}  // namespace

/// The letters of its words, for fonts that have only what is needed.
void App::need_glyphs(const Dataset& data) {
  NewGlyphs more(glyphs_);
  for (const Column& column : data.columns) {
    more.add(column.name);
    for (const std::string& name : column.categories) more.add(name);
  }
  for (const std::string& name : data.row_names) more.add(name);
  size_t read = 0;
  for (const std::string& text : data.texts)
    if ((read += text.size()) <= kMostRead) more.add(text);
  for (const std::string& word : data.preprocessing.words) more.add(word);
  if (more.letters().empty()) return;
  glyphs_ += more.letters();
  applied_scale_ = 0.0f;  // fonts anew before the next frame
  state_->fonts.scale = 0.0f;
}

void App::handle(const Event& what) {
  AppState& app = *state_;
  SessionHistory& history = app.history;
  if (const auto* e = std::get_if<event::Opened>(&what)) {
    opened(app, *e);
    need_glyphs(*e->run->data);
    window_->set_title(fmt::format("{} \u2013 Latentscape", e->run->data->name));
  } else if (const auto* loss = std::get_if<event::LossPoint>(&what)) {
    add(history, *loss);
  } else if (const auto* evaluated = std::get_if<event::Evaluated>(&what)) {
    add(history, *evaluated);
    app.log(entry_of(*evaluated));
  } else if (const auto* changed = std::get_if<event::SettingChanged>(&what)) {
    history.changes.push_back(*changed);
    if (changed->key == "lr") app.train.learning_rate = changed->after;
    if (changed->key == "beta") app.train.beta = changed->after;
    if (changed->key == "batch") app.train.batch = static_cast<size_t>(changed->after);
    if (changed->key == "epochs") app.train.target = static_cast<uint64_t>(changed->after);
    const LogEntry entry = entry_of(*changed, app.now.run ? app.now.run->data->labels() : nullptr);
    names_a_label(*changed) ? app.tell(entry) : app.log(entry);
  } else if (const auto* saved = std::get_if<event::CheckpointSaved>(&what)) {
    if (app.history.log.empty() || !joins(app.history.log.back(), *saved)) app.log(entry_of(*saved));
  } else if (const auto* recovered = std::get_if<event::Recovered>(&what)) {
    forget_after(history, recovered->step);
    app.tell(entry_of(*recovered));
  } else if (const auto* reached = std::get_if<event::TargetReached>(&what)) {
    app.log(entry_of(*reached));
    app.toast(LogLevel::info, fmt::format(fmt::runtime(app.tr("toast.target")), reached->epochs));
  } else if (const auto* failed = std::get_if<event::Failed>(&what)) {
    if (failed->went_back_to) forget_after(history, *failed->went_back_to);
    told_failure(app, *failed);
  } else if (const auto* logged = std::get_if<event::Logged>(&what)) {
    const LogEntry entry = entry_of(*logged, app.exports);
    const bool exported = app.exports.erase(logged->line.text) > 0;
    const bool seen = app.seen_warnings.count(logged->line.text) > 0;
    if (exported || (entry.level != LogLevel::info && !seen))
      app.tell(entry);
    else
      app.log(entry);
  }
}

void App::take_events() {
  AppState& app = *state_;
  for (const Event& event : app.session.drain_events()) handle(event);
  Session& session = app.session;
  const std::shared_ptr<const OpenedRun> before = std::exchange(app.now.run, session.run());
  app.now.snapshot = session.snapshot();
  app.now.projection = session.projection();
  app.now.probe = session.probe();
  app.now.underlay = session.underlay();
  app.now.samples = session.samples();
  app.now.inspection = session.inspection();
  app.now.outliers = session.outliers();
  app.now.outlier_progress = session.outlier_progress();
  app.now.judgement = session.judgement();
  app.now.inverse = session.inverse();
  app.now.loading = session.loading();
  app.now.previewing = session.preview_progress();  // before the answer: a request is under way until its answer is there
  if (auto preview = session.preview(); preview != app.now.preview) {
    app.now.preview = std::move(preview);
    if (app.now.preview->data) need_glyphs(*app.now.preview->data);
  }
  if (app.now.run) {
    // Values are fetched one by one: what belongs to another run than the one shown is not there yet, or no longer.
    const uint64_t first = app.now.run->first_revision;
    const auto keep = [first](auto& value) {
      if (value && value->revision < first) value.reset();
    };
    keep(app.now.projection);
    keep(app.now.probe);
    keep(app.now.underlay);
    keep(app.now.samples);
    keep(app.now.inspection);
    keep(app.now.outliers);
    keep(app.now.judgement);
    keep(app.now.inverse);
    keep(app.now.kept_map);
    if (app.now.snapshot && app.now.snapshot->run_id != app.now.run->id) app.now.snapshot.reset();
  }
  told_map_error(app);
  // A place in the latent space of other data means nothing here.
  if (before && app.now.run && before != app.now.run && before->data->fingerprint != app.now.run->data->fingerprint)
    app.view.probe.z.clear();
  // The view always fits the run that is shown, also in the frame between a run's arrival and its event.
  if (app.now.run && app.view.probe.z.size() != app.now.run->model->latent()) app.view.probe.z.assign(app.now.run->model->latent(), 0.0f);
}

}  // namespace latentscape
