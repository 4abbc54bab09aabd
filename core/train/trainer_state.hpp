// TrainerState: all that training has come to, as checkpoints keep it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/models/model.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// Numbers and place of a moment whose loss and gradient were sound: where a recovery goes back to.
struct GoodState {
  std::vector<float> parameters;
  std::vector<float> first_moments;
  std::vector<float> second_moments;
  uint64_t step = 0;
  uint64_t epoch = 0;
  uint64_t position = 0;
  PlateauState plateau = {};
  bool operator==(const GoodState&) const = default;
};

/// Everything that a checkpoint holds; restoring it continues bit for bit, through recoveries too.
struct TrainerState {
  std::vector<float> parameters;
  std::vector<float> first_moments;  // of the optimiser; zeros where it keeps none
  std::vector<float> second_moments;
  uint64_t step = 0;         // minibatches done = the optimiser's t
  uint64_t epoch = 0;        // whole passes done
  uint64_t position = 0;     // examples of this epoch already used
  uint64_t recoveries = 0;   // times a non-finite loss sent training back
  double learning_rate = 0;  // live values, as last changed
  double beta = 1;
  uint64_t batch = 0;
  uint64_t target_epochs = 0;  // what the schedules are laid over, as last changed
  PlateauState plateau;
  double learning_rate_scale = 1;   // made smaller by each recovery, 1 again after a live change of the learning rate
  uint64_t attempts = 0;            // recoveries since training last got well past fault_step
  uint64_t fault_step = 0;          // the furthest step at which one was needed
  std::optional<GoodState> good;    // where the next recovery goes back to; none: to this very state
  std::optional<double> good_loss;  // of the minibatch there, nats an example; none until it has been through
  std::vector<std::pair<uint32_t, uint32_t>> labels_added;  // row and class, in the order a person named them
  bool operator==(const TrainerState&) const = default;
};

/// Is it a state of this run? `data` is the name of its data. Errors (invalid_argument): numbers of another model, a place that the data
/// does not have, settings out of range.
Status check_state(const TrainerState& state, const RunConfig& config, const ModelF& model, size_t train_rows, const std::string& data);

}  // namespace latentscape
