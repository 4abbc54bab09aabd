// RunDirectory: run.json, metrics.jsonl, events.jsonl, checkpoints/, figures/; nothing in it is ever half-written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/io/checkpoint.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {

/// One line of metrics.jsonl. Every number names its split.
struct MetricsLine {
  uint64_t step = 0;
  double epoch = 0.0;
  std::optional<LossTerms> train;       // mean since the last line
  std::optional<Evaluation> evaluation; // held-out or test
  double learning_rate = 0.0;
  double beta = 1.0;
  double seconds = 0.0;                 // training steps only
};

/// One line of events.jsonl: what was changed live, at which step, so that `train --config` replays it.
struct EventLine {
  uint64_t step = 0;
  std::string key;      // lr, beta, batch, epochs
  double value = 0.0;
};

struct RunInfo {
  RunConfig config;
  std::string version;           // of the program
  std::string data_fingerprint;
  std::string data_origin;       // absolute path or built-in name
};

class RunDirectory {
 public:
  /// A new run. An existing, non-empty folder is refused without force; with force the run files in it are removed, nothing else.
  static Result<RunDirectory> create(const std::string& path, const RunInfo& info, bool force);
  static Result<RunDirectory> open(const std::string& path);

  const std::string& path() const { return path_; }
  Result<RunInfo> info() const;

  Status append(const MetricsLine& line);
  Status append(const EventLine& line);
  Result<std::vector<MetricsLine>> metrics() const;   // whole lines only
  Result<std::vector<EventLine>> events() const;

  /// checkpoints/step-00001234.safetensors; keeps the last three and the best by held-out loss. Returns the path.
  Result<std::string> save(const Checkpoint& checkpoint, const ModelF& model);
  /// The newest whole one; damaged ones are skipped and reported in `skipped`.
  Result<Checkpoint> newest(std::vector<std::string>* skipped = nullptr) const;
  Result<Checkpoint> best() const;
  /// For resuming: drops the lines of metrics.jsonl and events.jsonl after `step`.
  Status truncate_after(uint64_t step);

 private:
  explicit RunDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// RUN on a command line: a run directory or a checkpoint file; gives model, parameters and config.
struct LoadedRun {
  Checkpoint checkpoint;
  std::shared_ptr<const ModelF> model;
  std::string directory;   // empty where a bare checkpoint file was given
  RunInfo info;
  std::vector<std::string> skipped;  // newer checkpoints that could not be read, and why
};
/// Errors: not_found (no such run, no checkpoint in it yet), and those of reading it.
Result<LoadedRun> load_run(const std::string& path);

}  // namespace latentscape
