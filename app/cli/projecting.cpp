#include "app/cli/projecting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/clock.hpp"

namespace latentscape {
namespace {

std::vector<uint32_t> finite_rows(const FloatArray& points) {
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < points.rows; ++i) {
    const auto row = points.row(i);
    if (std::all_of(row.begin(), row.end(), [](float v) { return std::isfinite(v); })) rows.push_back(static_cast<uint32_t>(i));
  }
  return rows;
}

FloatArray gathered(const FloatArray& points, const std::vector<uint32_t>& rows) {
  FloatArray some(rows.size(), points.cols);
  for (size_t i = 0; i < rows.size(); ++i) std::copy_n(points.row_data(rows[i]), points.cols, some.row_data(i));
  return some;
}

}  // namespace

Result<ProjectedPoints> project_points(const ProjectionConfig& config, const FloatArray& points, ComputePool& pool, std::stop_token stop,
                                       const std::function<void(size_t, size_t, double)>& progress) {
  const Stopwatch watch;
  LS_TRY(const ProjectionMethod* method, projection_methods().get(config.method));
  ProjectedPoints result;
  result.limit = method->max_points;
  std::vector<uint32_t> rows = finite_rows(points);
  result.dropped_not_finite = points.rows - rows.size();
  if (method->max_points && rows.size() > method->max_points) {
    result.dropped_limit = rows.size() - method->max_points;
    std::vector<uint32_t> kept = subset_of(rows.size(), method->max_points, config.seed);
    for (uint32_t& k : kept) k = rows[k];
    rows = std::move(kept);
  }
  if (rows.empty()) return fail(ErrorCode::invalid_argument, "no row has only finite numbers, nothing to project");
  LS_TRY(const auto projection, make_projection(config, rows.size(), points.cols));
  const FloatArray some = gathered(points, rows);
  LS_CHECK(projection->set_points(some, pool, stop));
  result.seconds_neighbours = watch.seconds();
  for (bool more = true; more;) {
    LS_TRY(more, projection->advance(pool, stop));
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the projection was interrupted, nothing was written");
    if (progress) progress(projection->iteration(), projection->iterations(), projection->kl());
  }
  result.positions = FloatArray(points.rows, 2, std::numeric_limits<float>::quiet_NaN());
  for (size_t i = 0; i < rows.size(); ++i) std::copy_n(projection->positions().row_data(i), 2, result.positions.row_data(rows[i]));
  result.iterations = projection->iteration();
  LS_TRY(result.kl, projection->exact_kl(pool, stop));
  result.seconds = watch.seconds();
  return result;
}

}  // namespace latentscape
