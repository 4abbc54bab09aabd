// RunConfig: everything a run is made from; the same RunConfig and data give the same run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/models/model.hpp"

namespace latentscape {

enum class Binarise { none, fixed, dynamic };  // real-valued pixels, once at 0.5 by seed, anew each epoch

/// More threads than any machine this is for.
inline constexpr size_t kMostThreads = 256;

struct RunConfig {
  std::string data = "strokes";
  std::string kind;       // forced data source, empty: detected
  size_t data_count = 0;  // rows of built-in data, 0: its default
  ModelConfig model;
  uint64_t seed = 1;
  size_t epochs = 30;  // target; training may go on past it
  size_t batch = 128;  // min(128, n) is applied where the data is known
  double learning_rate = 1e-3;
  std::optional<double> learning_rate_encoder;  // where set, instead of learning_rate
  std::optional<double> learning_rate_decoder;
  double beta = 1.0;
  double clip_norm = 0.0;  // global gradient norm; 0: no clipping
  Binarise binarise = Binarise::none;
  double heldout_share = 0.05;
  size_t fold = 0;                // cross-validation: held out is part `fold` (from 1) of `folds` of train, in place of heldout_share
  size_t folds = 0;               // 0: no cross-validation
  size_t threads = 0;             // 0: all cores; never changes a result
  bool batch_given = false;       // true: a batch larger than the data is an error, not clamped
  bool likelihood_given = false;  // false: Bernoulli for images, Gaussian for other numbers, chosen when the data is known
  bool operator==(const RunConfig&) const = default;
};

/// One KEY=VALUE of --set. Keys: hidden, encoder, decoder, latent, likelihood, mean, sigma, binarise, beta, lr, lr_encoder, lr_decoder,
/// batch, epochs, clip, seed, heldout, count. Unknown keys name the nearest.
Status set_value(RunConfig& config, std::string_view key, std::string_view value);
/// Lists of sizes: hidden=400,200 makes the encoder 400,200 and the decoder 200,400; encoder and decoder are given apart, each in the
/// order of its layers (the decoder from the latent outwards); "none" means no hidden layer. On an error nothing has changed.
std::vector<std::string> config_keys();

/// Ranges, each with a sentence: latent >= 1, batch >= 1, learning rates > 0, beta >= 0, ...
Status validate(const RunConfig& config);

}  // namespace latentscape
