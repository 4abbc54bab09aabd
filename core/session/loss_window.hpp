// LossWindow and SpeedMeter: the mean loss over some minibatches, and how fast they went.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/models/model.hpp"

namespace latentscape {

/// Example-weighted mean of the terms, in the order of the minibatches.
class LossWindow {
 public:
  void add(const LossTerms& terms, double gradient_norm, size_t samples) {
    const double n = static_cast<double>(samples);
    sum_.reconstruction += n * terms.reconstruction;
    sum_.kl += n * terms.kl;
    sum_.objective += n * terms.objective;
    gradient_norm_ += gradient_norm;
    samples_ += samples;
    ++minibatches_;
  }
  LossTerms mean() const {
    const double n = static_cast<double>(std::max<size_t>(1, samples_));
    return {sum_.reconstruction / n, sum_.kl / n, sum_.objective / n};
  }
  double gradient_norm() const { return gradient_norm_ / static_cast<double>(std::max<size_t>(1, minibatches_)); }
  size_t minibatches() const { return minibatches_; }

 private:
  LossTerms sum_;
  double gradient_norm_ = 0.0;
  size_t samples_ = 0;
  size_t minibatches_ = 0;
};

/// Examples a second of training time, over about the last second of it.
class SpeedMeter {
 public:
  void add(size_t samples, double seconds) {
    total_seconds_ += seconds;
    total_samples_ += samples;
    samples_ += static_cast<double>(samples);
    seconds_ += seconds;
    if (seconds_ < 1.0 && rate_ > 0.0 && settled_) return;
    if (seconds_ > 0.0) rate_ = samples_ / seconds_;
    if (seconds_ < 1.0) return;
    settled_ = true;
    samples_ = 0.0;
    seconds_ = 0.0;
  }
  double samples_per_s() const { return rate_; }
  double training_seconds() const { return total_seconds_; }
  uint64_t samples() const { return total_samples_; }  // all so far

 private:
  double total_seconds_ = 0.0;
  uint64_t total_samples_ = 0;
  double samples_ = 0.0;
  double seconds_ = 0.0;
  double rate_ = 0.0;
  bool settled_ = false;
};

}  // namespace latentscape
