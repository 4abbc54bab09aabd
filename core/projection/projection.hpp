// Projection: n x d points to a 2-D map, one iteration a call, so that any front end can stop, watch and resume it.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/registry.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/graph.hpp"

namespace latentscape {

struct ProjectionConfig {
  std::string method = "raw";  // raw, pca, tsne, umap
  size_t axis_x = 0;           // raw: shown latent dimensions; pca: shown components
  size_t axis_y = 1;
  double perplexity = 30.0;    // tsne
  size_t iterations = 1000;    // tsne
  double exaggeration = 12.0;  // tsne, first 250 iterations
  uint64_t seed = 1;
  size_t follow_iterations = 100;                     // tsne, umap: at least this many more after a warm start
  double late_exaggeration = 1.0;                     // tsne, after those 250 iterations; above 1: tighter groups
  size_t neighbours = 15;                             // umap: a point, without itself; few show the fine, many the coarse
  double min_dist = 0.1;                              // umap: how near points may come on the map; 0: tight groups, 1: spread out
  size_t epochs = 200;                                // umap
  Metric metric = Metric::euclidean;                  // tsne, umap: which neighbours are the nearest
  std::shared_ptr<const FloatArray> start = nullptr;  // tsne, umap: n x 2, where to begin, of any size; null: on the principal axes
  bool operator==(const ProjectionConfig&) const = default;
};

/// A linear map y = (x - mean) * basis^T and back, for the views that have an exact one (raw, PCA).
struct LinearMap {
  std::vector<float> mean;       // d
  FloatArray basis;              // 2 x d, orthonormal rows
  std::vector<float> explained;  // share of variance a shown component (pca), else empty
  /// Where x lands: 2 numbers.
  std::array<float, 2> map_from_latent(std::span<const float> x) const;
  /// The point at map position y whose off-plane part is that of `anchor`.
  std::vector<float> latent_from_map(std::array<float, 2> y, std::span<const float> anchor) const;
};

class Projection {
 public:
  virtual ~Projection() = default;
  /// New points (n x d). The same n and ids as before: a warm start where the method has one. May be long: polls stop.
  virtual Status set_points(FloatView points, ComputePool& pool, std::stop_token stop) = 0;
  /// Where these points would begin, without a look at who is near whom; no rows: direct methods.
  virtual Result<FloatArray> start_of(FloatView, ComputePool&, std::stop_token) const { return FloatArray(); }
  /// Other settings of the same method (see check_projection), for the points that it has: the map goes on from where it is. As long as
  /// set_points where they change who the neighbours are; a stop leaves all as it was. Direct methods are made anew instead.
  virtual Status configure(const ProjectionConfig& config, FloatView points, ComputePool& pool, std::stop_token stop);
  /// One iteration; true while there is more to do. Direct methods are done at once.
  virtual Result<bool> advance(ComputePool& pool, std::stop_token stop) = 0;
  virtual const FloatArray& positions() const = 0;  // n x 2
  virtual size_t iteration() const = 0;
  virtual size_t iterations() const = 0;  // 0: direct
  /// t-SNE: the KL divergence before one of the last 50 iterations, by the field's sum of weights where there is a field (exact to about
  /// 1e-3), for a live curve; else 0.
  virtual double kl() const { return 0.0; }
  /// t-SNE: the KL divergence of these positions over all pairs, nothing approximated, O(n^2); else 0.
  virtual Result<double> exact_kl(ComputePool&, std::stop_token) const { return 0.0; }
  virtual const LinearMap* linear() const { return nullptr; }
};

struct ProjectionMethod {
  std::string name;  // "raw", "pca", "tsne", "umap"
  std::string summary;
  size_t max_points = 0;  // 0: no limit
  std::function<Result<std::unique_ptr<Projection>>(const ProjectionConfig&)> make;
};
const Registry<ProjectionMethod>& projection_methods();

/// Ranges against n points of d dimensions (perplexity at most (n - 1) / 3, axes < d).
Status check_projection(const ProjectionConfig& config, size_t n, size_t d);
/// Checks the settings and makes the projection.
Result<std::unique_ptr<Projection>> make_projection(const ProjectionConfig& config, size_t n, size_t d);

/// A seeded subset of at most `count` of 0 .. n-1, ascending.
std::vector<uint32_t> subset_of(size_t n, size_t count, uint64_t seed);

}  // namespace latentscape
