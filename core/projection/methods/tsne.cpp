// t-SNE: one iteration a call, warm-started when its points move. Few points repel each other exactly, many by a field.
// Schedule: Belkina et al., "Automated optimized parameters for t-SNE", 2019; start from PCA: Kobak & Berens, 2019.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/rows.hpp"
#include "core/neighbours/packed_points.hpp"
#include "core/projection/principal_start.hpp"
#include "core/projection/projection.hpp"
#include "core/projection/space_order.hpp"
#include "core/projection/tsne_forces.hpp"

namespace latentscape {
namespace {

constexpr size_t kMostPairs = 1000;  // points that repel each other exactly: it costs little there
constexpr size_t kEarly = 250;       // iterations with exaggeration and the low momentum
// A map that followed points far has groups in the wrong places, and no small step moves a group. Once points rest, where taking them up
// has raised the divergence by more than this share of it in all, the map draws together (by kDrawn) and unfolds once more: the early phase
// for kEarlyAgain iterations, then as many as a map made anew has after its own. After a late epoch on MNIST it is a fiftieth, and
// following alone ends 0.5 % above a cold run; behind noise that raised it by 0.08, 0.19 and 0.5 that was 0.4, 0.9 and 1.3 %. On 3,000
// points of MNIST behind noise of 0.3 to 1.0 standard deviations, then without it, it was 2 to 46 %, and with unfolding 0.5 %.
constexpr double kUnsettled = 0.1;
constexpr float kDrawn = 0.1f;
constexpr size_t kEarlyAgain = 100, kLeastLateAgain = 300;
constexpr float kEarlyMomentum = 0.5f, kMomentum = 0.8f;
constexpr double kStartDeviation = 1e-4;  // of the first axis of the start
constexpr float kMinGain = 0.01f;
constexpr size_t kFade = 20;                             // iterations in which old affinities give way to new ones
constexpr size_t kFine = 100;                            // last iterations, on a finer grid
constexpr float kStep = 0.42045f, kFineStep = 0.29731f;  // of the grid: two rungs of its ladder
constexpr size_t kDivergenceEvery = 50;                  // iterations
constexpr size_t kTile = 4096;

class TsneProjection final : public Projection {
 public:
  explicit TsneProjection(const ProjectionConfig& config) : config_(config), iterations_(config.iterations) {}

  Status set_points(FloatView points, ComputePool& pool, std::stop_token stop) override {
    if (points.rows < 4) return fail(ErrorCode::invalid_argument, "tsne: {} points, expected at least 4", points.rows);
    LS_CHECK(check_finite(points, "tsne"));
    LS_TRY(const size_t k, tsne_neighbours(points.rows, config_.perplexity));
    const bool warm = points.rows == shown_.rows;
    FloatArray start;
    std::vector<uint32_t> order = order_;
    if (!warm) {
      LS_TRY(start, start_of(points, pool, stop));
      order = space_order(start, pool);
    }
    const GraphConfig search{k, config_.metric, config_.seed};
    LS_TRY(NeighbourGraph graph, neighbours_again(rows_of(points, order), warm ? &affinities_ : nullptr, k_, search, pool, stop));
    LS_TRY(Affinities affinities, tsne_affinities(std::move(graph), config_.perplexity, pool, stop));
    if (warm) {
      // Positions, velocities and gains live on; where the early phase is over, it does not come back at once.
      iterations_ = std::max(iterations_, iteration_ + config_.follow_iterations);
      unsettled_ += rise(affinities, pool);
      fading_ = std::move(affinities_);
      faded_ = 0;
    } else {
      begin(std::move(start), std::move(order));
    }
    affinities_ = std::move(affinities);
    k_ = k;
    return {};
  }

  Result<FloatArray> start_of(FloatView points, ComputePool& pool, std::stop_token stop) const override {
    if (config_.start) return given_start(*config_.start, points.rows, kStartDeviation, config_.seed, pool);
    FloatArray room;
    return principal_start(seen_by(config_.metric, points, room), kStartDeviation, config_.seed, pool, stop);
  }

