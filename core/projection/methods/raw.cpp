// Raw latents: two of the dimensions as they are.
#include "core/projection/direct.hpp"

namespace latentscape {
namespace {

class RawProjection final : public DirectProjection {
 public:
  explicit RawProjection(const ProjectionConfig& config) : config_(config) {}

 private:
  Result<LinearMap> map_for(FloatView points, const LinearMap&, ComputePool&, std::stop_token) override {
    const size_t d = points.cols;
    if (config_.axis_x >= d || (d > 1 && config_.axis_y >= d))
      return fail(ErrorCode::invalid_argument, "raw: axes {} and {} of points with {} dimensions", config_.axis_x, config_.axis_y, d);
    LinearMap map;
    map.mean.assign(d, 0.0f);
    map.basis = FloatArray(2, d);
    map.basis(0, config_.axis_x) = 1.0f;
    if (d > 1) map.basis(1, config_.axis_y) = 1.0f;  // one dimension: a line at y = 0
    return map;
  }

  ProjectionConfig config_;
};

}  // namespace

void register_projection_raw(Registry<ProjectionMethod>& registry);
void register_projection_raw(Registry<ProjectionMethod>& registry) {
  registry.add({"raw", "two latent dimensions as they are", 0, [](const ProjectionConfig& config) -> Result<std::unique_ptr<Projection>> {
                  return std::unique_ptr<Projection>(new RawProjection(config));
                }});
}

}  // namespace latentscape
