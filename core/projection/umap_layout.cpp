#include "core/projection/umap_layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "core/base/rng.hpp"
#include "core/neighbours/lanes.hpp"

namespace latentscape {
namespace {

constexpr size_t kTurns = 8;
constexpr size_t kTile = 256;       // points a task
constexpr size_t kGroup = 6;        // an edge's targets: its other end and five random points
constexpr float kMostForce = 4.0f;  // a coordinate
constexpr float kNearest = 0.001f;  // added to squared distances that push
constexpr uint64_t kFirstStep = 2;  // of the random numbers; earlier steps are the start's

/// Which targets pull, by their place modulo the table's size: the first of each group.
constexpr auto kPulls = [] {
  std::array<int, 48> pulls{};
  for (size_t i = 0; i < pulls.size(); i += kGroup) pulls[i] = -1;
  return pulls;
}();
static_assert(kPulls.size() % kGroup == 0 && kPulls.size() % kLanes == 0);

/// The gradients of the two cross entropies, pull x (d^2)^b / (d^2 (1 + a (d^2)^b)) and push / ((0.001 + d^2) (1 + a (d^2)^b)).
struct Gradients {
  float a, b, pull, push;
  // An edge pulls twice as it falls due: this end as its head, and as its tail.
  explicit Gradients(const UmapCurve& c)
      : a(static_cast<float>(c.a)),
        b(static_cast<float>(c.b)),
        pull(static_cast<float>(-4.0 * c.a * c.b)),
        push(static_cast<float>(2.0 * c.b)) {}
};

/// Adds what kLanes targets do to point `own`, now at (x, y), in steps of `rate`. It does nothing to itself.
void meet(const float* positions, const uint32_t* targets, const int* pulling, uint32_t own, float rate, const Gradients& g, float& x,
          float& y) {
  LaneMask ids, pulls;
  std::memcpy(&ids, targets, sizeof ids);
  std::memcpy(&pulls, pulling, sizeof pulls);
  Lanes to_x, to_y;
  gather_pairs(positions, targets, to_x, to_y);
  const Lanes dx = x - to_x, dy = y - to_y, sum = dx * dx + dy * dy, square = choose_lanes(sum < 1e-12f, fill_lanes(1e-12f), sum);
  const Lanes power = exp_lanes(log_lanes(square) * g.b);
  const Lanes above = choose_lanes(pulls, power * g.pull, fill_lanes(g.push));
  const Lanes below = (power * g.a + 1.0f) * choose_lanes(pulls, square, square + kNearest);
  const Lanes factor = choose_lanes(ids != static_cast<int>(own), above / below, Lanes{}), most = fill_lanes(kMostForce);
  Lanes force[2] = {factor * dx, factor * dy};
  for (Lanes& f : force) {
    f = choose_lanes(f > most, most, f);
    f = choose_lanes(f < -most, -most, f);
  }
  x += rate * add_lanes(force[0]);
  y += rate * add_lanes(force[1]);
}

}  // namespace

void UmapLayout::set_graph(SparseGraph graph) {
  graph_ = std::move(graph);
  float most = 0.0f;
  for (const float w : graph_.values) most = std::max(most, w);
  shares_.resize(graph_.values.size());
  for (size_t e = 0; e < shares_.size(); ++e) {
    const double share = static_cast<double>(graph_.values[e]) / static_cast<double>(most);
    shares_[e] = static_cast<uint32_t>(std::min(0x1p32 * share, 0x1p32 - 1.0));
  }
}

void UmapLayout::find_targets(size_t i, const UmapEpoch& epoch, std::vector<uint32_t>& targets) const {
  const size_t first = graph_.start[i], degree = graph_.start[i + 1] - first;
  const uint32_t own = static_cast<uint32_t>(i), time = static_cast<uint32_t>(epoch.epoch + 1);
  targets.resize(degree);
  size_t due = 0;
  for (size_t e = first; e < first + degree; ++e) {
    targets[due] = graph_.columns[e];
    due += shares_[e] * time < shares_[e] ? 1 : 0;  // modulo 2^32: the sum of shares has just wrapped round
  }
  targets.resize(padded_to_lanes(due * kGroup));
  Rng rng(epoch.seed, RngStream::project, kFirstStep + epoch.epoch, own);
  for (size_t g = due; g-- > 0;) {  // from the back, so that ends not yet moved are not written over
    targets[g * kGroup] = targets[g];
    for (size_t o = 1; o < kGroup; ++o) targets[g * kGroup + o] = static_cast<uint32_t>((uint64_t{rng.bits()} * graph_.n) >> 32);
  }
  std::fill(targets.begin() + static_cast<std::ptrdiff_t>(due * kGroup), targets.end(), own);
}

bool UmapLayout::run(const UmapEpoch& epoch, const UmapCurve& curve, FloatArray& positions, ComputePool& pool,
                     const std::stop_token& stop) {
  const size_t n = positions.rows;
  const Gradients gradients(curve);
  next_ = positions;
  for (size_t turn = 0; turn < std::min(kTurns, n); ++turn) {
    const size_t members = (n - turn + kTurns - 1) / kTurns;
    for_tiles(pool, members, kTile, [&](size_t begin, size_t end) {
      std::vector<uint32_t> targets;
      for (size_t m = begin; m < end && !stop.stop_requested(); ++m) {
        const size_t i = m * kTurns + turn;
        find_targets(i, epoch, targets);
        float x = positions(i, 0), y = positions(i, 1);
        for (size_t t = 0; t < targets.size(); t += kLanes)
          meet(positions.values.data(), targets.data() + t, kPulls.data() + t % kPulls.size(), static_cast<uint32_t>(i), epoch.rate,
               gradients, x, y);
        next_(i, 0) = x;
        next_(i, 1) = y;
      }
    });
    if (stop.stop_requested()) return false;
    for (size_t i = turn; i < n; i += kTurns) std::copy_n(next_.row_data(i), 2, positions.row_data(i));
  }
  return true;
}

}  // namespace latentscape
