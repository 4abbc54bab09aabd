// UMAP: one epoch a call, warm-started when its points move.
// McInnes, Healy & Melville, "UMAP: uniform manifold approximation and projection", 2018.
#include <algorithm>
#include <cmath>

#include "core/base/rows.hpp"
#include "core/neighbours/packed_points.hpp"
#include "core/projection/fuzzy_graph.hpp"
#include "core/projection/principal_start.hpp"
#include "core/projection/projection.hpp"
#include "core/projection/space_order.hpp"
#include "core/projection/umap_curve.hpp"
#include "core/projection/umap_layout.hpp"

namespace latentscape {
namespace {

constexpr double kStartDeviation = 4.0;  // of the first axis
constexpr float kFollowRate = 0.015f;    // of a map that follows its points, falling
constexpr float kChangeRate = 0.12f;     // of one whose settings changed, falling
constexpr size_t kRenumberAt = 20;       // epoch
constexpr size_t kTile = 4096;

class UmapProjection final : public Projection {
 public:
  explicit UmapProjection(const ProjectionConfig& config) : config_(config), curve_(umap_curve(config.min_dist)), epochs_(config.epochs) {}

  Status set_points(FloatView points, ComputePool& pool, std::stop_token stop) override {
    LS_CHECK(check_neighbours(config_.neighbours, points.rows));
    LS_CHECK(check_finite(points, "umap"));
    const bool warm = points.rows == shown_.rows;
    FloatArray start;
    std::vector<uint32_t> order = order_;
    if (!warm) {
      LS_TRY(start, start_of(points, pool, stop));
      order = space_order(start, pool);
    }
    const GraphConfig search{config_.neighbours, config_.metric, config_.seed};
    LS_TRY(NeighbourGraph nearest, neighbours_again(rows_of(points, order), warm ? &layout_.graph() : nullptr, k_, search, pool, stop));
    LS_TRY(SparseGraph graph, fuzzy_graph(std::move(nearest), pool, stop));
    if (warm) {
      go_on(kFollowRate);
    } else {
      y_ = rows_of(start, order);
      shown_ = std::move(start);
      order_ = std::move(order);
      epoch_ = followed_from_ = 0;
      epochs_ = config_.epochs;
    }
    layout_.set_graph(std::move(graph));
    k_ = search.k;
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
    const bool other_neighbours = config.neighbours != before.neighbours || config.metric != before.metric;
    if (other_neighbours) {
      if (Status taken = set_points(points, pool, stop); !taken.ok()) {
        config_ = before;
        return taken;
      }
    }
    if (config.epochs != before.epochs) epochs_ = std::max(config.epochs, epoch_);
    if (config.min_dist != before.min_dist) curve_ = umap_curve(config.min_dist);
    if (other_neighbours || config.min_dist != before.min_dist) go_on(kChangeRate);
    return {};
  }

  Result<bool> advance(ComputePool& pool, std::stop_token stop) override {
    if (epoch_ >= epochs_) return false;
    if (epoch_ == kRenumberAt) renumber(pool);
    moved_ = y_;
    if (!layout_.run({epoch_, rate(), config_.seed}, curve_, moved_, pool, stop))
      return fail(ErrorCode::cancelled, "umap: stopped at epoch {}", epoch_);
    y_.values.swap(moved_.values);
    for_tiles(pool, y_.rows, kTile, [&](size_t begin, size_t end) {
      for (size_t r = begin; r < end; ++r) std::copy_n(y_.row_data(r), 2, shown_.row_data(order_[r]));
    });
    ++epoch_;
    return epoch_ < epochs_;
  }

  const FloatArray& positions() const override { return shown_; }
  size_t iteration() const override { return epoch_; }
  size_t iterations() const override { return epochs_; }

 private:
  void go_on(float rate) {
    followed_from_ = epoch_;
    follow_rate_ = rate;
    epochs_ = std::max(epochs_, epoch_ + config_.follow_iterations);
  }

  /// Falls from 1 to 0 over the first run; a map that follows takes small steps.
  float rate() const {
    const auto left = [](size_t at, size_t from, size_t to) {
      return at < to ? 1.0f - static_cast<float>(at - from) / static_cast<float>(to - from) : 0.0f;
    };
    const float first = left(epoch_, 0, config_.epochs);
    return followed_from_ == 0 ? first : std::max(first, follow_rate_ * left(epoch_, followed_from_, epochs_));
  }

  /// Neighbours on the map are neighbours in memory again.
  void renumber(ComputePool& pool) {
    const std::vector<uint32_t> order = space_order(y_, pool);
    layout_.set_graph(renumbered(layout_.graph(), order, pool));
    y_ = rows_of(y_, order);
    order_ = in_order(order_, order);
  }

  ProjectionConfig config_;
  UmapCurve curve_;
  UmapLayout layout_;            // rows as order_
  size_t k_ = 0;                 // neighbours that its graph was made of: no row has fewer partners
  std::vector<uint32_t> order_;  // the point in row r
  FloatArray y_, moved_;         // n x 2, rows as order_; the next y_
  FloatArray shown_;             // positions in the order of the points
  size_t epoch_ = 0;
  size_t epochs_ = 0;
  size_t followed_from_ = 0;  // the epoch of the last warm start or change of settings; 0: none
  float follow_rate_ = kFollowRate;
};

}  // namespace

void register_projection_umap(Registry<ProjectionMethod>& registry);
void register_projection_umap(Registry<ProjectionMethod>& registry) {
  registry.add({"umap", "keeps neighbours together and groups apart, in fewer steps than t-SNE", 0,
                [](const ProjectionConfig& config) -> Result<std::unique_ptr<Projection>> {
                  return std::unique_ptr<Projection>(new UmapProjection(config));
                }});
}

}  // namespace latentscape
