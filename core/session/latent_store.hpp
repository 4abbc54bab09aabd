// LatentStore: the table of posterior means, losses and ages of all points of a run; only the training worker touches it.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/session/snapshot.hpp"

namespace latentscape {

class LatentStore {
 public:
  /// Points: all rows but the test split, ascending.
  LatentStore(const Dataset& data, size_t latent);

  const std::shared_ptr<const PointSet>& points() const { return points_; }
  size_t size() const { return points_->ids.size(); }
  uint64_t changes() const { return changes_; }  // grows whenever a value or an age may have changed
  bool filled() const { return unknown_ == 0; }  // every row was computed once

  /// The means and losses that the last minibatch computed before its update.
  void absorb(const Trainer& trainer);
  /// Training went back to `step`: nothing in the table belongs to today's weights any more.
  void went_back(uint64_t step);

  /// Whose losses a refresh brings up to date beside the means; each costs a decoding.
  enum class Losses { none, heldout, all };
  /// Brings every row to today's weights, chunk by chunk; what is done when `stop` comes stays done.
  Status refresh_all(Trainer& trainer, Losses losses, std::stop_token stop);
  /// Brings the oldest rows to today's weights, at most `rows` of them, means only.
  Status refresh_oldest(Trainer& trainer, size_t rows, std::stop_token stop);

  /// A copy for others to read; ages are relative to `step`.
  std::shared_ptr<const LatentFrame> frame(uint64_t revision, uint64_t step) const;

 private:
  Status refresh_rows(Trainer& trainer, bool with_losses, std::stop_token stop);  // those of listed_
  Status encode(Trainer& trainer, bool with_losses, std::stop_token stop);        // the rows of chunk_
  void find_oldest(size_t count);

  std::shared_ptr<const PointSet> points_;
  std::vector<uint32_t> index_of_row_;  // dataset row -> index; kNone for test rows
  FloatArray means_;
  std::vector<float> losses_;
  std::vector<int64_t> mean_step_;  // whose weights made the mean; kNever: none yet
  std::vector<int64_t> loss_step_;
  size_t unknown_ = 0;
  uint64_t changes_ = 0;
  std::vector<uint32_t> oldest_;      // indices that await a refresh, the oldest last
  std::vector<uint32_t> listed_;      // indices
  std::vector<uint32_t> chunk_;       // indices
  std::vector<uint32_t> chunk_rows_;  // their dataset rows
  FloatArray chunk_means_;
  std::vector<float> chunk_losses_;
};

}  // namespace latentscape
