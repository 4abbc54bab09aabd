#include "core/session/map_workers.hpp"

#include <algorithm>

#include "core/base/clock.hpp"
#include "core/base/rows.hpp"
#include "core/metrics/knn.hpp"
#include "core/session/no_memory.hpp"

namespace latentscape {
namespace {

constexpr int kBehindTheMap = 8, kBehindTheProbe = 2;  // steps of priority

FloatArray latents_of(const ProjectionFrame& frame) { return rows_of(frame.latents->means, frame.shown); }

/// Answers about one map after the other. Neighbours in latent space are kept while the latents stay.
class Judge {
 public:
  std::shared_ptr<const MapJudgement> answer(const JudgeRequest& request, const std::stop_token& stop) {
    const double begun = thread_cpu_seconds();
    auto judgement = std::make_shared<MapJudgement>();
    judgement->revision = request.frame->revision;
    judgement->frame = request.frame;
    if (Status judged = fill(request, stop, *judgement); !judged.ok()) {
      if (stop.stop_requested()) return nullptr;
      judgement->error = judged.error().message;
    }
    judgement->seconds = thread_cpu_seconds() - begun;
    return judgement;
  }

 private:
  Status fill(const JudgeRequest& request, const std::stop_token& stop, MapJudgement& judgement) {
    const ProjectionFrame& frame = *request.frame;
    const size_t n = frame.shown.size();
    if (n < kLeastJudged) return fail(ErrorCode::invalid_argument, "map quality: {} points, expected at least {}", n, kLeastJudged);
    const FloatArray points = latents_of(frame);
    QualityConfig config;
    config.k = std::min(kJudgedNeighbours, (n - 1) / 2);
    config.sample = kJudgedPoints;
    LS_TRY(judgement.quality, map_quality(points, frame.positions, config, pool_, stop));
    LS_CHECK(vote(frame, stop, judgement));
    if (request.trust) LS_CHECK(trust(frame, points, stop, judgement));
    const ProjectionFrame* kept = request.kept.get();
    if (!kept || kept->points != frame.points || kept->shown != frame.shown) return {};
    LS_TRY(judgement.change, map_change(kept->positions, frame.positions, std::min(kJudgedNeighbours, n - 1), pool_, stop));
    judgement.kept = request.kept;
    return {};
  }

  Status vote(const ProjectionFrame& frame, const std::stop_token& stop, MapJudgement& judgement) {
    std::vector<int> labels;
    for (const uint32_t p : frame.shown) labels.push_back(frame.points->labels[p]);
    LS_TRY(const std::optional<KnnAccuracy> accuracy, map_label_accuracy(frame.positions, labels, pool_, stop));
    if (accuracy) judgement.label_accuracy = accuracy->value;
    return {};
  }

  Status trust(const ProjectionFrame& frame, const FloatArray& points, const std::stop_token& stop, MapJudgement& judgement) {
    const size_t n = points.rows;
    if (frame.latents != near_of_ || frame.shown != near_shown_) {
      near_of_ = nullptr;
      GraphConfig config;
      config.k = std::min(kTrustedNeighbours, n - 1);
      LS_TRY(near_, neighbour_graph(points, config, pool_, stop));
      near_of_ = frame.latents;
      near_shown_ = frame.shown;
    }
    LS_TRY(const PlaneTree tree, PlaneTree::make(frame.positions));
    LS_TRY(judgement.trust, point_trust(near_, tree, std::min(kJudgedNeighbours, n - 1), pool_, stop));
    return {};
  }

  ComputePool pool_{1};
  NeighbourGraph near_;
  std::shared_ptr<const LatentFrame> near_of_;  // null: none
  std::vector<uint32_t> near_shown_;
};

std::shared_ptr<const PlacedInverse> inverse_of(const std::shared_ptr<const ProjectionFrame>& frame, ComputePool& pool,
                                                std::stop_token stop) {
  const Stopwatch watch;
  auto placed = std::make_shared<PlacedInverse>();
  placed->revision = frame->revision;
  placed->frame = frame;
  auto made = MapInverse::make(latents_of(*frame), frame->positions, pool, stop);
  if (stop.stop_requested()) return nullptr;
  if (made.ok()) placed->inverse = std::move(made).value();
  placed->seconds = watch.seconds();
  return placed;
}

}  // namespace

MapWorkers::MapWorkers(SessionState& state)
    : judge(SaysNoMemory<JudgeRequest, MapJudgement>(
                state, "the map's quality",
                [judge = std::make_shared<Judge>()](const JudgeRequest& request, const std::stop_token& stop) {
                  return judge->answer(request, stop);
                }),
            kBehindTheMap),
      inverse(SaysNoMemory<std::shared_ptr<const ProjectionFrame>, PlacedInverse>(
                  state, "the way back from the map",
                  [pool = std::make_shared<ComputePool>(1)](const std::shared_ptr<const ProjectionFrame>& frame, std::stop_token stop) {
                    return inverse_of(frame, *pool, std::move(stop));
                  }),
              kBehindTheProbe) {}

}  // namespace latentscape
