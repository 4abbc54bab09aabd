// Trainer: one minibatch a call, no threads of its own, no clock, no files.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/data/dataset.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// Everything that a checkpoint holds; restoring it continues bit for bit.
struct TrainerState {
  std::vector<float> parameters;
  std::vector<float> adam_mean;      // first moments
  std::vector<float> adam_variance;  // second moments
  uint64_t step = 0;                 // minibatches done = Adam's t
  uint64_t epoch = 0;                // whole passes done
  uint64_t position = 0;             // examples of this epoch already used
  uint64_t recoveries = 0;           // times a non-finite loss sent training back
  double learning_rate = 0;          // live values, as last changed
  double beta = 1;
  uint64_t batch = 0;
  double learning_rate_scale = 1;  // halved by each recovery
  bool operator==(const TrainerState&) const = default;
};

struct StepReport {
  uint64_t step = 0;   // after this minibatch
  uint64_t epoch = 0;  // whole passes done after it
  bool epoch_done = false;
  size_t samples = 0;
  LossTerms terms;             // nats an example, this minibatch
  double gradient_norm = 0.0;  // before clipping
  bool recovered = false;      // the loss was not finite: state went back, `message` says to where
  std::string message;
};

/// Held-out, train or test, one z an example; noise keyed by seed and row, so the same state gives the same numbers.
struct Evaluation {
  Split split = Split::heldout;
  size_t n = 0;
  LossTerms terms;
  std::vector<double> kl_per_dimension;
  size_t active_units = 0;  // Var_x(E[z|x]) > 0.01 (Burda et al. 2016)
};

class Trainer {
 public:
  /// Fills what depends on the data (likelihood where not given, batch at most n), validates, makes and initialises the model.
  static Result<std::unique_ptr<Trainer>> create(RunConfig config, std::shared_ptr<const Dataset> data, std::shared_ptr<ComputePool> pool);
  ~Trainer();

  /// One minibatch: forward, backward, clip, Adam. A non-finite loss or gradient goes back to the last good state with half the step.
  Result<StepReport> step();

  /// Live changes, taken between two minibatches; each says what range it expected.
  Status set_learning_rate(double lr);
  Status set_beta(double beta);
  Status set_batch(size_t batch);

  /// What the last minibatch gave for free: row ids, posterior means and losses (reconstruction + kl) before its update.
  std::span<const uint32_t> last_rows() const;
  FloatView last_means() const;
  std::span<const float> last_losses() const;

  /// Mean posterior and loss of any rows with today's parameters (chunked; polls stop); used by refresh and encode.
  /// means: rows.size() x latent; losses (may be empty): reconstruction + kl, one z.
  Status encode_rows(std::span<const uint32_t> rows, MutableFloatView means, std::span<float> losses, std::stop_token stop = {});

  Result<Evaluation> evaluate(Split split, std::stop_token stop = {});

  TrainerState state() const;
  Status restore(TrainerState state);

  const RunConfig& config() const;  // as completed by create; live changes are in state()
  const Dataset& data() const;
  std::shared_ptr<const Dataset> shared_data() const;
  std::shared_ptr<const ModelF> model() const;
  std::span<const float> parameters() const;
  std::shared_ptr<ComputePool> pool() const;
  uint64_t step_count() const;
  uint64_t epoch() const;
  double epoch_progress() const;  // whole passes plus the share of this one
  size_t train_rows() const;
  double learning_rate() const;
  double beta() const;
  size_t batch() const;

 private:
  struct Impl;
  explicit Trainer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Evaluates any parameters on any rows without a trainer: `eval`, and the window's test on request.
Result<Evaluation> evaluate_rows(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                 std::span<const uint32_t> rows, Split split, uint64_t seed, Binarise binarise, ComputePool& pool,
                                 std::stop_token stop = {});

/// Posterior means (and log-variances where wanted) of any rows, without a trainer.
Status encode_dataset(const ModelF& model, std::span<const float> parameters, const Dataset& data, std::span<const uint32_t> rows,
                      FloatArray& mean, FloatArray* log_variance, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
