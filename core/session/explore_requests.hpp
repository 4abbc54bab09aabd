// What a front end asks of the newest weights, and the answers; each answer carries the revision it came from.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/metrics/anomaly.hpp"
#include "core/projection/inverse.hpp"
#include "core/projection/map_change.hpp"
#include "core/projection/projection.hpp"
#include "core/projection/quality.hpp"
#include "core/session/snapshot.hpp"

namespace latentscape {

/// Decode one latent position: the probe. `tag` comes back unchanged (probe_ms is measured by it).
struct ProbeRequest {
  std::vector<float> z;
  uint64_t tag = 0;
  int32_t label = 0;  // class to decode as, for models that are told it
};
struct ProbeAnswer {
  uint64_t revision = 0;
  uint64_t tag = 0;
  std::vector<float> z;
  std::vector<float> x;  // decoded mean, data width
  bool on_manifold =
      false;  // the rule: distance to the nearest latent is at most the 99th percentile of nearest-neighbour distances among the points
  double nearest_distance = 0.0;
  double manifold_radius = 0.0;     // that percentile
  uint32_t nearest = 0;             // index into the frame's points
  std::vector<float> class_shares;  // share of each class among the 50 nearest points (not a classifier); empty without labels
};

/// Decode many positions at once: the manifold underlay, prior samples, traversals, interpolations.
struct GridRequest {
  FloatArray z;  // m x latent
  uint64_t tag = 0;
  std::vector<int32_t> labels = {};  // m: the class of each, for models that are told it; empty: the first
};
struct GridAnswer {
  uint64_t revision = 0;
  uint64_t tag = 0;
  FloatArray z;
  std::vector<int32_t> labels;
  FloatArray x;  // m x data width
};

/// Look closely at one dataset row, or at an example that is not in the data.
struct InspectRequest {
  uint32_t row = 0;
  size_t neighbours = 6;
  uint64_t tag = 0;
};
struct Inspection {
  uint64_t revision = 0;
  uint64_t tag = 0;
  uint32_t row = 0;
  std::vector<float> original;             // data width
  std::vector<float> reconstructed;        // decode(mean)
  std::vector<float> mean;                 // latent
  std::vector<float> deviation;            // latent: posterior standard deviation
  std::vector<float> class_probabilities;  // q(y|x), where the model classifies
  double reconstruction = 0.0;             // nats at z = mean, of what the model reads: of a binarised run the row's fixed draw
  double kl = 0.0;
  std::vector<uint32_t> latent_neighbours;  // rows, nearest first, self excluded
  std::vector<uint32_t> input_neighbours;   // rows nearest in data space
};

/// Score rows of a split by how badly the model takes them; slow, so only when asked.
struct OutlierRequest {
  Split split = Split::heldout;
  size_t most = 0;  // a seeded subset of a larger split; 0: all of it
  uint64_t tag = 0;
};
struct OutlierAnswer {
  uint64_t revision = 0;
  uint64_t step = 0;  // of the weights
  uint64_t tag = 0;
  Split split = Split::heldout;
  size_t there = 0;              // rows of the split
  std::vector<uint32_t> rows;    // those that were scored, ascending
  AnomalyScores scores;          // one a row
  std::vector<uint32_t> ranked;  // indices into rows, strangest first, ties by row
  std::string error;             // why there are no scores; empty: fine
};
struct OutlierProgress {
  bool active = false;
  double share = 0.0;
};

/// Which map to compute. A layout goes on from where it is where only its settings change (Projection::configure).
struct ProjectionRequest {
  ProjectionConfig config;
  size_t max_points = 0;  // 0: the method's own limit
  bool running = true;    // false: hold still; a layout that has not begun does not begin
  bool follow = true;     // new latents; false: keep the points that it has
  uint64_t round = 0;     // another one: the layout begins anew
};
/// The divergence of t-SNE at one iteration, in nats.
struct DivergencePoint {
  size_t iteration = 0;
  double kl = 0.0;
};
struct ProjectionFrame {
  uint64_t revision = 0;  // of the latents that it shows
  uint64_t sequence = 0;  // grows with every publication
  ProjectionConfig config;
  std::shared_ptr<const PointSet> points;
  std::vector<uint32_t> shown;                 // indices into points, ascending; all of them unless the method is limited
  FloatArray positions;                        // shown.size() x 2
  std::shared_ptr<const LatentFrame> latents;  // that it shows
  std::optional<LinearMap> linear;             // raw, PCA: the exact inverse
  size_t iteration = 0;
  size_t iterations = 0;
  double kl = 0.0;
  std::vector<DivergencePoint> kl_curve;  // oldest first, the last few hundred
  double seconds_left = 0.0;              // of the iterations that are left, as fast as the last ones; 0: none, or not known yet
  bool searching = false;                 // neighbours are looked for; until they are found, nothing moves
  size_t limit = 0;                       // the method's limit that applied; 0: none
  std::string error;                      // why there is no newer frame, or why settings were not taken; empty: fine
};

inline constexpr size_t kLeastJudged = 3;  // points

/// How well a map tells who is near whom; takes a moment, so only when asked.
struct JudgeRequest {
  std::shared_ptr<const ProjectionFrame> frame;
  bool trust = false;                           // a number a point, too
  std::shared_ptr<const ProjectionFrame> kept;  // an earlier map of the same points: what moved since; null: none
};
struct MapJudgement {
  uint64_t revision = 0;
  std::shared_ptr<const ProjectionFrame> frame;
  MapQuality quality;
  std::optional<double> label_accuracy;         // of the 5 nearest on the map; none without labels
  std::vector<float> trust;                     // one a shown point (point_trust); empty: not asked for
  std::shared_ptr<const ProjectionFrame> kept;  // null: nothing to compare with
  MapChange change;                             // since that
  double seconds = 0.0;                         // of a processor that it took
  std::string error;                            // why there are no numbers; empty: fine
};

/// The way back from a map that has no exact one.
struct PlacedInverse {
  uint64_t revision = 0;
  std::shared_ptr<const ProjectionFrame> frame;
  std::optional<MapInverse> inverse;  // of the shown points; none where a number of theirs is not finite
  double seconds = 0.0;               // that it took
};

}  // namespace latentscape