  Status configure(const ProjectionConfig& config, FloatView points, ComputePool& pool, std::stop_token stop) override {
    const ProjectionConfig before = config_;
    config_ = config;
    if (config.perplexity != before.perplexity || config.metric != before.metric) {
      if (Status taken = set_points(points, pool, stop); !taken.ok()) {
        config_ = before;
        return taken;
      }
      if (iteration_ >= early_until_) unsettled_ = 1.0;  // divergences of other perplexities do not compare
    }
    // Another length counts from the layout's beginning; other forces need some iterations to show.
    if (config.iterations != before.iterations) iterations_ = std::max(config.iterations, iteration_);
    if (config.exaggeration != before.exaggeration || config.late_exaggeration != before.late_exaggeration)
      iterations_ = std::max(iterations_, iteration_ + config.follow_iterations);
    return {};
  }

  Result<bool> advance(ComputePool& pool, std::stop_token stop) override {
    if (iteration_ >= iterations_) {
      if (unsettled_ <= kUnsettled) return false;
      unfold_again();
    }
    if (iteration_ == early_until_) renumber(pool);
    const bool exact = y_.rows <= kMostPairs, fine = iterations_ - iteration_ <= kFine;
    const float exaggeration = static_cast<float>(iteration_ < early_until_ ? config_.exaggeration : config_.late_exaggeration);
    const float fresh = static_cast<float>(faded_ + 1) / static_cast<float>(kFade + 1);
    const std::array<TsneAttraction, 2> both{
        {{&affinities_, faded_ < kFade ? exaggeration * fresh : exaggeration}, {&fading_, exaggeration * (1.0f - fresh)}}};
    const std::span<const TsneAttraction> attractions(both.data(), faded_ < kFade ? 2 : 1);
    if (!forces_.gradient(attractions, y_, {exact, fine ? kFineStep : kStep}, pool, stop, gradient_))
      return fail(ErrorCode::cancelled, "tsne: stopped at iteration {}", iteration_);
    if (iteration_ % kDivergenceEvery == 0 || iteration_ + 1 == iterations_)
      divergence_ = tsne_divergence(affinities_, y_, forces_.weights(), pool);
    if (!move(iteration_ < early_until_ ? kEarlyMomentum : kMomentum, exaggeration, pool))
      return fail(ErrorCode::non_finite, "tsne: positions are not finite after iteration {}", iteration_);
    if (faded_ < kFade && ++faded_ == kFade) fading_ = {};
    ++iteration_;
    return iteration_ < iterations_ || unsettled_ > kUnsettled;
  }

  const FloatArray& positions() const override { return shown_; }
  size_t iteration() const override { return iteration_; }
  size_t iterations() const override { return iterations_; }
  double kl() const override { return divergence_; }
  Result<double> exact_kl(ComputePool& pool, std::stop_token stop) const override { return tsne_divergence(affinities_, y_, pool, stop); }

 private:
  void begin(FloatArray start, std::vector<uint32_t> order) {
    const size_t n = start.rows;
    order_ = std::move(order);
    y_ = rows_of(start, order_);
    shown_ = std::move(start);
    velocity_ = FloatArray(n, 2, 0.0f);
    gains_ = FloatArray(n, 2, 1.0f);
    fading_ = {};
    faded_ = kFade;
    iteration_ = 0;
    early_until_ = kEarly;
    iterations_ = config_.iterations;
    unsettled_ = 0.0;
    divergence_ = 0.0;
  }

  /// By which share of it new affinities raise the divergence of the places that points have. The sum of weights is that of the last
  /// iteration's places: near enough for a difference. None before the first groups.
  double rise(const Affinities& fresh, ComputePool& pool) {
    if (iteration_ < early_until_) return 0.0;
    const double before = tsne_divergence(affinities_, y_, forces_.weights(), pool);
    const double after = tsne_divergence(fresh, y_, forces_.weights(), pool);
    return std::max(0.0, after - before) / std::max(before, 1e-3);
  }

