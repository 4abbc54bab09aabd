#include "core/projection/projection.hpp"

#include <algorithm>

#include "core/base/rng.hpp"
#include "core/projection/affinities.hpp"
#include "core/projection/fuzzy_graph.hpp"

namespace latentscape {

void register_projection_all(Registry<ProjectionMethod>& registry);

const Registry<ProjectionMethod>& projection_methods() {
  static const Registry<ProjectionMethod> registry = [] {
    Registry<ProjectionMethod> all("projection");
    register_projection_all(all);
    return all;
  }();
  return registry;
}

namespace {

Status check_axes(const ProjectionConfig& config, size_t d) {
  // One dimension is shown as a line: the second axis has nothing to choose from.
  if (d == 1) {
    if (config.axis_x == 0) return {};
    return fail(ErrorCode::invalid_argument, "{}: the first axis is {}, but the points have one dimension only, expected 1", config.method,
                config.axis_x + 1);
  }
  for (const size_t axis : {config.axis_x, config.axis_y})
    if (axis >= d)
      return fail(ErrorCode::invalid_argument, "{}: axis {} of points with {} dimensions, expected 1 to {}", config.method, axis + 1, d, d);
  if (config.axis_x == config.axis_y)
    return fail(ErrorCode::invalid_argument, "{}: both axes are {}, expected two different ones", config.method, config.axis_x + 1);
  return {};
}

Status check_start(const ProjectionConfig& config, size_t n) {
  if (!config.start || (config.start->rows == n && config.start->cols == 2)) return {};
  return fail(ErrorCode::invalid_argument, "{}: the start is {} x {} numbers, expected {} x 2, a place a point", config.method,
              config.start->rows, config.start->cols, n);
}

Status check_tsne(const ProjectionConfig& config, size_t n) {
  if (n < 4) return fail(ErrorCode::invalid_argument, "tsne: {} points, expected at least 4", n);
  LS_TRY([[maybe_unused]] const size_t k, tsne_neighbours(n, config.perplexity));
  LS_CHECK(check_start(config, n));
  if (config.iterations < 1) return fail(ErrorCode::invalid_argument, "tsne: iterations is 0, expected at least 1");
  if (!(config.exaggeration >= 1.0) || !(config.exaggeration <= 1000.0))
    return fail(ErrorCode::invalid_argument, "tsne: exaggeration is {}, expected 1 to 1000", config.exaggeration);
  if (!(config.late_exaggeration >= 1.0) || !(config.late_exaggeration <= 1000.0))
    return fail(ErrorCode::invalid_argument, "tsne: late exaggeration is {}, expected 1 to 1000", config.late_exaggeration);
  return {};
}

Status check_umap(const ProjectionConfig& config, size_t n) {
  LS_CHECK(check_neighbours(config.neighbours, n));
  if (!(config.min_dist >= 0.0) || !(config.min_dist <= 1.0))
    return fail(ErrorCode::invalid_argument, "umap: min_dist is {}, expected 0 to 1", config.min_dist);
  LS_CHECK(check_start(config, n));
  if (config.epochs < 1) return fail(ErrorCode::invalid_argument, "umap: epochs is 0, expected at least 1");
  return {};
}

}  // namespace

Status Projection::configure(const ProjectionConfig& config, FloatView, ComputePool&, std::stop_token) {
  return fail(ErrorCode::invalid_argument, "{}: done at once, expected to be made anew with other settings", config.method);
}

Status check_projection(const ProjectionConfig& config, size_t n, size_t d) {
  LS_TRY(const ProjectionMethod* method, projection_methods().get(config.method));
  if (n == 0 || d == 0)
    return fail(ErrorCode::invalid_argument, "{}: {} points of {} dimensions, expected at least one of each", config.method, n, d);
  if (method->max_points != 0 && n > method->max_points)
    return fail(ErrorCode::invalid_argument, "{}: {} points, expected at most {}: take a subset", config.method, n, method->max_points);
  if (config.method == "tsne") return check_tsne(config, n);
  if (config.method == "umap") return check_umap(config, n);
  return check_axes(config, d);
}

Result<std::unique_ptr<Projection>> make_projection(const ProjectionConfig& config, size_t n, size_t d) {
  LS_CHECK(check_projection(config, n, d));
  return projection_methods().find(config.method)->make(config);
}

std::array<float, 2> LinearMap::map_from_latent(std::span<const float> x) const {
  std::array<float, 2> y{};
  for (size_t axis = 0; axis < 2; ++axis) {
    double sum = 0.0;
    for (size_t j = 0; j < mean.size(); ++j)
      sum += (static_cast<double>(x[j]) - static_cast<double>(mean[j])) * static_cast<double>(basis(axis, j));
    y[axis] = static_cast<float>(sum);
  }
  return y;
}

std::vector<float> LinearMap::latent_from_map(std::array<float, 2> y, std::span<const float> anchor) const {
  const std::array<float, 2> at = map_from_latent(anchor);
  const double dx = static_cast<double>(y[0]) - static_cast<double>(at[0]), dy = static_cast<double>(y[1]) - static_cast<double>(at[1]);
  std::vector<float> x(anchor.begin(), anchor.end());
  for (size_t j = 0; j < x.size(); ++j)
    x[j] = static_cast<float>(static_cast<double>(x[j]) + dx * static_cast<double>(basis(0, j)) + dy * static_cast<double>(basis(1, j)));
  return x;
}

std::vector<uint32_t> subset_of(size_t n, size_t count, uint64_t seed) {
  std::vector<uint32_t> ids = random_permutation(static_cast<uint32_t>(n), Rng(seed, RngStream::project));
  if (count < n) ids.resize(count);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace latentscape
