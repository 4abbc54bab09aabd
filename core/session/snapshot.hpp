// TrainingSnapshot: what the training worker publishes; immutable, so any thread may read it without a lock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/data/dataset.hpp"
#include "core/data/summary.hpp"
#include "core/models/model.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {

/// Where the points of a map come from: all rows but the test split, ascending by id; fixed for a run.
struct PointSet {
  std::vector<uint32_t> ids;  // dataset rows
  std::vector<int> labels;    // class index, -1: none
  std::vector<Split> splits;  // train or held-out
};

/// The latents of every point, some of them a little old.
struct LatentFrame {
  uint64_t revision = 0;
  uint64_t step = 0;
  std::shared_ptr<const PointSet> points;
  FloatArray means;            // n x latent, posterior means
  std::vector<float> losses;   // n: reconstruction + kl, nats; as of the row's last minibatch, fresh at a pause; NaN before the first
  std::vector<uint32_t> ages;  // n: steps since the mean was computed
  uint32_t oldest_age = 0;     // max of ages
  bool exact() const { return oldest_age == 0; }
};

/// A model with the parameters of one moment: what decoding and encoding away from training use.
struct ModelWeights {
  uint64_t revision = 0;
  uint64_t step = 0;
  std::shared_ptr<const ModelF> model;
  std::vector<float> parameters;
};

enum class RunPhase { empty, loading, running, paused, finished, failed };
std::string_view to_string(RunPhase phase);

struct TrainingMetrics {
  double samples_per_s = 0.0;     // training steps only, over about the last second of them
  uint64_t samples = 0;           // examples in steps since the run was opened, those of steps taken back too
  double training_seconds = 0.0;  // time inside steps since the run was opened
  double eta_seconds = -1.0;      // to the target; below 0: unknown
  double learning_rate = 0.0;     // live values; of steps as they are taken: what schedules and recoveries leave of what was asked for
  double learning_rate_asked = 0.0;
  double beta = 1.0;         // as asked for
  double beta_in_use = 1.0;  // as the schedule has it now
  size_t batch = 0;
  LossTerms train;  // mean over the last report window
  double gradient_norm = 0.0;
  std::vector<double> kl_per_dimension;  // held-out of the last epoch's end; before that, of a recent minibatch window
  std::optional<Evaluation> heldout;     // newest
  std::optional<Evaluation> test;        // newest, only at the end or on request
};

struct TrainingSnapshot {
  uint64_t revision = 0;  // grows with every publication, over all runs of a session
  uint64_t run_id = 0;    // OpenedRun::id; 0: none
  uint64_t step = 0;
  uint64_t epoch = 0;           // whole passes
  double epoch_progress = 0.0;  // passes with the share of this one
  uint64_t target_epochs = 0;
  RunPhase phase = RunPhase::empty;
  std::shared_ptr<const LatentFrame> latents;
  std::shared_ptr<const ModelWeights> weights;
  std::shared_ptr<const KnownLabels> labels;  // that training sees
  TrainingMetrics metrics;
};

/// A run that is open: what does not change while it trains.
struct OpenedRun {
  uint64_t id = 0;              // counts the runs opened in this session, from 1
  uint64_t first_revision = 0;  // an answer with a lower revision belongs to an earlier run
  RunConfig config;             // completed
  std::shared_ptr<const Dataset> data;
  std::shared_ptr<const DataSummary> summary;  // of the data
  std::shared_ptr<const ModelF> model;
  std::string directory;  // where checkpoints go; empty: nowhere
};

}  // namespace latentscape
