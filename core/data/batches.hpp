// Batches: the order in which an epoch visits the train rows.
//
// Rows in memory are shuffled all among each other. Rows on the disk are read near each other, or most of the time would go into waiting
// for single rows: all rows are cut into blocks of neighbours, the blocks are shuffled, and the rows of kWindowBlocks of them, a window,
// are shuffled among each other before the next window begins. So the disk sees long reads, one window ahead of time, and each minibatch
// still draws from kWindowBlocks random places of the data. That is enough even where a file is sorted by class: the share of a class in a
// window deviates from that in all rows by sqrt(p (1 - p) / 256), at most 3 %, less than it does in a minibatch of 128 rows from a whole
// shuffle, 4.4 %; and the windows are others in each epoch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/dataset.hpp"

namespace latentscape {

inline constexpr size_t kWindowBlocks = 256;

/// Of mapped data: these rows will be read soon. Neighbours, and what lies between rows that are hardly apart, are one read.
void read_ahead(const Dataset& data, std::span<const uint32_t> rows);

/// The seeded order of some rows for each epoch; depends on seed, epoch, the rows and the window alone.
class EpochOrder {
 public:
  /// `window`: rows that are shuffled among each other; 0, or no fewer than there are: all.
  EpochOrder(std::vector<uint32_t> rows, uint64_t seed, size_t window = 0);
  /// The train rows of a dataset.
  EpochOrder(const Dataset& data, uint64_t seed, size_t window = 0);

  size_t rows() const { return rows_.size(); }
  /// Row ids in the order of epoch e (0 is the first); kept until another epoch is asked for.
  std::span<const uint32_t> order(uint64_t epoch);
  /// n rows from `position` of the epoch asked for last are read now: lets the disk begin with as many of the window that follows, and at
  /// the epoch's beginning with the first window.
  void read_ahead(const Dataset& data, size_t position, size_t n) const;

 private:
  void shuffle_windows(uint64_t epoch);

  std::vector<uint32_t> rows_;
  std::vector<uint32_t> order_;
  std::vector<uint32_t> blocks_;  // the rows of all windows as they lie in the blocks; empty: one window
  uint64_t seed_ = 0;
  size_t window_ = 0;
  uint64_t epoch_ = 0;
  bool ready_ = false;
};

}  // namespace latentscape
