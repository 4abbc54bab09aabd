// Update: which parameters learn, at which rate and with which weight decay, and a step of the optimiser on them.
#pragma once

#include <span>
#include <vector>

#include "core/models/model.hpp"
#include "core/nn/early_update.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

class Update {
 public:
  Update() = default;
  Update(const RunConfig& config, const ModelF& model);

  /// The part of a gradient that is not frozen; one piece, as a model's encoder and decoder are.
  std::span<const float> learning(std::span<const float> gradients) const;

  /// The config's learning rates times `rate_scale`; t counts from 1. What is frozen is not touched. All spans hold the whole model.
  void step(ComputePool& pool, double rate_scale, std::span<float> parameters, std::span<const float> gradients, std::span<float> first,
            std::span<float> second, uint64_t t, double gradient_scale);
  /// The same for a pass that is to come, without clipping.
  EarlyUpdate<float>& early(double rate_scale, std::span<float> parameters, std::span<float> gradients, std::span<float> first,
                            std::span<float> second, uint64_t t);

 private:
  OptimiserStep<float> step_at(double rate_scale, std::span<float> parameters, std::span<float> first, std::span<float> second, uint64_t t,
                               double gradient_scale);

  OptimiserOptions options_;
  std::vector<RateRange> base_;    // in order, neighbours that learn alike in one
  std::vector<RateRange> ranges_;  // the same at the rates of a step
  EarlyUpdate<float> early_;
};

}  // namespace latentscape
