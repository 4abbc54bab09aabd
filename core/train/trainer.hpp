// Trainer: one minibatch a call, no threads of its own, no clock, no files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/data/dataset.hpp"
#include "core/train/run_config.hpp"
#include "core/train/trainer_state.hpp"

namespace latentscape {

struct StepReport {
  uint64_t step = 0;   // after this minibatch
  uint64_t epoch = 0;  // whole passes done after it
  bool epoch_done = false;
  size_t samples = 0;
  LossTerms terms;             // nats an example, this minibatch
  double gradient_norm = 0.0;  // before clipping, of what is not frozen
  double learning_rate = 0.0;  // in use, as is beta
  double beta = 1.0;
  bool recovered = false;  // the loss was not finite: state went back, `message` says to where
  std::string message;
};

/// Held-out, train or test, one z an example; noise keyed by seed and row, so the same state gives the same numbers.
struct Evaluation {
  Split split = Split::heldout;
  size_t n = 0;
  LossTerms terms;
  std::vector<double> kl_per_dimension;
  size_t active_units = 0;  // Var_x(E[z|x]) > 0.01 (Burda et al. 2016)
  /// Share of the labelled rows whose class is told: by the model where it classifies, else with a label budget by the 5 nearest labelled
  /// posterior means (all, where fewer are labelled); never of rows that vote. Nothing where the encoder is told the class.
  std::optional<double> accuracy;
  double words = 0.0;  // that the likelihood counts, in all n rows; 0 where it counts none
  /// e^(-ELBO of all rows / words of all rows), an upper bound of the perplexity a word; where words are counted.
  std::optional<double> perplexity() const;
};

class Trainer {
 public:
  /// Prepares the run and initialises the model.
  static Result<std::unique_ptr<Trainer>> create(RunConfig config, std::shared_ptr<const Dataset> data, std::shared_ptr<ComputePool> pool);
  ~Trainer();

  /// One minibatch: forward, backward, clip, update. A loss or gradient that is not finite, or so large that the run is as good as lost,
  /// goes back to the last good state: with half the learning rate, with a quarter of it each further time in a row, and with an error
  /// (non_finite) after kMaxRecoveries of them; the state is then the good one.
  static constexpr uint64_t kMaxRecoveries = 5;
  Result<StepReport> step();

  /// Live changes, taken between two minibatches; each says what range it expected.
  Status set_learning_rate(double lr);
  Status set_beta(double beta);
  Status set_batch(size_t batch);
  /// A person names the class of a train row.
  Status set_label(size_t row, size_t label);
  /// What cosine and cyclical schedules are laid over; more epochs stretch them.
  Status set_target(uint64_t epochs);

  /// The held-out loss of this very state, at an epoch's end: what lr_schedule=plateau goes by. Anywhere else, or a second time, it says
  /// nothing new. Where nobody has told it when the next minibatch begins, the trainer evaluates by itself.
  void heldout_evaluated(double loss);

  /// What the last minibatch gave for free: row ids, posterior means and losses (reconstruction + kl) before its update; nothing where the
  /// run jitters, as these are of other images.
  std::span<const uint32_t> last_rows() const;
  FloatView last_means() const;
  std::span<const float> last_losses() const;

  /// Mean posterior and loss of any rows with today's parameters (chunked; polls stop); binarised runs read the same draw as evaluate.
  /// means: rows.size() x latent; losses: reconstruction + kl, one z; empty: not wanted, and nothing is decoded.
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
  double learning_rate() const;            // as set
  double effective_learning_rate() const;  // of the next minibatch, as schedules and recoveries have left it
  double effective_learning_rate(const TrainerState& state) const;
  double beta() const;         // as set
  double beta_in_use() const;  // of the next minibatch, as the schedule has it
  double beta_in_use(const TrainerState& state) const;
  size_t batch() const;
  const KnownLabels& labels() const;  // that training sees

 private:
  struct Impl;
  explicit Trainer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Evaluates any parameters on any rows without a trainer: `eval`, and the window's test on request. `known`: the labels that training saw,
/// for the accuracy of models that do not classify.
Result<Evaluation> evaluate_rows(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                 std::span<const uint32_t> rows, Split split, uint64_t seed, Binarise binarise, ComputePool& pool,
                                 std::stop_token stop = {}, const KnownLabels* known = nullptr);

/// Posterior means (and log-variances where wanted) of any rows, without a trainer. The model reads what it was trained on: with
/// `binarise`, fixed or dynamic, the one binarised draw a row (by `seed`) that evaluations read too.
Status encode_dataset(const ModelF& model, std::span<const float> parameters, const Dataset& data, std::span<const uint32_t> rows,
                      uint64_t seed, Binarise binarise, FloatArray& mean, FloatArray* log_variance, ComputePool& pool,
                      std::stop_token stop = {});

}  // namespace latentscape
