// Checkpoint: one safetensors file with weights (named and shaped as PyTorch would), the optimiser's moments, and all state in the
// metadata; the same once more under `recovery.` where a recovery would go back to another moment; and a checksum of all of it, so that a
// flipped bit is found.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/models/model.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {

struct Checkpoint {
  RunConfig config;
  TrainerState state;
  std::vector<size_t> shape;         // of one example
  std::vector<std::string> classes;  // label names, empty: none
  std::vector<std::string> unmet;    // those of them that no labelled train row is of
  std::string data_fingerprint;
  Preprocessing preprocessing;  // of a table's columns; empty: none
  double heldout_loss = 0.0;    // at this moment, NaN where not evaluated
};

/// Atomic: temporary file, fsync, rename. The model gives names and shapes of the blocks.
Status write_checkpoint(const std::string& path, const Checkpoint& checkpoint, const ModelF& model);

/// Reads, checks the format version ("written by a later version"), names, shapes and sizes against the config's model, and the checksum
/// (from version 2 on).
Result<Checkpoint> read_checkpoint(const std::string& path);
/// The same from bytes; `where` names them in messages.
Result<Checkpoint> parse_checkpoint(std::span<const uint8_t> bytes, const std::string& where);

/// What the header alone tells, without reading the weights; the file has the length that its header promises.
struct CheckpointSummary {
  uint64_t step = 0;
  double heldout_loss = 0.0;  // NaN where not evaluated
};
Result<CheckpointSummary> read_checkpoint_summary(const std::string& path);

}  // namespace latentscape
