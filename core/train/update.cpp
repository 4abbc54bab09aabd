#include "core/train/update.hpp"

namespace latentscape {

Update::Update(const RunConfig& config, const ModelF& model) {
  options_.kind = config.optimiser;
  options_.momentum = config.momentum;
  const double decay = config.weight_decay.value_or(default_weight_decay(config.optimiser));
  for (const ParameterBlock& block : model.blocks()) {
    if (config.freeze == (block.of_encoder ? Freeze::encoder : Freeze::decoder)) continue;
    const auto& rate = block.of_encoder ? config.learning_rate_encoder : config.learning_rate_decoder;
    const bool bias = block.shape.size() < 2;  // a decay would pull the function towards 0 and not make it smoother
    const RateRange own = {block.offset, block.offset + block.size, rate.value_or(config.learning_rate), bias ? 0.0 : decay};
    if (!base_.empty() && base_.back().end == own.begin && base_.back().rate == own.rate && base_.back().decay == own.decay)
      base_.back().end = own.end;
    else
      base_.push_back(own);
  }
  ranges_ = base_;
}

std::span<const float> Update::learning(std::span<const float> gradients) const {
  return gradients.subspan(base_.front().begin, base_.back().end - base_.front().begin);
}

OptimiserStep<float> Update::step_at(double rate_scale, std::span<float> parameters, std::span<float> first, std::span<float> second,
                                     uint64_t t, double gradient_scale) {
  for (size_t i = 0; i < base_.size(); ++i) ranges_[i].rate = base_[i].rate * rate_scale;
  return OptimiserStep<float>(options_, ranges_, parameters, first, second, t, gradient_scale);
}

void Update::step(ComputePool& pool, double rate_scale, std::span<float> parameters, std::span<const float> gradients,
                  std::span<float> first, std::span<float> second, uint64_t t, double gradient_scale) {
  step_at(rate_scale, parameters, first, second, t, gradient_scale).run(pool, base_.front().begin, learning(gradients));
}

EarlyUpdate<float>& Update::early(double rate_scale, std::span<float> parameters, std::span<float> gradients, std::span<float> first,
                                  std::span<float> second, uint64_t t) {
  early_.begin(step_at(rate_scale, parameters, first, second, t, 1.0), gradients);
  return early_;
}

}  // namespace latentscape
