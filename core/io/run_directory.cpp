#include "core/io/run_directory.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "core/base/version.hpp"
#include "core/formats/file.hpp"
#include "core/io/config_json.hpp"
#include "core/io/json_object.hpp"
#include "core/io/jsonl.hpp"
#include "core/io/run_lines.hpp"
#include "core/models/transfer.hpp"

namespace latentscape {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCheckpointPrefix = "step-";
constexpr std::string_view kCheckpointSuffix = ".safetensors";
constexpr size_t kKeptCheckpoints = 3;

struct CheckpointFile {
  uint64_t step = 0;
  std::string path;
};

/// step-00001234.safetensors -> 1234.
std::optional<uint64_t> step_of_name(std::string_view name) {
  if (name.size() <= kCheckpointPrefix.size() + kCheckpointSuffix.size() || !name.starts_with(kCheckpointPrefix) ||
      !name.ends_with(kCheckpointSuffix))
    return std::nullopt;
  name = name.substr(kCheckpointPrefix.size(), name.size() - kCheckpointPrefix.size() - kCheckpointSuffix.size());
  uint64_t step = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return step;
}

Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    names.push_back(it->path().filename().string());
  if (error) return fail(ErrorCode::io, "{}: cannot list the folder: {}", folder.string(), error.message());
  std::sort(names.begin(), names.end());
  return names;
}

/// Newest first; no folder means none.
Result<std::vector<CheckpointFile>> checkpoints_in(const std::string& run) {
  const fs::path folder = fs::path(run) / "checkpoints";
  std::vector<CheckpointFile> files;
  std::error_code error;
  if (!fs::exists(folder, error)) return files;
  LS_TRY(const std::vector<std::string> names, names_in(folder));
  for (const std::string& name : names)
    if (const std::optional<uint64_t> step = step_of_name(name)) files.push_back({*step, (folder / name).string()});
  std::sort(files.begin(), files.end(), [](const CheckpointFile& a, const CheckpointFile& b) { return a.step > b.step; });
  return files;
}

/// The process in ".run.json.tmp-<pid>-<n>", as atomic_write_file names its temporary files; 0 where it is no such name.
pid_t writer_of_temporary(std::string_view name) {
  const size_t at = name.rfind(".tmp-");
  if (!name.starts_with(".") || at == std::string_view::npos) return 0;
  name.remove_prefix(at + 5);
  int pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc{} || end == name.data() + name.size() || *end != '-' || pid <= 0) return 0;
  return pid;
}

bool is_run_file(std::string_view name) {
  for (const std::string_view own : {"run.json", "metrics.jsonl", "events.jsonl"})
    if (name == own || (writer_of_temporary(name) && name.substr(1).starts_with(own))) return true;
  return false;
}

bool is_checkpoint_file(std::string_view name) {
  return step_of_name(name) || (writer_of_temporary(name) && name.substr(1).starts_with(kCheckpointPrefix));
}

/// Temporary files whose writer was killed. One whose writer lives is being written right now.
void remove_leftovers(const std::string& run) {
  for (const fs::path& folder : {fs::path(run), fs::path(run) / "checkpoints"}) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) continue;
    const Result<std::vector<std::string>> names = names_in(folder);
    if (!names.ok()) continue;
    for (const std::string& name : *names) {
      const pid_t writer = writer_of_temporary(name);
      if (writer && (is_run_file(name) || is_checkpoint_file(name)) && ::kill(writer, 0) != 0 && errno == ESRCH)
        fs::remove(folder / name, ignored);
    }
  }
}

Status remove_file(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) return fail(ErrorCode::io, "{}: cannot remove: {}", path.string(), error.message());
  return {};
}

/// Takes away what a run wrote by itself; figures and whatever a person put there stay.
Status remove_run_files(const fs::path& run) {
  const fs::path checkpoints = run / "checkpoints";
  std::error_code ignored;
  if (fs::is_directory(checkpoints, ignored)) {
    LS_TRY(const std::vector<std::string> names, names_in(checkpoints));
    for (const std::string& name : names)
      if (is_checkpoint_file(name)) LS_CHECK(remove_file(checkpoints / name));
  }
  LS_TRY(const std::vector<std::string> names, names_in(run));
  for (const std::string& name : names)
    if (is_run_file(name) && name != "run.json") LS_CHECK(remove_file(run / name));
  return {};  // run.json last, by being replaced: a kill in between leaves a run without checkpoints, not a folder of unknown files
}

