// `latentscape train`: from the options to an OpenRequest; the training itself is in train_run.cpp.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/run_settings.hpp"
#include "app/cli/signal_stop.hpp"
#include "app/cli/train_run.hpp"
#include "core/formats/file.hpp"
#include "core/io/config_json.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

/// As text where DESIGN's ranges apply, so that the engine's own sentences come out.
struct TrainOptions {
  std::optional<std::string> data, kind, model, epochs, batch, latent, seed, labels, freeze, only, label, extra;
  std::optional<size_t> threads;
  std::vector<std::string> settings;
  std::string out, config, init;
  size_t memory = 0;
  bool resume = false;
  bool force = false;
};

/// A config file. That of a run directory brings the live changes with it, to be made again at the same steps.
Status read_config(const std::string& path, OpenRequest& request) {
  LS_TRY(const Bytes bytes, read_file(path));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  LS_TRY(request.config, config_from_json(text, path));
  const fs::path folder = fs::absolute(path).parent_path();
  if (fs::path(path).filename() != "run.json") return {};
  const auto directory = RunDirectory::open(folder.string());
  if (!directory.ok()) return {};  // a lone file of that name
  LS_TRY(const RunInfo info, directory->info());
  if (!info.data_origin.empty()) request.config.data = info.data_origin;
  LS_TRY(request.replay, directory->events());
  return {};
}

/// The run to start from: its networks and likelihood, unless a config says which; what contradicts them is refused when it is opened.
Status read_init(const TrainOptions& options, OpenRequest& request) {
  LS_TRY(const LoadedRun run, load_run(options.init));
  request.config.init = fs::absolute(options.init).string();
  request.config.init_step.reset();
  request.config.init_weights.clear();
  if (options.config.empty()) request.config.model = run.checkpoint.config.model;
  request.config.likelihood_given = request.config.variance_given = true;
  return {};
}

Status check_together(const TrainOptions& options) {
  if (!options.resume) return {};
  if (options.out.empty()) return fail(ErrorCode::invalid_argument, "--resume needs --out RUN, the run to go on with");
  for (const auto& [name, given] : {std::pair<const char*, bool>("--config", !options.config.empty()),
                                    {"--model", options.model.has_value()},
                                    {"--kind", options.kind.has_value()},
                                    {"--init", !options.init.empty()}})
    if (given) return fail(ErrorCode::invalid_argument, "{} cannot be changed by --resume; start a new run instead", name);
  return {};  // the other settings are compared with the run's own when it is opened
}

/// What the options say, on top of a config where one was read; only the command line is looked at.
Status complete(const TrainOptions& options, OpenRequest& request, std::vector<std::string>& notes) {
  LS_CHECK(check_together(options));
  if (options.model) LS_CHECK(choose_model(request.config, *options.model, notes));
  for (const auto& [key, value] : {std::pair<const char*, const std::optional<std::string>&>("epochs", options.epochs),
                                   {"batch", options.batch},
                                   {"latent", options.latent},
                                   {"labels", options.labels},
                                   {"freeze", options.freeze},
                                   {"only", options.only},
                                   {"label", options.label},
                                   {"extra", options.extra},
                                   {"seed", options.seed}})
    if (value) request.overrides.emplace_back(key, *value);
  for (const std::string& setting : options.settings) {
    LS_TRY(auto pair, split_setting(setting));
    request.overrides.push_back(std::move(pair));
  }
  LS_CHECK(check_given_once(request.overrides));
  if (options.threads) request.config.threads = *options.threads;
  request.config.memory = options.memory;
  if (options.kind) request.config.kind = *options.kind;
  request.force = options.force;
  if (options.resume) {
    request.resume = options.out;
    request.data_override = options.data.value_or("");
    if (options.data) LS_CHECK(check_data(*options.data, "", 0));
    RunConfig checked;
    for (const auto& [key, value] : request.overrides) LS_CHECK(set_value(checked, key, value));
    return {};
  }
  if (options.data) {
    request.config.data = *options.data;
    request.config.data_count = 0;  // a config's count and kind belong to its own data
    request.config.kind = options.kind.value_or("");
  }
  // An unknown key or a value out of range is said before the data is read.
  RunConfig checked = request.config;
  for (const auto& [key, value] : request.overrides) LS_CHECK(set_value(checked, key, value));
  LS_CHECK(validate(checked));
  LS_CHECK(check_freeze(checked));
  if (!checked.extra.empty() && options.config.empty()) LS_CHECK(check_data(checked.extra, "", 0).context("extra"));
  if (options.data || options.config.empty()) LS_CHECK(check_data(checked.data, checked.kind, checked.data_count));
  request.out = options.out;
  return {};
}

}  // namespace

