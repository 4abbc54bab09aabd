#include "core/session/opening.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "core/base/version.hpp"
#include "core/data/fingerprint.hpp"
#include "core/models/transfer.hpp"
#include "core/train/run_data.hpp"
#include "core/train/without_effect.hpp"

namespace latentscape {

namespace {

/// `trained`: the run's own preprocessing; none: fitted here.
Result<std::shared_ptr<const Dataset>> load(const RunConfig& config, const std::string& spec, std::optional<Preprocessing> trained,
                                            std::stop_token stop, const Progress& progress) {
  DataRequest request = data_request_from(config);
  request.spec = spec;
  request.preprocessing = std::move(trained);
  request.stop = stop;
  request.progress = progress;
  return load_dataset(request);
}

Error cancelled() { return {ErrorCode::cancelled, "cancelled"}; }

/// Built-in names stay; paths become absolute, so that the run can be opened from anywhere.
std::string origin_of(const std::string& spec) {
  const DataSource* source = data_sources().find(spec);
  if (source && source->builtin) return spec;
  std::error_code ec;
  const auto path = std::filesystem::absolute(spec, ec);
  return ec || !std::filesystem::exists(path, ec) ? spec : path.string();
}

std::string fingerprint_of(const LoadedRun& run) {
  Fingerprint print;
  print.add_floats(run.checkpoint.state.parameters);
  return print.hex();
}

/// The weights that training starts from. A config that has begun from some before begins from the same, or not at all.
Result<LoadedRun> load_start(const RunConfig& config) {
  LS_TRY(LoadedRun run, load_run(config.init));
  if (!config.init_step || fingerprint_of(run) == config.init_weights) return run;
  if (!run.directory.empty()) {
    auto before = load_run(checkpoint_path(run.directory, *config.init_step));
    if (before.ok() && fingerprint_of(*before) == config.init_weights) return std::move(before).value();
  }
  return fail(ErrorCode::invalid_argument,
              "{}: training began from its step {}, weights {}, and it is at step {} now, weights {}, without that checkpoint; name it by "
              "--init to begin from what it is now",
              config.init, *config.init_step, config.init_weights, run.checkpoint.state.step, fingerprint_of(run));
}

/// The run that another starts from; its networks must be those that the config asks for, and it is not written over.
Result<LoadedRun> open_start(RunConfig& config, const std::string& out) {
  std::error_code error;
  const auto read = std::filesystem::weakly_canonical(config.init, error), written = std::filesystem::weakly_canonical(out, error);
  if (!out.empty() && std::mismatch(written.begin(), written.end(), read.begin(), read.end()).first == written.end())
    return fail(ErrorCode::invalid_argument, "{}: cannot be written over while training starts from {}; choose another folder", out,
                config.init);
  LS_TRY(LoadedRun run, load_start(config));
  if (const auto d = model_difference(run.checkpoint.config.model, config.model))
    return fail(ErrorCode::invalid_argument, "{}: its {} is {}, not {}; a run that starts from its weights has its networks and likelihood",
                config.init, d->what, d->first, d->second);
  config.likelihood_given = config.variance_given = true;
  config.init_step = run.checkpoint.state.step;
  config.init_weights = fingerprint_of(run);
  return run;
}

/// What the numbers of an example are called: words, or columns with their categories.
std::vector<std::string> input_names(const Preprocessing& preprocessing) {
  std::vector<std::string> names = preprocessing.words;
  for (const TableInput& input : preprocessing.inputs)
    names.push_back(input.categories.empty() ? input.name : fmt::format("{} ({})", input.name, fmt::join(input.categories, ", ")));
  return names;
}

/// Weights belong to the words or columns that they were trained on.
Status check_inputs(const LoadedRun& start, const Dataset& data, const std::string& init) {
  const Preprocessing& before = start.checkpoint.preprocessing;
  const std::vector<std::string> theirs = input_names(before), ours = input_names(data.preprocessing);
  const bool text = !before.words.empty();
  if (text != !data.preprocessing.words.empty())
    return fail(ErrorCode::invalid_argument, "{}: was trained on {}, and {} is {}; its weights belong to what they were trained on", init,
                text ? "words" : "no words", data.origin, text ? "no text" : "text");
  const std::vector<size_t>& shape = start.checkpoint.shape;
  if (std::min(shape.size(), data.shape.size()) == 1 && shape.size() != data.shape.size())
    return fail(ErrorCode::invalid_argument, "{}: was trained on examples of {}, and those of {} are {}", init, fmt::join(shape, " x "),
                data.origin, fmt::join(data.shape, " x "));
  const auto differs = std::mismatch(theirs.begin(), theirs.end(), ours.begin(), ours.end());
  if (differs.first == theirs.end() && differs.second == ours.end()) return {};
  const auto shown = [](const auto& at, const auto& end) { return at == end ? std::string("none") : fmt::format("'{}'", *at); };
  return fail(ErrorCode::invalid_argument,
              "{}: was trained on {} {}, and {} has {}; number {} is {} there and {} here, and its weights belong to what they were "
              "trained on{}",
              init, theirs.size(), text ? "words" : "columns", data.origin, ours.size(), differs.first - theirs.begin() + 1,
              shown(differs.first, theirs.end()), shown(differs.second, ours.end()),
              text ? " (the same texts, seed, words and common have the same words)" : "");
}

/// A classifier came with the networks of the run; of data without classes it has nothing to tell.
void leave_classifier_out(const OpenRequest& request, const Dataset& data, RunConfig& config, std::vector<std::string>& notes) {
  const auto asked = [](const auto& setting) { return setting.first == "classify"; };
  const ModelFamily* family = model_families().find(config.model.name);
  if (config.model.classify == 0.0 || data.classes() >= 2 || !family || family->semi_supervised) return;
  if (std::any_of(request.overrides.begin(), request.overrides.end(), asked)) return;
  config.model.classify = 0.0;
  notes.push_back(fmt::format("the classifier of {} is left out: {} has no classes", config.init, data.name));
}

/// The trainer's first weights; the optimiser's state stays fresh.
Status start_from(const LoadedRun& run, OpenedTraining& opened) {
  Trainer& trainer = *opened.trainer;
  const std::string& name = trainer.config().init;
  const Column* labels = trainer.data().labels();
  const bool same_classes = labels && labels->categories == run.checkpoint.classes;
  TrainerState state = trainer.state();
  LS_TRY(const FreshBlocks fresh,
         transfer_parameters(*run.model, run.checkpoint.state.parameters, *trainer.model(), state.parameters, same_classes)
             .context("starting from " + name));
  const auto note = [&](const std::vector<std::string>& blocks, std::string_view why) {
    if (!blocks.empty())
      opened.notes.push_back(fmt::format("{} start{} fresh: {} {}", fmt::join(blocks, ", "), blocks.size() == 1 ? "s" : "", name, why));
  };
  for (const std::string& skipped : run.skipped) opened.notes.push_back("left out: " + skipped);
  note(fresh.missing, "has no such weights");
  note(fresh.of_other_classes, "was trained on other classes");
  return trainer.restore(std::move(state));
}

/// Classes that the model is told or tells, and meets in no train row; those that were left out on purpose need no word.
void note_unmet_classes(OpenedTraining& opened) {
  const ModelF& model = *opened.trainer->model();
  if (!opened.config.only.empty() || !(model.classifies() || model.decodes_labels())) return;
  for (const std::string& name : opened.trainer->labels().unmet(opened.trainer->data()))
    opened.notes.push_back(
        fmt::format("{} has no train row of class '{}': the model learns nothing of it", opened.trainer->data().name, name));
}

Result<OpenedTraining> open_new(const OpenRequest& request, std::shared_ptr<const Dataset> data, std::shared_ptr<ComputePool> pool,
                                std::stop_token stop, const Progress& progress) {
  OpenedTraining opened;
  RunConfig config = request.config;
  for (const auto& [key, value] : request.overrides) LS_CHECK(set_value(config, key, value));
  LS_CHECK(validate(config));
  if (!config.extra.empty()) config.extra = origin_of(config.extra);
  std::optional<LoadedRun> start;
  if (!config.init.empty()) {
    LS_TRY(start, open_start(config, request.out));
  }
  if (!data || (data->extra == 0) != config.extra.empty()) {
    LS_TRY(data, load(config, config.data, std::nullopt, stop, progress));
  }
  if (stop.stop_requested()) return cancelled();
  if (start) {
    LS_CHECK(check_inputs(*start, *data, config.init));
    leave_classifier_out(request, *data, config, opened.notes);
  }
  LS_TRY(opened.trainer, Trainer::create(config, data, std::move(pool)));
  opened.config = opened.trainer->config();
  opened.target_epochs = *opened.config.epochs;
  opened.replay = request.replay;
  opened.best_heldout_loss = std::numeric_limits<double>::quiet_NaN();
  opened.notes.insert(opened.notes.begin(), data->warnings.begin(), data->warnings.end());
  note_unmet_classes(opened);
  for (std::string& note : notes_without_effect(opened.config, request.overrides)) opened.notes.push_back(std::move(note));
  if (!opened.config.unlabelled && opened.trainer->labels().rows().size() == opened.trainer->labels().train_rows())
    opened.notes.emplace_back("unlabelled has no effect: every train row has its label");
  if (start) LS_CHECK(start_from(*start, opened));
  if (stop.stop_requested()) return cancelled();
  if (!request.out.empty()) {
    RunInfo info;
    info.config = opened.config;
    info.version = kVersion;
    info.data_fingerprint = data->fingerprint;
    info.data_origin = origin_of(data->origin);
    LS_TRY(auto directory, RunDirectory::create(request.out, info, request.force));
    opened.directory = std::move(directory);
  }
  return opened;
}

Status set_live(OpenedTraining& opened, const std::string& key, double value) {
  if (key == "lr") return opened.trainer->set_learning_rate(value);
  if (key == "beta") return opened.trainer->set_beta(value);
  if (key == "batch") return opened.trainer->set_batch(static_cast<size_t>(value));
  if (key != "epochs") return {};
  opened.target_epochs = static_cast<uint64_t>(value);
  return opened.trainer->set_target(opened.target_epochs);
}

/// What was asked for by name on resume: live values win over those of the checkpoint and are recorded as live changes; all else is the
/// run's own, since the next plain resume would lose it.
Status apply_overrides(OpenedTraining& opened, const OpenRequest& request, const RunConfig& config) {
  const uint64_t step = opened.trainer->step_count();
  for (const auto& [key, text] : request.overrides) {
    double value = 0.0;
    if (key == "lr")
      value = config.learning_rate;
    else if (key == "beta")
      value = config.beta;
    else if (key == "batch")
      value = static_cast<double>(config.batch);
    else if (key == "epochs")
      value = static_cast<double>(*config.epochs);
    else
      continue;
    if (key == "epochs" && *config.epochs <= opened.trainer->epoch()) {
      // Asked for no more than there is: nothing to train, and no target to remember for the next time.
      opened.target_epochs = opened.trainer->epoch();
      continue;
    }
    LS_CHECK(set_live(opened, key, value));
    opened.overrides.push_back({step, key, value});
  }
  return {};
}

/// A change right after the checkpoint is in the list but not in the checkpoint; the target is in no checkpoint. Of several changes of one
/// value the last counts.
Status apply_missed(OpenedTraining& opened, const RunDirectory& directory, const TrainerState& state) {
  LS_TRY(const auto events, directory.events());
  std::vector<EventLine> missed;
  uint64_t recoveries = 0;
  for (const EventLine& line : events) {
    if (line.key == kRecoveryKey) {
      if (++recoveries > state.recoveries) break;  // a history that the checkpoint has not seen
      const auto before = [&](const EventLine& m) { return m.key != "epochs"; };
      missed.erase(std::remove_if(missed.begin(), missed.end(), before), missed.end());  // all of them are in the checkpoint
      continue;
    }
    if (line.step != state.step && line.key != "epochs") continue;
    if (line.step > state.step && recoveries == state.recoveries) continue;
    const auto same = [&](const EventLine& m) { return m.key == line.key; };
    missed.erase(std::remove_if(missed.begin(), missed.end(), same), missed.end());
    missed.push_back(line);
  }
  for (const EventLine& line : missed) LS_CHECK(set_live(opened, line.key, line.value).context(directory.path() + "/events.jsonl"));
  return {};
}

Result<OpenedTraining> open_resumed(const OpenRequest& request, std::shared_ptr<ComputePool> pool, std::stop_token stop,
                                    const Progress& progress) {
  OpenedTraining opened;
  LS_TRY(auto directory, RunDirectory::open(request.resume));
  LS_TRY(auto info, directory.info());
  LS_CHECK(directory.lock());
  LS_CHECK(directory.check_writable());
  std::vector<std::string> skipped;
  LS_TRY(auto checkpoint, directory.newest(&skipped));
  LS_CHECK(check_belongs(request.resume, info, checkpoint));
  for (std::string& damaged : skipped) opened.notes.push_back("left out: " + std::move(damaged));

  RunConfig config = info.config;
  RunConfig wanted = config;
  for (const auto& [key, value] : request.overrides) {
    const RunConfig before = wanted;
    LS_CHECK(set_value(wanted, key, value));
    wanted.given = before.given;  // named again, it is what it was
    if (wanted.model != before.model)
      return fail(ErrorCode::invalid_argument, "{}: a run goes on with the model that it has; start a new one to change the model",
                  request.resume);
    const bool live = key == "lr" || key == "beta" || key == "batch" || key == "epochs";
    if (!live && !(wanted == before))
      return fail(ErrorCode::invalid_argument,
                  "{}: a run goes on with the {} that it has; only lr, beta, batch and epochs change on resume", request.resume, key);
  }
  LS_CHECK(validate(wanted));
  if (request.config.threads) config.threads = request.config.threads;
  config.memory = request.config.memory;
  const std::string& spec = !request.data_override.empty() ? request.data_override
                            : info.data_origin.empty()     ? config.data
                                                           : info.data_origin;
  LS_TRY(auto data, load(config, spec, checkpoint.preprocessing, stop, progress));
  if (stop.stop_requested()) return cancelled();
  if (!info.data_fingerprint.empty() && data->fingerprint != info.data_fingerprint)
    return fail(ErrorCode::invalid_argument, "{}; a run goes on with its own data only",
                other_data_text(spec, request.resume, data->fingerprint, info.data_fingerprint));
  LS_TRY(opened.trainer, Trainer::create(config, data, std::move(pool)));
  opened.config = opened.trainer->config();
  LS_CHECK(opened.trainer->restore(checkpoint.state).context(request.resume));

  opened.target_epochs = info.config.epochs.value_or(*opened.config.epochs);
  LS_CHECK(apply_missed(opened, directory, checkpoint.state));
  LS_CHECK(apply_overrides(opened, request, wanted));
  for (const EventLine& line : request.replay)
    if (line.step >= checkpoint.state.step) opened.replay.push_back(line);
  opened.resumed = true;
  opened.epoch_end_open = checkpoint.state.epoch > 0 && checkpoint.state.position == 0 && !std::isfinite(checkpoint.heldout_loss);
  auto best = directory.best();
  opened.best_heldout_loss = best.ok() ? best->heldout_loss : std::numeric_limits<double>::quiet_NaN();
  for (const std::string& warning : data->warnings) opened.notes.push_back(warning);
  for (std::string& note : notes_without_effect(opened.config, request.overrides)) opened.notes.push_back(std::move(note));
  if (stop.stop_requested()) return cancelled();
  LS_CHECK(directory.truncate_after(checkpoint.state.step, checkpoint.state.recoveries));
  opened.directory = std::move(directory);
  return opened;
}

}  // namespace

size_t training_threads(size_t configured, bool window) {
  const size_t machine = ComputePool::machine_threads();
  if (!window) return configured ? configured : machine;
  const size_t free = std::max<size_t>(1, machine - 1);
  return configured ? std::min(configured, free) : free;
}

Result<OpenedTraining> open_training(const OpenRequest& request, std::shared_ptr<const Dataset> data, bool window, std::stop_token stop,
                                     const Progress& progress) {
  auto pool = std::make_shared<ComputePool>(training_threads(request.config.threads, window));
  auto opened =
      request.resume.empty() ? open_new(request, std::move(data), pool, stop, progress) : open_resumed(request, pool, stop, progress);
  if (!opened.ok()) return std::move(opened).error();
  pool->set_threads(training_threads(opened->config.threads, window));
  opened->start = request.start;
  opened->evaluate_test_at_end = request.evaluate_test_at_end;
  return opened;
}

}  // namespace latentscape