/// Is `run` free to write to, or may it be made free? Decides only, removes nothing.
Status check_free(const std::string& path, bool force) {
  const fs::path run(path);
  std::error_code error;
  if (!fs::exists(run, error)) return {};
  if (!fs::is_directory(run, error)) return fail(ErrorCode::exists, "{}: is a file, expected a folder for the run", path);
  LS_TRY(const std::vector<std::string> names, names_in(run));
  const bool holds_run = std::find(names.begin(), names.end(), "run.json") != names.end();
  if (!holds_run) {
    // A creation that was killed leaves an empty checkpoints folder or a temporary file; anything else is somebody's.
    for (const std::string& name : names) {
      if (name == "checkpoints" && fs::is_empty(run / name, error) && !error) continue;
      if (writer_of_temporary(name) && is_run_file(name)) continue;
      return fail(ErrorCode::exists, "{}: holds files that are not a run's ({}); choose another folder", path, name);
    }
    return {};
  }
  if (!force) return fail(ErrorCode::exists, "{} already holds a run; use --resume to continue it or --force to replace it", path);
  // Some other program's run.json is not ours to replace.
  const std::string file = (run / "run.json").string();
  const Result<RunInfo> info = read_run_info(file);
  if (!info.ok() && info.error().code != ErrorCode::unsupported)
    return fail(ErrorCode::exists, "{}; nothing was removed, choose another folder", info.error().message);
  return {};
}

Status make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(ErrorCode::io, "{}: cannot make the folder: {}", folder.string(), error.message());
  return {};
}

}  // namespace

std::string checkpoint_path(const std::string& run, uint64_t step) {
  return (fs::path(run) / "checkpoints" / fmt::format("{}{:08}{}", kCheckpointPrefix, step, kCheckpointSuffix)).string();
}

Result<RunDirectory> RunDirectory::create(const std::string& path, const RunInfo& info, bool force) {
  LS_CHECK(check_free(path, force));
  LS_CHECK(make_folder(fs::path(path) / "checkpoints"));
  RunDirectory run(path);
  LS_CHECK(run.lock());
  LS_CHECK(check_free(path, force));  // another process may have begun between the two
  if (force) LS_CHECK(remove_run_files(path));
  remove_leftovers(path);
  LS_CHECK(atomic_write_file(fs::path(path) / "run.json", json_from_run_info(info)));
  return run;
}

Result<RunDirectory> RunDirectory::open(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return fail(ErrorCode::not_found, "{}: no such run; expected a run directory", path);
  if (!fs::is_directory(path, error)) return fail(ErrorCode::not_found, "{}: is not a folder; expected a run directory", path);
  RunDirectory run(path);
  if (!fs::exists(fs::path(path) / "run.json", error))
    return fail(ErrorCode::not_found, "{}: holds no run.json; expected a run directory, as `latentscape train --out` makes", path);
  LS_TRY(const RunInfo checked, run.info());
  remove_leftovers(path);
  return run;
}

Result<RunInfo> RunDirectory::info() const { return read_run_info((fs::path(path_) / "run.json").string()); }

Status RunDirectory::append(const MetricsLine& line) { return append_line(path_ + "/metrics.jsonl", json_from_metrics(line)); }
Status RunDirectory::append(const EventLine& line) { return append_line(path_ + "/events.jsonl", json_from_event(line)); }

Result<std::vector<MetricsLine>> RunDirectory::metrics() const {
  const std::string file = path_ + "/metrics.jsonl";
  LS_TRY(const std::vector<std::string> lines, read_lines(file));
  std::vector<MetricsLine> metrics;
  for (size_t i = 0; i < lines.size(); ++i) {
    LS_TRY(MetricsLine line, metrics_from_json(lines[i], fmt::format("{}:{}", file, i + 1)));
    metrics.push_back(std::move(line));
  }
  return metrics;
}

Result<std::vector<EventLine>> RunDirectory::events() const {
  const std::string file = path_ + "/events.jsonl";
  LS_TRY(const std::vector<std::string> lines, read_lines(file));
  std::vector<EventLine> events;
  for (size_t i = 0; i < lines.size(); ++i) {
    LS_TRY(EventLine line, event_from_json(lines[i], fmt::format("{}:{}", file, i + 1)));
    events.push_back(std::move(line));
  }
  return events;
}

