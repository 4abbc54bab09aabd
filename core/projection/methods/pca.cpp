// PCA: two principal components, with an exact way back.
#include <algorithm>

#include "core/projection/direct.hpp"
#include "core/projection/principal.hpp"

namespace latentscape {
namespace {

class PcaProjection final : public DirectProjection {
 public:
  explicit PcaProjection(const ProjectionConfig& config) : config_(config) {}

 private:
  Result<LinearMap> map_for(FloatView points, const LinearMap& previous, ComputePool& pool, std::stop_token stop) override {
    const size_t d = points.cols;
    if (config_.axis_x >= d || (d > 1 && config_.axis_y >= d))
      return fail(ErrorCode::invalid_argument, "pca: components {} and {} of points with {} dimensions", config_.axis_x, config_.axis_y, d);
    LS_TRY(const PrincipalAxes principal, principal_axes(points, std::max(config_.axis_x, config_.axis_y) + 1, pool, stop));
    LinearMap map;
    map.mean.assign(principal.mean.begin(), principal.mean.end());
    map.basis = FloatArray(2, d);
    map.explained.assign(2, 0.0f);
    const size_t shown[2] = {config_.axis_x, config_.axis_y};
    for (size_t axis = 0; axis < std::min<size_t>(2, d); ++axis) {
      const std::span<const double> direction = principal.axes.row(shown[axis]);
      const double sign = previous.mean.size() == d ? sign_towards(direction, previous.basis.row(axis)) : 1.0;
      for (size_t j = 0; j < d; ++j) map.basis(axis, j) = static_cast<float>(sign * direction[j]);
      if (principal.total_variance > 0.0)
        map.explained[axis] = static_cast<float>(principal.variances[shown[axis]] / principal.total_variance);
    }
    return map;
  }

  /// A live map must not mirror itself when the largest loading changes.
  static double sign_towards(std::span<const double> direction, std::span<const float> before) {
    double dot = 0.0;
    for (size_t j = 0; j < direction.size(); ++j) dot += direction[j] * static_cast<double>(before[j]);
    return dot < 0.0 ? -1.0 : 1.0;
  }

  ProjectionConfig config_;
};

}  // namespace

void register_projection_pca(Registry<ProjectionMethod>& registry);
void register_projection_pca(Registry<ProjectionMethod>& registry) {
  registry.add({"pca", "the directions of largest variance", 0, [](const ProjectionConfig& config) -> Result<std::unique_ptr<Projection>> {
                  return std::unique_ptr<Projection>(new PcaProjection(config));
                }});
}

}  // namespace latentscape
