// Opening: from an OpenRequest to a trainer that is ready, with its data and its run directory.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/log.hpp"
#include "core/io/run_directory.hpp"
#include "core/session/session.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {

struct OpenedTraining {
  RunConfig config;  // completed
  std::unique_ptr<Trainer> trainer;
  std::optional<RunDirectory> directory;
  bool resumed = false;
  uint64_t target_epochs = 0;
  bool start = true;
  bool evaluate_test_at_end = true;
  bool epoch_end_open = false;     // resumed at an epoch's end whose evaluation was not done
  double best_heldout_loss = 0.0;  // NaN: none yet
  std::vector<EventLine> replay;
  std::vector<EventLine> overrides;  // live values that the resume request changed, to be recorded
  std::vector<std::string> notes;    // for the log
};

/// Loads, creates or restores; polls stop. `data`, where given, is used instead of loading (the same run anew). The run directory is made
/// last, so a failure leaves nothing behind. `window`: one core stays free for it.
Result<OpenedTraining> open_training(const OpenRequest& request, std::shared_ptr<const Dataset> data, bool window, std::stop_token stop,
                                     const Progress& progress);

/// How many threads train: all cores or as many as configured, one less (but one at least) beside a window.
size_t training_threads(size_t configured, bool window);

}  // namespace latentscape
