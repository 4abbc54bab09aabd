// TrainingMemory: what the networks of a model would take to train, so that one too large is refused before anything is allocated.
#pragma once

#include "core/base/result.hpp"
#include "core/nn/network.hpp"

namespace latentscape {

class TrainingMemory {
 public:
  /// A network that sees each example of a batch `times` over.
  void add(const Network& network, size_t times);
  /// Error: more than half of this machine's memory, for numbers of `scalar_bytes`.
  Status check(size_t scalar_bytes) const;

 private:
  double parameters_ = 0.0;
  double working_ = 0.0;
};

}  // namespace latentscape
