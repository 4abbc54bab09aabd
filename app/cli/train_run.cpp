#include "app/cli/train_run.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

#include "app/cli/likelihood.hpp"
#include "app/cli/output.hpp"
#include "app/cli/progress.hpp"

namespace latentscape {
namespace {

using namespace std::chrono_literals;

/// `prior`: else there is neither an ELBO nor a KL.
Json terms_json(const event::Evaluated& evaluated, const RunConfig& config, bool prior) {
  const LossTerms& terms = evaluated.evaluation.terms;
  Json json = {{"loss", terms.loss()},
               {"elbo", prior ? Json(terms.elbo()) : Json()},
               {"reconstruction", terms.reconstruction},
               {"kl", prior ? Json(terms.kl) : Json()},
               {"n", evaluated.evaluation.n},
               {"step", evaluated.step}};
  add_likelihood(json, config);
  if (evaluated.evaluation.accuracy) json["accuracy"] = *evaluated.evaluation.accuracy;
  if (const auto perplexity = evaluated.evaluation.perplexity()) json["perplexity"] = *perplexity;
  return json;
}

/// What lets z say more.
std::string_view advice(const RunConfig& config) {
  const bool given = config.model.likelihood == LikelihoodKind::gaussian && config.model.gaussian_variance == GaussianVariance::fixed;
  return given ? "; --set variance=shared learns how near the numbers have to come, or give a smaller --set sigma"
               : "; a smaller beta, or longer training, may help";
}

/// Behind the losses, where the model classifies or counts words.
std::string more_text(const Evaluation& evaluation) {
  const auto perplexity = evaluation.perplexity();
  return (evaluation.accuracy ? fmt::format("  accuracy {:.4f}", *evaluation.accuracy) : "") +
         (perplexity ? fmt::format("  perplexity {:.1f}", *perplexity) : "");
}

/// Listens to the session until there is nothing more to hear.
class TrainingWatch {
 public:
  /// `opening`: what the session calls the run while it opens it; `out`: where it is kept.
  TrainingWatch(Session& session, SignalStop& signals, std::string opening, std::string out, std::vector<std::string> notes)
      : session_(session), signals_(signals), opening_(std::move(opening)), out_(std::move(out)), notes_(std::move(notes)) {}

  /// Returns when the target is reached and evaluated, on an interruption, or with what failed.
  Status follow();
  Report report() const;

 private:
  Status hear(const Event& event);
  Status failed(Error error);
  Error stopped() const;
  void opened(const event::Opened& opened);
  void heard_evaluation(const event::Evaluated& evaluated);
  void heard_loss(const event::LossPoint& point);
  void leave();
  void show_progress();

