// Anomaly score: how badly a model takes an example, whatever the example's own randomness.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/models/model.hpp"

namespace latentscape {

inline constexpr size_t kAnomalySamples = 10;  // of z

/// Nats, one a row.
struct AnomalyScores {
  std::vector<double> score;           // reconstruction + kl - entropy: the higher, the stranger
  std::vector<double> reconstruction;  // -log p(x|z), the average of the samples of z
  std::vector<double> kl;
  std::vector<double> entropy;  // Bernoulli likelihood: of the pixels as probabilities, the least that reconstruction can be; else 0
};

/// Negative ELBO alone ranks real-valued images by ink, since grey pixels cost even a perfect model their entropy; that is taken off.
/// x: n x width; ids: n, key the noise together with the seed, so a row's score depends on no other row. Errors: samples = 0, no rows, as
/// many ids as rows expected, a width that is not the model's, a score that is not finite, cancelled by `stop` (polled a sample and 256
/// rows).
Result<AnomalyScores> anomaly_scores(const ModelF& model, std::span<const float> parameters, const LabelledRows<float>& examples,
                                     std::span<const uint32_t> ids, size_t samples, uint64_t seed, ComputePool& pool,
                                     std::stop_token stop = {});

}  // namespace latentscape
