// Commands go into a session, events come out; nothing else crosses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/base/error.hpp"
#include "core/base/log.hpp"
#include "core/session/snapshot.hpp"

namespace latentscape {

namespace command {
struct Run {};  // go on; past a reached target, sets the target one epoch-count further
struct Pause {};
struct Step {};  // one minibatch, then pause
struct Reset {
  bool new_seed = false;
};  // saves a checkpoint first, then starts anew, paused or running as before
struct SetLearningRate {
  double value = 0;
};
struct SetBeta {
  double value = 0;
};
struct SetBatch {
  size_t value = 0;
};
/// The class of a train row, as a person sees it; training knows it from the next minibatch on.
struct SetLabel {
  size_t row = 0;
  size_t label = 0;
};
struct SetTarget {
  uint64_t epochs = 0;
};
struct SetThreads {
  size_t value = 0;
};
struct SaveCheckpoint {};
struct Evaluate {
  Split split = Split::test;
};
struct Refresh {};  // bring all latents to today's weights
}  // namespace command

using Command =
    std::variant<command::Run, command::Pause, command::Step, command::Reset, command::SetLearningRate, command::SetBeta, command::SetBatch,
                 command::SetLabel, command::SetTarget, command::SetThreads, command::SaveCheckpoint, command::Evaluate, command::Refresh>;

namespace event {
struct Opened {
  std::shared_ptr<const OpenedRun> run;
  bool resumed = false;
};
struct PhaseChanged {
  RunPhase phase = RunPhase::empty;
};
/// Mean over the minibatches since the last one; decimated in long runs, `thinned` counts what was left out.
struct LossPoint {
  uint64_t step = 0;
  double epoch = 0;
  LossTerms train;
  double gradient_norm = 0;
  uint64_t thinned = 0;
};
struct Evaluated {
  uint64_t step = 0;
  double epoch = 0;
  Evaluation evaluation;
};
struct SettingChanged {
  uint64_t step = 0;
  double epoch = 0;
  std::string key;
  double before = 0;
  double after = 0;
};
struct CheckpointSaved {
  uint64_t step = 0;
  std::string path;
  bool best = false;
  bool asked = false;  // by a person
};
struct Recovered {
  uint64_t step = 0;
  std::string message;
};
struct TargetReached {
  uint64_t epochs = 0;
};
struct Failed {
  Error error;
  std::optional<uint64_t> went_back_to = {};  // training gave up there: what carries a later step is of numbers that are gone
};                                            // what was asked did not happen; what was loaded is untouched
struct Logged {
  LogLine line;
};
}  // namespace event

using Event = std::variant<event::Opened, event::PhaseChanged, event::LossPoint, event::Evaluated, event::SettingChanged,
                           event::CheckpointSaved, event::Recovered, event::TargetReached, event::Failed, event::Logged>;

}  // namespace latentscape
