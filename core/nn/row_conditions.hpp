// RowConditions: what a pass through a network knows besides its numbers.
#pragma once

#include <cstdint>
#include <span>

namespace latentscape {

struct RowConditions {
  /// n class ids of a network with classes, each below their number; -1: of no class. Empty: none of any.
  std::span<const int32_t> labels;
  bool training = false;
  uint64_t seed = 0, step = 0;  // keys of dropout
};

}  // namespace latentscape
