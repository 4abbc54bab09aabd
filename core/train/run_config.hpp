// RunConfig: everything a run is made from; the same RunConfig and data give the same run.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/data/jitter.hpp"
#include "core/data/reading.hpp"
#include "core/models/model.hpp"
#include "core/nn/optimiser.hpp"
#include "core/train/known_labels.hpp"
#include "core/train/schedules.hpp"

namespace latentscape {

enum class Binarise { none, fixed, dynamic };  // real-valued pixels, once at 0.5 by seed, anew each epoch
enum class Freeze { none, encoder, decoder };  // whose weights keep the values that they start with

/// More threads than any machine this is for.
inline constexpr size_t kMostThreads = 256;

struct RunConfig {
  std::string data = "strokes";
  std::string kind;       // forced data source, empty: detected
  size_t data_count = 0;  // rows of built-in data, 0: its default
  Reading reading;        // choices that a file or folder leaves: size, fit, colour, label, missing, columns left out, text, words, common
  std::string only;       // COLUMN=VALUE[,VALUE]: the rows of these classes alone, in every split; empty: all
  std::string extra;      // another set of the same shape and classes whose rows join train, their labels known; empty: none
  std::string init;       // a run or checkpoint whose weights training starts from; empty: new ones by seed
  std::optional<uint64_t> init_step;  // of its checkpoint that training began from, once it has: a repeated config begins there too
  std::string init_weights;           // and a fingerprint of those weights
  ModelConfig model;
  uint64_t seed = 1;
  std::optional<size_t> epochs;  // target, training may go on past it; not given: usual_epochs, when the data is known
  size_t batch = 128;            // min(128, n) is applied where the data is known
  double learning_rate = 1e-3;
  std::optional<double> learning_rate_encoder;  // where set, instead of learning_rate
  std::optional<double> learning_rate_decoder;
  OptimiserKind optimiser = OptimiserKind::adam;
  std::optional<double> weight_decay;  // not given: the optimiser's own (default_weight_decay); never of biases
  double momentum = 0.9;               // of sgd
  RateSchedule lr_schedule = RateSchedule::constant;
  double warmup = 0.0;  // epochs in which the learning rate rises from 0
  size_t patience = 3;  // epochs, of lr_schedule=plateau
  double beta = 1.0;
  BetaSchedule schedule = BetaSchedule::constant;  // of beta
  double schedule_epochs = 10.0;                   // of schedule=linear: until beta is reached
  double marginal_epochs = 10.0;                   // of m2: until the classifier learns in full from rows without a label
  Freeze freeze = Freeze::none;
  double clip_norm = 0.0;        // global gradient norm; 0: no clipping
  std::optional<size_t> window;  // rows that are shuffled among each other, 0: all; not given: as the data is, see batches.hpp
  Jitter jitter;                 // of images, in training alone
  Binarise binarise = Binarise::none;
  double heldout_share = 0.05;
  std::optional<LabelBudget> labels;  // of the train rows; none: all labels that are there
  bool unlabelled = true;             // false: train rows whose label is not known are left out
  size_t fold = 0;                    // cross-validation: held out is part `fold` (from 1) of `folds` of train, in place of heldout_share
  size_t folds = 0;                   // 0: no cross-validation
  size_t threads = 0;                 // 0: all cores; never changes a result
  size_t memory = 0;                  // bytes that the data may take before it is read from the disk, see DataRequest; in no file
  bool batch_given = false;           // true: a batch larger than the data is an error, not clamped
  bool likelihood_given = false;      // false: Bernoulli for images, multinomial for texts, else Gaussian, chosen when the data is known
  struct Given {
    bool samples = false, encoder = false, decoder = false;
    bool operator==(const Given&) const = default;
  } given;                      // by set_value: `objective` and `hidden`, which set them too, leave them alone; in no file
  bool variance_given = false;  // false: learned (shared) where tables get the Gaussian likelihood, chosen when the data is known
  bool operator==(const RunConfig&) const = default;
};

/// The names of the values above, in their order, as set_value and run.json have them.
inline constexpr std::array<std::string_view, 4> kLikelihoodNames = {"bernoulli", "gaussian", "categorical", "multinomial"};
inline constexpr std::array<std::string_view, 2> kMeanNames = {"linear", "sigmoid"};
inline constexpr std::array<std::string_view, 3> kVarianceNames = {"fixed", "shared", "pixel"};
inline constexpr std::array<std::string_view, 4> kObjectiveNames = {"elbo", "tcvae", "iwae", "autoencoder"};
inline constexpr std::array<std::string_view, 3> kBinariseNames = {"none", "fixed", "dynamic"};
inline constexpr std::array<std::string_view, 3> kFreezeNames = {"none", "encoder", "decoder"};
inline constexpr std::array<std::string_view, 4> kOptimiserNames = {"adam", "adamw", "sgd", "rmsprop"};
inline constexpr std::array<std::string_view, 3> kRateScheduleNames = {"constant", "cosine", "plateau"};
inline constexpr std::array<std::string_view, 3> kBetaScheduleNames = {"constant", "linear", "cyclical"};

/// One KEY=VALUE of --set; config_keys() lists the keys. Unknown keys name the nearest.
Status set_value(RunConfig& config, std::string_view key, std::string_view value);
/// Lists of sizes: hidden=400,200 makes the encoder 400,200 and the decoder 200,400; encoder and decoder are given apart, each in the
/// order of its layers (the decoder from the latent outwards); "none" means no hidden layer. On an error nothing has changed.
std::vector<std::string> config_keys();

/// Ranges, each with a sentence: latent >= 1, batch >= 1, learning rates > 0, beta >= 0, ...
Status validate(const RunConfig& config);

}  // namespace latentscape
