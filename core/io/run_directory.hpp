// RunDirectory: run.json, metrics.jsonl, events.jsonl, checkpoints/, figures/; nothing in it is ever half-written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/io/checkpoint.hpp"
#include "core/io/folder_lock.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {

/// One line of metrics.jsonl. Every number names its split.
struct MetricsLine {
  uint64_t step = 0;
  double epoch = 0.0;
  std::optional<LossTerms> train;        // mean since the last line
  std::optional<Evaluation> evaluation;  // held-out or test
  double learning_rate = 0.0;            // in use, as is beta
  double beta = 1.0;
  double seconds = 0.0;  // training steps only
};

/// One line of events.jsonl: what was changed live, at which step, so that `train --config` replays it; or that a loss was not finite and
/// training went back to `step`: what stands above such a line and has a later step belongs to the history that was left.
struct EventLine {
  uint64_t step = 0;
  std::string key;  // lr, beta, batch, epochs; recovery: the learning rate is now `value`
  double value = 0.0;
  std::string message = {};  // recovery: the sentence for people
};
inline constexpr const char* kRecoveryKey = "recovery";

struct RunInfo {
  RunConfig config;
  std::string version;  // of the program
  std::string data_fingerprint;
  std::string data_origin;  // absolute path or built-in name
};

class RunDirectory {
 public:
  /// A new run. An existing, non-empty folder is refused without force; with force the run files in it are removed, nothing else.
  /// Locked, as by lock().
  static Result<RunDirectory> create(const std::string& path, const RunInfo& info, bool force);
  static Result<RunDirectory> open(const std::string& path);

  const std::string& path() const { return path_; }
  Result<RunInfo> info() const;

  Status append(const MetricsLine& line);
  Status append(const EventLine& line);
  Result<std::vector<MetricsLine>> metrics() const;  // whole lines only
  Result<std::vector<EventLine>> events() const;

  /// checkpoints/step-00001234.safetensors; keeps the last three and the best by held-out loss. A step that is saved again without its
  /// held-out loss (NaN) keeps the one that it had. Returns the path.
  Result<std::string> save(Checkpoint checkpoint, const ModelF& model);
  /// The newest whole one; damaged ones are skipped and reported in `skipped`.
  Result<Checkpoint> newest(std::vector<std::string>* skipped = nullptr) const;
  Result<Checkpoint> best() const;
  /// For resuming at a checkpoint: drops the lines of metrics.jsonl after `step`, and those of events.jsonl that its state has not seen:
  /// from the recovery after its number of `recoveries` on, and since the last of these those after `step`.
  Status truncate_after(uint64_t step, uint64_t recoveries = 0);
  /// Training went back to `checkpoint`, whose state counts this recovery: adds `line` to events.jsonl, saves the checkpoint (with the
  /// held-out loss that it had), then drops later checkpoints and later lines of metrics.jsonl. Killed in between, the run resumes from a
  /// later checkpoint of the old history and comes to the same recovery again. Returns the checkpoint's path.
  Result<std::string> go_back(const EventLine& line, Checkpoint checkpoint, const ModelF& model);
  /// Can a file be made here and among the checkpoints? Errors (io) name the folder.
  Status check_writable() const;
  /// Nobody else trains into this folder until this object and what it was moved to are gone, or the process is; reading stays allowed.
  /// Errors (exists): somebody does already. File systems without locks are taken at their word.
  Status lock();

 private:
  explicit RunDirectory(std::string path) : path_(std::move(path)) {}
  Status drop_metrics_after(uint64_t step);
  std::string path_;
  FolderLock lock_;
};

/// checkpoints/step-00001234.safetensors in the folder of a run.
std::string checkpoint_path(const std::string& run, uint64_t step);

/// RUN on a command line: a run directory or a checkpoint file; gives model, parameters and config.
struct LoadedRun {
  Checkpoint checkpoint;
  std::shared_ptr<const ModelF> model;
  std::string directory;  // empty where a bare checkpoint file was given
  RunInfo info;
  std::vector<std::string> skipped;  // newer checkpoints that could not be read, and why
};
/// Errors: not_found (no such run, no checkpoint in it yet), those of reading it, and those of check_belongs.
Result<LoadedRun> load_run(const std::string& path);

/// Is the checkpoint of the model and the data that run.json tells of? Errors (invalid_argument) name the file and both values.
Status check_belongs(const std::string& run, const RunInfo& info, const Checkpoint& checkpoint);

/// The sentence where data is not what a run was trained on: a warning where it was named on purpose, else a refusal.
std::string other_data_text(const std::string& data, const std::string& run, const std::string& found, const std::string& expected);

/// The run that a file belongs to by its place and name (run.json, metrics.jsonl, events.jsonl, view.json, anything in checkpoints/);
/// empty: none.
std::string run_that_owns(const std::string& path);

}  // namespace latentscape