Action add_train(CLI::App& command) {
  auto o = std::make_shared<TrainOptions>();
  command.add_option("--data", o->data, "a built-in name or a path (default: strokes)")->type_name("DATA");
  command.add_option("--kind", o->kind, "the kind of source, instead of detecting it")->type_name("KIND");
  command.add_option("--model", o->model, "a model or a preset, see latentscape models (default: mlp)")->type_name("NAME");
  CLI::Option* out = command.add_option("--out", o->out, "the run directory to write; without it nothing is kept")->type_name("RUN");
  command.add_option("--epochs", o->epochs, "passes over the train split (default: 30, with few rows more)")->type_name("N");
  command.add_option("--batch", o->batch, "examples a minibatch (default: 128)")->type_name("B");
  command.add_option("--latent", o->latent, "latent dimensions (default: 2)")->type_name("Z");
  command.add_option("--seed", o->seed, "the same seed gives the same numbers (default: 1)")->type_name("S");
  command.add_option("--labels", o->labels, "how many train rows keep their label: a count, or a share with a point (default: all)")
      ->type_name("COUNT|SHARE");
  add_memory_option(command, o->memory);
  command.add_option("--threads", o->threads, "0: all cores; never changes a result")->check(whole_number(0, kMostThreads))->type_name("T");
  command.add_option("--set", o->settings, "KEY=VALUE, repeatable; keys: " + fmt::format("{}", fmt::join(config_keys(), " ")))
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_option("--init", o->init, "start from the weights of another run, with its networks and likelihood")
      ->type_name("RUN|CHECKPOINT");
  command.add_option("--freeze", o->freeze, "encoder or decoder: its weights stay as they start")->type_name("PART");
  command.add_option("--label", o->label, "the column of classes of a table (default: label, class or target)")->type_name("COLUMN");
  command.add_option("--only", o->only, "train and evaluate on these classes alone, as in label=3 or digit=1,7")->type_name("COLUMN=VALUE");
  command.add_option("--extra", o->extra, "other data of the same shape and classes whose rows join train, with all their labels")
      ->type_name("DATA");
  command.add_option("--config", o->config, "a run.json to repeat, with the live changes beside it")->type_name("FILE");
  CLI::Option* resume = command.add_flag("--resume", o->resume, "go on with the run at --out");
  CLI::Option* force = command.add_flag("--force", o->force, "replace the run at --out");
  force->excludes(resume);
  force->needs(out);
  return [o, out](const CommandSettings&) -> Result<Report> {
    if (out->count() && o->out.empty()) return refused(fail(ErrorCode::invalid_argument, "--out is empty, expected the name of a folder"));
    OpenRequest request;
    std::vector<std::string> notes;
    if (!o->config.empty() && !o->resume) LS_CHECK(read_config(o->config, request));
    if (!o->init.empty() && !o->resume) LS_CHECK(read_init(*o, request));
    LS_USAGE(complete(*o, request, notes));
    if (o->out.empty()) notes.push_back("no --out: the run is not kept, its numbers are printed at the end");
    SignalStop signals;
    return train_run(std::move(request), o->out, std::move(notes), signals);
  };
}

}  // namespace latentscape
