// An update that does not wait for the whole gradient: dense layers hand over that of their weights a few rows at a time, while it is in
// cache, and it never goes to memory. The same bits as with the whole one, but its norm is known only at the end: no clipping.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/nn/optimiser.hpp"

namespace latentscape {

template <class S>
class EarlyUpdate {
 public:
  /// The step must have a gradient_scale of 1. `gradients`: of all parameters, where a pass writes what nobody hands over. Memory is
  /// reused.
  void begin(const OptimiserStep<S>& step, std::span<S> gradients);

  /// Does any of this piece of the gradients learn?
  bool learns(std::span<const S> own) const;
  /// That this piece will be handed over, in so many parts; the number of the first. Parts may come at once, on any thread.
  size_t claim(std::span<const S> own, size_t parts);
  /// A stretch of a part: it would have lain at `place` in the gradients. Its parameters must not be needed any more by this pass.
  void take(size_t part, const S* place, std::span<const S> gradient);

  /// After the pass: what nobody has handed over. The norm of all that learns.
  double finish(ComputePool& pool);

 private:
  size_t offset(const S* place) const { return static_cast<size_t>(place - gradients_.data()); }

  OptimiserStep<S> step_;
  std::span<S> gradients_;
  std::vector<std::pair<size_t, size_t>> claimed_;  // [begin, end)
  std::vector<double> squares_;                     // of each part
  std::vector<double> partials_;
};

}  // namespace latentscape