  void unfold_again() {
    for (float& v : y_.values) v *= kDrawn;
    velocity_ = FloatArray(y_.rows, 2, 0.0f);
    gains_ = FloatArray(y_.rows, 2, 1.0f);
    early_until_ = iteration_ + kEarlyAgain;
    iterations_ = early_until_ + std::max(kLeastLateAgain, config_.iterations - std::min(config_.iterations, kEarly));
    unsettled_ = 0.0;
  }

  /// Neighbours on the map are neighbours in memory again.
  void renumber(ComputePool& pool) {
    const std::vector<uint32_t> order = space_order(y_, pool);
    affinities_ = renumbered(std::move(affinities_), order, pool);
    if (faded_ < kFade) fading_ = renumbered(std::move(fading_), order, pool);
    for (FloatArray* rows : {&y_, &velocity_, &gains_}) *rows = rows_of(*rows, order);
    order_ = in_order(order_, order);
  }

  /// Gradient descent with momentum and a gain a coordinate (Jacobs 1988): up where the gradient keeps pushing the way that the point
  /// moves. The rate is n / exaggeration, as large as is stable (Linderman & Steinerberger, "Clustering with t-SNE, provably", 2019). The
  /// middle of the map stays where it is. False: a position is not finite.
  bool move(float momentum, float exaggeration, ComputePool& pool) {
    const size_t n = y_.rows;
    const float rate = std::max(static_cast<float>(n) / exaggeration, 50.0f);
    sums_.assign((n + kTile - 1) / kTile, {});
    for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
      std::array<double, 2> sum{};
      for (size_t c = 2 * begin; c < 2 * end; ++c) {
        const float g = gradient_.values[c];
        float& v = velocity_.values[c];
        float& gain = gains_.values[c];
        gain = (g > 0.0f) == (v > 0.0f) ? std::max(gain * 0.8f, kMinGain) : gain + 0.2f;
        v = momentum * v - rate * gain * g;
        y_.values[c] += v;
        sum[c % 2] += static_cast<double>(y_.values[c]);
      }
      sums_[begin / kTile] = sum;
    });
    std::array<double, 2> sum{};
    for (const auto& s : sums_)
      for (size_t axis = 0; axis < 2; ++axis) sum[axis] += s[axis];
    if (!std::isfinite(sum[0]) || !std::isfinite(sum[1])) return false;
    const float mean[2] = {static_cast<float>(sum[0] / static_cast<double>(n)), static_cast<float>(sum[1] / static_cast<double>(n))};
    for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
      for (size_t r = begin; r < end; ++r)
        for (size_t axis = 0; axis < 2; ++axis) shown_(order_[r], axis) = y_(r, axis) -= mean[axis];
    });
    return true;
  }

  ProjectionConfig config_;
  Affinities affinities_, fading_;  // rows as order_; those before, while the new ones come in
  size_t k_ = 0;                    // neighbours that they were made of: no row has fewer partners
  size_t faded_ = kFade;
  TsneForces forces_;
  std::vector<uint32_t> order_;                 // the point in row r
  FloatArray y_, velocity_, gains_, gradient_;  // n x 2, rows as order_
  FloatArray shown_;                            // positions in the order of the points
  std::vector<std::array<double, 2>> sums_;
  size_t iteration_ = 0;
  size_t early_until_ = kEarly;
  size_t iterations_ = 0;
  double unsettled_ = 0.0;
  double divergence_ = 0.0;
};

}  // namespace

void register_projection_tsne(Registry<ProjectionMethod>& registry);
void register_projection_tsne(Registry<ProjectionMethod>& registry) {
  registry.add({"tsne", "keeps neighbours together; distances between groups mean little", 0,
                [](const ProjectionConfig& config) -> Result<std::unique_ptr<Projection>> {
                  return std::unique_ptr<Projection>(new TsneProjection(config));
                }});
}

}  // namespace latentscape