  Session& session_;
  SignalStop& signals_;
  const std::string opening_, out_;
  const std::vector<std::string> notes_;
  ProgressBar bar_;
  std::shared_ptr<const OpenedRun> run_;
  double train_sum_ = 0.0;  // of the reports of this epoch
  size_t train_reports_ = 0;
  std::array<std::optional<event::Evaluated>, 3> evaluated_;  // by Split
  std::string checkpoint_;
  std::optional<Error> last_error_;  // the disk said no and training went on, or why it stopped
  size_t recoveries_ = 0;
  bool nothing_to_train_ = false;  // resumed where the target was reached already
  bool target_reached_ = false;
  bool leaving_ = false;  // interrupted: waiting for the checkpoint
  bool done_ = false;
};

Status TrainingWatch::follow() {
  while (!done_) {
    session_.wait_event(100ms);
    for (const Event& event : session_.drain_events()) LS_CHECK(hear(event));
    if (signals_.requested() && !leaving_) leave();
    show_progress();
  }
  return {};
}

void TrainingWatch::leave() {
  leaving_ = true;
  if (!run_) {
    session_.cancel_open();
    return;
  }
  session_.post(command::Pause{});
  if (!out_.empty())
    session_.post(command::SaveCheckpoint{});
  else
    done_ = true;
}

/// "opening X: X: ..." is said once; what names the run needs no "opening the data" either.
Error without_prefix(Error error, const std::string& opening, const std::string& out) {
  const std::string prefix = "opening " + opening + ": ";
  const auto names = [&](const std::string& text) { return !text.empty() && error.message.find(text, prefix.size()) != std::string::npos; };
  if (error.message.rfind(prefix, 0) == 0 && (names(opening) || names(out))) error.message.erase(0, prefix.size());
  return error;
}

Status TrainingWatch::failed(Error error) {
  if (!run_) return without_prefix(std::move(error), opening_, out_);
  if (error.code == ErrorCode::out_of_memory) return error;
  const bool said_at_the_end = error.code == ErrorCode::non_finite && error.message.rfind("training stopped", 0) == 0;
  if (!said_at_the_end) bar_.line("latentscape: " + error.message);
  last_error_ = std::move(error);
  if (leaving_) done_ = true;
  return {};
}

/// The last sentence where training cannot go on.
Error TrainingWatch::stopped() const {
  Error error = last_error_.value_or(fail(ErrorCode::internal, "training stopped"));
  if (error.code == ErrorCode::non_finite && !out_.empty() && !checkpoint_.empty())
    error.message += fmt::format(" in {}; latentscape train --out {} --resume --set lr=... goes on from it", checkpoint_, out_);
  return error;
}

void TrainingWatch::opened(const event::Opened& opened) {
  run_ = opened.run;
  const auto snapshot = session_.snapshot();
  if (leaving_) {  // the interruption came while it opened
    leaving_ = false;
    return;
  }
  for (const std::string& note : notes_) bar_.line("latentscape: " + note);
  if (opened.resumed) checkpoint_ = checkpoint_path(out_, snapshot->step);
  nothing_to_train_ = opened.resumed && snapshot->epoch >= snapshot->target_epochs;
  if (nothing_to_train_) {
    bar_.line(fmt::format("latentscape: {} has done its {} epochs, nothing is trained and its numbers are evaluated; more --epochs go on",
                          out_, snapshot->epoch));
    return;
  }
  bar_.line(fmt::format("{} {}: {} train rows, {} parameters, batch {}, seed {}", opened.resumed ? "resuming" : "training",
                        run_->config.model.name, run_->data->ids_of(Split::train).size(), run_->model->parameter_count(),
                        run_->config.batch, run_->config.seed));
}

void TrainingWatch::heard_evaluation(const event::Evaluated& evaluated) {
  const Split split = evaluated.evaluation.split;
  evaluated_[static_cast<size_t>(split)] = evaluated;
  if (split == Split::train && target_reached_) done_ = true;
  if (split != Split::heldout || train_reports_ == 0) return;
  const auto snapshot = session_.snapshot();
  const LossTerms& terms = evaluated.evaluation.terms;
  const std::string parts =
      run_->model->has_prior() ? fmt::format(" (reconstruction {:.3f}, KL {:.3f})", terms.reconstruction, terms.kl) : "";
  bar_.line(fmt::format("epoch {:g}/{}  train {:.3f}  held-out {:.3f}{}{}  {:.0f} samples/s  ETA {}", evaluated.epoch,
                        snapshot->target_epochs, train_sum_ / static_cast<double>(train_reports_), terms.loss(), parts,
                        more_text(evaluated.evaluation), snapshot->metrics.samples_per_s,
                        text_from_seconds(snapshot->metrics.eta_seconds)));
  train_sum_ = 0.0;
  train_reports_ = 0;
}

/// Where no row is held out, an epoch's end is the point that reaches it.
void TrainingWatch::heard_loss(const event::LossPoint& point) {
  train_sum_ += point.train.loss();
  ++train_reports_;
  const bool epoch_done = point.epoch == std::floor(point.epoch);
  if (!epoch_done || !run_ || !run_->data->ids_of(Split::heldout).empty()) return;
  const auto snapshot = session_.snapshot();
  bar_.line(fmt::format("epoch {:g}/{}  train {:.3f}  no row is held out  {:.0f} samples/s  ETA {}", point.epoch, snapshot->target_epochs,
                        train_sum_ / static_cast<double>(train_reports_), snapshot->metrics.samples_per_s,
                        text_from_seconds(snapshot->metrics.eta_seconds)));
  train_sum_ = 0.0;
  train_reports_ = 0;
}

Status TrainingWatch::hear(const Event& any) {
  if (const auto* e = std::get_if<event::Opened>(&any)) {
    opened(*e);
  } else if (const auto* failure = std::get_if<event::Failed>(&any)) {
    return failed(failure->error);
  } else if (const auto* loss = std::get_if<event::LossPoint>(&any)) {
    heard_loss(*loss);
  } else if (const auto* evaluation = std::get_if<event::Evaluated>(&any)) {
    heard_evaluation(*evaluation);
  } else if (const auto* saved = std::get_if<event::CheckpointSaved>(&any)) {
    checkpoint_ = saved->path;
    if (leaving_) done_ = true;
  } else if (const auto* recovered = std::get_if<event::Recovered>(&any)) {
    ++recoveries_;
    train_sum_ = 0.0;  // they were of the numbers that are gone
    train_reports_ = 0;
    bar_.line("latentscape: " + recovered->message);
  } else if (const auto* change = std::get_if<event::SettingChanged>(&any)) {
    bar_.line(fmt::format("step {}: {} {} -> {}", change->step, change->key, change->before, change->after));
  } else if (const auto* log = std::get_if<event::Logged>(&any)) {
    bar_.line("latentscape: " + log->line.text);
  } else if (const auto* phase = std::get_if<event::PhaseChanged>(&any)) {
    if (phase->phase == RunPhase::failed) return stopped();
  } else if (std::holds_alternative<event::TargetReached>(any)) {
    target_reached_ = true;
    session_.post(command::Evaluate{Split::train});  // with today's weights, unlike the running mean of an epoch
  }
  return {};
}

void TrainingWatch::show_progress() {
  if (!bar_.terminal() || done_) return;
  if (!run_) {
    const LoadingState loading = session_.loading();
    if (loading.active) bar_.show(loading.fraction, loading.what.empty() ? "loading" : loading.what);
    return;
  }
  const auto snapshot = session_.snapshot();
  if (!snapshot) return;
  const double target = std::max(1.0, static_cast<double>(snapshot->target_epochs));
  const std::string what = target_reached_
                               ? "evaluating"
                               : fmt::format("epoch {:.1f}/{}  loss {:.2f}  {:.0f} samples/s", snapshot->epoch_progress,
                                             snapshot->target_epochs, snapshot->metrics.train.loss(), snapshot->metrics.samples_per_s);
  bar_.show(snapshot->epoch_progress / target, what, snapshot->metrics.eta_seconds);
}

Report TrainingWatch::report() const {
  const auto snapshot = session_.snapshot();
  const double seconds = snapshot->metrics.training_seconds;
  const double speed = seconds > 0.0 ? static_cast<double>(snapshot->metrics.samples) / seconds : 0.0;
  const size_t threads = run_->config.threads ? run_->config.threads : ComputePool::machine_threads();
  Report report;
  report.json = {{"epochs", snapshot->epoch}, {"steps", snapshot->step},
                 {"seconds", seconds},        {"samples_per_s", speed},
                 {"seed", run_->config.seed}, {"threads", threads},
                 {"recoveries", recoveries_}, {"checkpoint", checkpoint_.empty() ? Json() : Json(checkpoint_)}};
  report.text = fmt::format("{} epochs, {} steps", snapshot->epoch, snapshot->step);
  report.text += nothing_to_train_ ? ", none of them now\n" : fmt::format(" in {:.2f} s ({:.0f} samples/s)\n", seconds, speed);
  for (const Split split : {Split::train, Split::heldout, Split::test}) {
    const auto& evaluated = evaluated_[static_cast<size_t>(split)];
    if (!evaluated) continue;
    const LossTerms& terms = evaluated->evaluation.terms;
    const bool prior = run_->model->has_prior();
    report.json[std::string(to_string(split))] = terms_json(*evaluated, run_->config, prior);
    report.text += fmt::format("{:<8} {}{}  ({} examples, {})\n", to_string(split), text_of(terms, prior), more_text(evaluated->evaluation),
                               evaluated->evaluation.n, likelihood_text(run_->config));
  }
  const auto& judged = evaluated_[static_cast<size_t>(Split::train)];
  if (judged && judged->evaluation.active_units == 0 && run_->model->has_prior())
    report.text += fmt::format("no unit is active: z says nothing about the examples{}\n", advice(run_->config));
  if (!checkpoint_.empty()) report.text += fmt::format("checkpoint {}\n", checkpoint_);
  if (last_error_) {
    report.json["error"] = {{"code", std::string(to_string(last_error_->code))}, {"message", last_error_->message}};
    report.exit_code = kExitFailure;
  }
  if (signals_.requested() && !target_reached_) {
    report.json["interrupted"] = true;
    report.exit_code = kExitInterrupted;
    report.text += out_.empty() ? "interrupted; nothing was kept, as there was no --out\n"
                                : fmt::format("interrupted; latentscape train --out {} --resume goes on from here\n", out_);
  }
  return report;
}

}  // namespace

Result<Report> train_run(OpenRequest request, const std::string& out, std::vector<std::string> notes, SignalStop& signals) {
  Session session;
  const std::string opening = request.resume.empty() ? request.config.data : request.resume;
  session.open(std::move(request));
  TrainingWatch watch(session, signals, opening, out, std::move(notes));
  LS_CHECK(watch.follow());
  return watch.report();
}

}  // namespace latentscape