Result<std::string> RunDirectory::save(Checkpoint checkpoint, const ModelF& model) {
  LS_CHECK(make_folder(fs::path(path_) / "checkpoints"));
  const std::string path = checkpoint_path(path_, checkpoint.state.step);
  std::error_code error;
  if (std::isnan(checkpoint.heldout_loss) && fs::exists(path, error))
    if (const Result<CheckpointSummary> before = read_checkpoint_summary(path); before.ok()) checkpoint.heldout_loss = before->heldout_loss;
  LS_CHECK(write_checkpoint(path, checkpoint, model));
  LS_TRY(const std::vector<CheckpointFile> files, checkpoints_in(path_));
  // The best so far is always among the kept ones, so the best of the files is the best of the run: no second record to fall out of step.
  std::vector<CheckpointFile> whole;
  size_t best = SIZE_MAX;
  double best_loss = 0.0;
  for (const CheckpointFile& file : files) {
    const Result<CheckpointSummary> summary = read_checkpoint_summary(file.path);
    if (!summary.ok()) continue;  // damaged: left for a person to look at, and not counted
    whole.push_back(file);
    if (!std::isfinite(summary->heldout_loss) || (best != SIZE_MAX && summary->heldout_loss >= best_loss)) continue;
    best = whole.size() - 1;
    best_loss = summary->heldout_loss;
  }
  for (size_t i = kKeptCheckpoints; i < whole.size(); ++i)
    if (i != best && whole[i].path != path) LS_CHECK(remove_file(whole[i].path));
  return path;
}

Result<Checkpoint> RunDirectory::newest(std::vector<std::string>* skipped) const {
  LS_TRY(const std::vector<CheckpointFile> files, checkpoints_in(path_));
  std::string first;
  for (const CheckpointFile& file : files) {
    Result<Checkpoint> checkpoint = read_checkpoint(file.path);
    if (checkpoint.ok()) return checkpoint;
    const ErrorCode code = checkpoint.error().code;
    // A later version or too little memory is no damage: an older checkpoint would be the wrong answer.
    if (code != ErrorCode::corrupt && code != ErrorCode::not_found && code != ErrorCode::invalid_argument) return checkpoint;
    if (first.empty()) first = checkpoint.error().message;
    if (skipped) skipped->push_back(checkpoint.error().message);
  }
  if (first.empty()) return fail(ErrorCode::not_found, "{}/checkpoints: holds no checkpoint yet", path_);
  return fail(ErrorCode::corrupt, "{}/checkpoints: none of {} checkpoints can be read; the newest: {}", path_, files.size(), first);
}

Result<Checkpoint> RunDirectory::best() const {
  LS_TRY(const std::vector<CheckpointFile> files, checkpoints_in(path_));
  std::vector<std::pair<double, std::string>> candidates;
  for (const CheckpointFile& file : files) {
    const Result<CheckpointSummary> summary = read_checkpoint_summary(file.path);
    if (summary.ok() && std::isfinite(summary->heldout_loss)) candidates.emplace_back(summary->heldout_loss, file.path);
  }
  std::sort(candidates.begin(), candidates.end());
  std::string first;
  for (const auto& candidate : candidates) {
    Result<Checkpoint> checkpoint = read_checkpoint(candidate.second);
    if (checkpoint.ok()) return checkpoint;
    if (first.empty()) first = checkpoint.error().message;
  }
  if (!first.empty()) return fail(ErrorCode::corrupt, "{}/checkpoints: no evaluated checkpoint can be read: {}", path_, first);
  return fail(ErrorCode::not_found, "{}/checkpoints: holds no checkpoint with a held-out loss", path_);
}

Status RunDirectory::drop_metrics_after(uint64_t step) {
  const std::string file = path_ + "/metrics.jsonl";
  return filter_lines(file, [&](std::string_view text, size_t number) -> Result<bool> {
    LS_TRY(const MetricsLine line, metrics_from_json(text, fmt::format("{}:{}", file, number)));
    return line.step <= step;
  });
}

Status RunDirectory::truncate_after(uint64_t step, uint64_t recoveries) {
  LS_CHECK(drop_metrics_after(step));
  LS_TRY(const std::vector<EventLine> all, events());
  // A run from before recoveries were written has none of their lines.
  const auto written =
      static_cast<uint64_t>(std::count_if(all.begin(), all.end(), [](const EventLine& l) { return l.key == kRecoveryKey; }));
  const uint64_t seen = std::min(recoveries, written);
  uint64_t before = 0;  // recoveries above this line, itself included
  return filter_lines(path_ + "/events.jsonl", [&](std::string_view, size_t number) -> Result<bool> {
    const EventLine& line = all[number - 1];
    if (line.key == kRecoveryKey) ++before;
    return before < seen || (before == seen && (line.key == kRecoveryKey || line.step <= step));
  });
}

