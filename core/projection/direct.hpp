// DirectProjection: what the methods that are one linear map share.
#pragma once

#include "core/projection/projection.hpp"

namespace latentscape {

/// A method that is done at once; subclasses give the map.
class DirectProjection : public Projection {
 public:
  Status set_points(FloatView points, ComputePool& pool, std::stop_token stop) override;
  Result<bool> advance(ComputePool&, std::stop_token) override { return false; }
  const FloatArray& positions() const override { return positions_; }
  size_t iteration() const override { return 0; }
  size_t iterations() const override { return 0; }
  const LinearMap* linear() const override { return &map_; }

 protected:
  /// The map for these points; `previous` is the one shown until now (empty mean: none).
  virtual Result<LinearMap> map_for(FloatView points, const LinearMap& previous, ComputePool& pool, std::stop_token stop) = 0;

 private:
  LinearMap map_;
  FloatArray positions_;
};

}  // namespace latentscape
