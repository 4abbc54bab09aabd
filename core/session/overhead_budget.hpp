// OverheadBudget: decides when to publish and how much to refresh, so that both stay within a share of the training time.
#pragma once

#include <algorithm>

namespace latentscape {

/// Two purses, filled by training time: a quarter of the share pays for snapshots, the rest for refresh and evaluation. What must be done
/// at an epoch's end is paid afterwards, out of what would have gone to optional refreshes. All times in seconds, told by the caller.
class OverheadBudget {
 public:
  OverheadBudget(double share, double snapshots_per_s) : share_(std::max(0.0, share)), period_(1.0 / std::max(1e-3, snapshots_per_s)) {}

  void trained(double seconds) {
    snapshots_ = std::min(kMostSaved, snapshots_ + kSnapshotPart * share_ * seconds);
    refresh_ = std::min(kMostSaved, refresh_ + (1.0 - kSnapshotPart) * share_ * seconds);
  }

  /// `now` on any steady clock.
  bool snapshot_due(double now) const { return snapshots_ >= 0.0 && (!published_once_ || now - last_ >= period_); }
  void published(double now, double cost) {
    published_once_ = true;
    last_ = now;
    snapshots_ -= cost;
  }

  /// How long an optional refresh may take now; 0 or less: not yet.
  double refresh_allowance() const { return refresh_; }
  void refreshed(double cost) { refresh_ -= cost; }

 private:
  static constexpr double kSnapshotPart = 0.25;
  static constexpr double kMostSaved = 0.05;  // an idle minute must not buy a burst
  double share_;
  double period_;
  double snapshots_ = 0.0;
  double refresh_ = 0.0;
  double last_ = 0.0;
  bool published_once_ = false;
};

}  // namespace latentscape
