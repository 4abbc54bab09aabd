// A projection that has its points.
#pragma once

#include <gtest/gtest.h>

#include "core/projection/projection.hpp"

namespace latentscape {

inline std::unique_ptr<Projection> made(const ProjectionConfig& config, const FloatArray& points, ComputePool& pool) {
  auto projection = make_projection(config, points.rows, points.cols);
  EXPECT_TRUE(projection.ok()) << projection.error().message;
  const Status set = (*projection)->set_points(points, pool, {});
  EXPECT_TRUE(set.ok()) << set.error().message;
  return std::move(*projection);
}

}  // namespace latentscape
