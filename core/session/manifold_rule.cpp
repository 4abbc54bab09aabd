#include "core/session/manifold_rule.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include "core/base/rows.hpp"
#include "core/neighbours/exact.hpp"
#include "core/projection/projection.hpp"

namespace latentscape {

namespace {

constexpr size_t kMostQueries = 2000;
constexpr size_t kFewestQueries = 200;
constexpr double kWork = 5e8;  // differences: about a tenth of a second on one core
constexpr double kQuantile = 0.99;
constexpr double kSecondsBetween = 0.5;
constexpr int kBehind = 4;

}  // namespace

double manifold_radius(const LatentFrame& frame, ComputePool& pool, std::stop_token stop) {
  const FloatArray& means = frame.means;
  if (means.rows < 2) return 0.0;
  const double affordable = kWork / (static_cast<double>(means.rows) * static_cast<double>(means.cols));
  const auto count = static_cast<size_t>(std::clamp(affordable, double{kFewestQueries}, double{kMostQueries}));
  const auto chosen = subset_of(means.rows, count, 1);
  // The nearest is the point itself (or a duplicate at the same distance, 0); the second is its nearest neighbour.
  auto lists = exact_neighbours(means, rows_of(means, chosen), 2, pool, stop);
  if (!lists.ok()) return 0.0;
  std::vector<float> nearest(chosen.size());
  for (size_t i = 0; i < nearest.size(); ++i) nearest[i] = lists->squared_distances(i, 1);
  const auto rank = static_cast<std::ptrdiff_t>(std::ceil(kQuantile * static_cast<double>(nearest.size()))) - 1;
  std::nth_element(nearest.begin(), nearest.begin() + rank, nearest.end());
  return std::sqrt(static_cast<double>(nearest[static_cast<size_t>(rank)]));
}

ManifoldRule::ManifoldRule()
    : follower_(
          [pool = std::make_shared<ComputePool>(1)](const std::shared_ptr<const LatentFrame>& frame, std::stop_token stop) {
            try {
              return std::make_shared<const Radius>(Radius{frame->points.get(), frame->revision, manifold_radius(*frame, *pool, stop)});
            } catch (const std::bad_alloc&) {
              return std::shared_ptr<const Radius>();  // the radius stays an older one
            }
          },
          kBehind) {}

double ManifoldRule::radius(const std::shared_ptr<const LatentFrame>& frame, ComputePool& pool, std::stop_token stop) {
  if (auto newer = follower_.latest(); newer && newer->points == frame->points.get() && newer->revision > known_.revision) known_ = *newer;
  if (known_.points != frame->points.get()) {
    known_ = {frame->points.get(), frame->revision, manifold_radius(*frame, pool, stop)};
    asked_ = Clock::now();
  } else if (known_.revision != frame->revision && seconds_since(asked_) >= kSecondsBetween) {
    asked_ = Clock::now();
    follower_.request(frame);
  }
  return known_.value;
}

}  // namespace latentscape
