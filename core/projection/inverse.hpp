// MapInverse: a place on a map back to the space, by the points around it, with how far that can be believed.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/plane_tree.hpp"

namespace latentscape {

/// For maps without an exact inverse (t-SNE, UMAP); LinearMap has that of the others. Immutable: any number of threads may ask at once.
///
/// The latent is the mean of the k nearest points on the map by Shepard's weights 1 / d - 1 / d_{k+1} (Franke & Nielson, "Smooth
/// interpolation of large sets of scattered data", 1980): on a point it is that point's own, and it changes without jumps as the place
/// moves. Trust is agreement times nearness. Agreement is the share of the points' variance that the place settles: 1 less the weighted
/// variance of those k over that of all. Nearness is 1 within the points' own spacing (their distance to their k-th neighbour, weighted as
/// they are) of the nearest one, and the squared share of the distance that the spacing is beyond.
class MapInverse {
 public:
  struct Answer {
    std::vector<float> latent;         // d
    double trust = 0.0;                // 0 to 1
    std::vector<uint32_t> neighbours;  // rows of the points, nearest first, at most k
  };

  static constexpr size_t kNeighbours = 15;

  /// points: n x d, map: n x 2, n >= 1. O(n log n). Errors: shapes that differ, no points, k of 0, numbers that are not finite, cancelled.
  static Result<MapInverse> make(FloatArray points, FloatView map, ComputePool& pool, std::stop_token stop = {}, size_t k = kNeighbours);

  /// Finite coordinates; those beyond PlaneTree::kMostCoordinate count as there. O(log n + k d).
  Answer latent_at(std::array<float, 2> place) const;

  const FloatArray& points() const { return points_; }

 private:
  MapInverse(FloatArray points, PlaneTree tree, size_t k) : points_(std::move(points)), tree_(std::move(tree)), k_(k) {}

  FloatArray points_;
  PlaneTree tree_;
  size_t k_;
  std::vector<float> spacing_;  // of each point on the map
  double variance_ = 0.0;       // of the points, all dimensions together
};

}  // namespace latentscape
