// Batches: the order in which an epoch visits the train rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/dataset.hpp"

namespace latentscape {

/// The seeded permutation of some rows for each epoch; depends on seed, epoch and the rows alone.
class EpochOrder {
 public:
  EpochOrder(std::vector<uint32_t> rows, uint64_t seed);
  /// The train rows of a dataset.
  EpochOrder(const Dataset& data, uint64_t seed);

  size_t rows() const { return rows_.size(); }
  /// Row ids in the order of epoch e (0 is the first); kept until another epoch is asked for.
  std::span<const uint32_t> order(uint64_t epoch);

 private:
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> order_;
  uint64_t seed_ = 0;
  uint64_t epoch_ = 0;
  bool ready_ = false;
};

}  // namespace latentscape