Result<std::string> RunDirectory::go_back(const EventLine& line, Checkpoint checkpoint, const ModelF& model) {
  LS_CHECK(append(line));
  const uint64_t step = checkpoint.state.step;
  LS_TRY(const std::vector<CheckpointFile> files, checkpoints_in(path_));
  LS_TRY(const std::string saved, save(std::move(checkpoint), model));
  for (const CheckpointFile& file : files)
    if (file.step > step) LS_CHECK(remove_file(file.path));
  LS_CHECK(drop_metrics_after(step));
  return saved;
}

Status RunDirectory::lock() {
  if (!lock_) {
    LS_TRY(lock_, lock_folder(path_, "training"));
  }
  return {};
}

Status RunDirectory::check_writable() const {
  for (const fs::path& folder : {fs::path(path_), fs::path(path_) / "checkpoints"}) {
    if (folder != fs::path(path_)) LS_CHECK(make_folder(folder));
    const std::string probe = (folder / fmt::format(".run.json.tmp-{}-w", ::getpid())).string();
    const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
      return fail(ErrorCode::io, "{}: cannot be written to ({}); a run that goes on needs a folder to keep its weights in", folder.string(),
                  std::strerror(errno));
    ::close(file);
    LS_CHECK(remove_file(probe));
  }
  return {};
}

Result<LoadedRun> load_run(const std::string& path) {
  LoadedRun run;
  std::error_code error;
  if (!fs::exists(path, error))
    return fail(ErrorCode::not_found, "{}: no such run; expected a run directory or a .safetensors checkpoint", path);
  if (fs::is_directory(path, error)) {
    LS_TRY(const RunDirectory directory, RunDirectory::open(path));
    LS_TRY(run.info, directory.info());
    LS_TRY(run.checkpoint, directory.newest(&run.skipped));
    LS_CHECK(check_belongs(path, run.info, run.checkpoint));
    run.directory = path;
  } else {
    Result<Checkpoint> checkpoint = read_checkpoint(path);
    if (!checkpoint.ok()) {
      const bool other_file = checkpoint.error().code == ErrorCode::corrupt && !path.ends_with(kCheckpointSuffix);
      if (other_file) return fail(ErrorCode::corrupt, "{}: is not a run; expected a run directory or a .safetensors checkpoint", path);
      return std::move(checkpoint).error();
    }
    run.checkpoint = std::move(checkpoint).value();
    run.info = {run.checkpoint.config, std::string(kVersion), run.checkpoint.data_fingerprint, run.checkpoint.config.data};
  }
  LS_TRY(run.model, make_model(run.checkpoint.config.model, run.checkpoint.shape).context(path));
  return run;
}

Status check_belongs(const std::string& run, const RunInfo& info, const Checkpoint& checkpoint) {
  const std::string file = checkpoint_path(run, checkpoint.state.step);
  const auto differs = [&](std::string_view what, const std::string& is, const std::string& said) {
    return fail(ErrorCode::invalid_argument, "{}: is of another run: its {} is {}, {}/run.json says {}", file, what, is, run, said);
  };
  const ModelConfig &found = checkpoint.config.model, &expected = info.config.model;
  if (found.name != expected.name) return differs("model", found.name, expected.name);
  if (const auto d = model_difference(found, expected)) return differs(d->what, d->first, d->second);
  if (!info.data_fingerprint.empty() && !checkpoint.data_fingerprint.empty() && checkpoint.data_fingerprint != info.data_fingerprint)
    return differs("data fingerprint", checkpoint.data_fingerprint, info.data_fingerprint);
  return {};
}

std::string other_data_text(const std::string& data, const std::string& run, const std::string& found, const std::string& expected) {
  return fmt::format("{}: is not the data that {} was trained on (fingerprint {}, expected {})", data, run, found, expected);
}

std::string run_that_owns(const std::string& path) {
  std::error_code error;
  const fs::path full = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) return "";
  const fs::path folder = full.parent_path(), name = full.filename();
  const auto holds_run = [&](const fs::path& f) { return fs::exists(f / "run.json", error); };
  if (folder.filename() == "checkpoints" && holds_run(folder.parent_path())) return folder.parent_path().string();
  if ((is_run_file(name.string()) || name == "view.json") && holds_run(folder)) return folder.string();
  return "";
}

}  // namespace latentscape
