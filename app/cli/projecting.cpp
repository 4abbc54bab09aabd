#include "app/cli/projecting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/clock.hpp"
#include "core/base/rows.hpp"
#include "core/projection/placing.hpp"

namespace latentscape {
namespace {

constexpr size_t kMostExactKl = 150'000;  // points; beyond, all pairs would take longer than the map

bool finite(std::span<const float> row) {
  return std::all_of(row.begin(), row.end(), [](float v) { return std::isfinite(v); });
}

/// Those rows of a given start; what has no place there begins in the middle of the others.
std::shared_ptr<const FloatArray> start_of_rows(const FloatArray& start, const std::vector<uint32_t>& rows) {
  auto some = std::make_shared<FloatArray>(rows_of(start, rows));
  double sum[2] = {};
  size_t placed = 0;
  for (size_t i = 0; i < some->rows; ++i) {
    if (!finite(some->row(i))) continue;
    for (const size_t axis : {0, 1}) sum[axis] += static_cast<double>((*some)(i, axis));
    ++placed;
  }
  for (size_t i = 0; i < some->rows; ++i) {
    if (finite(some->row(i))) continue;
    for (const size_t axis : {0, 1}) (*some)(i, axis) = placed ? static_cast<float>(sum[axis] / static_cast<double>(placed)) : 0.0f;
  }
  return some;
}

/// Rows of `some` to those rows of n, NaN elsewhere.
FloatArray scattered(const FloatArray& some, const std::vector<uint32_t>& rows, size_t n) {
  FloatArray all(n, some.cols, std::numeric_limits<float>::quiet_NaN());
  for (size_t i = 0; i < rows.size(); ++i) std::copy_n(some.row_data(i), some.cols, all.row_data(rows[i]));
  return all;
}

}  // namespace

std::vector<uint32_t> finite_rows(const FloatArray& points, const FloatArray* also) {
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < points.rows; ++i)
    if (finite(points.row(i)) && (!also || finite(also->row(i)))) rows.push_back(static_cast<uint32_t>(i));
  return rows;
}

std::vector<uint32_t> other_rows(const std::vector<uint32_t>& rows, size_t n) {
  std::vector<uint32_t> others;
  auto next = rows.begin();
  for (uint32_t i = 0; i < n; ++i) {
    if (next != rows.end() && *next == i)
      ++next;
    else
      others.push_back(i);
  }
  return others;
}

Result<ProjectedPoints> project_points(const ProjectionConfig& config, const FloatArray& points, ComputePool& pool, std::stop_token stop,
                                       const std::function<void(size_t, size_t, double)>& progress) {
  const Stopwatch watch;
  LS_TRY(const ProjectionMethod* method, projection_methods().get(config.method));
  ProjectedPoints result;
  result.limit = method->max_points;
  std::vector<uint32_t> rows = finite_rows(points);
  result.not_finite = other_rows(rows, points.rows);
  if (method->max_points && rows.size() > method->max_points) {
    result.dropped_limit = rows.size() - method->max_points;
    std::vector<uint32_t> kept = subset_of(rows.size(), method->max_points, config.seed);
    for (uint32_t& k : kept) k = rows[k];
    rows = std::move(kept);
  }
  if (rows.empty()) return fail(ErrorCode::invalid_argument, "no row has only finite numbers, nothing to project");
  ProjectionConfig here = config;
  if (config.start && config.start->rows == points.rows && config.start->cols == 2) here.start = start_of_rows(*config.start, rows);
  LS_TRY(const auto projection, make_projection(here, rows.size(), points.cols));
  const FloatArray some = rows_of(points, rows);
  LS_CHECK(projection->set_points(some, pool, stop));
  result.seconds_neighbours = watch.seconds();
  for (bool more = true; more;) {
    auto advanced = projection->advance(pool, stop);
    result.interrupted = stop.stop_requested() && projection->iteration() > 0 && (!advanced.ok() || *advanced);
    if (result.interrupted) break;
    LS_TRY(more, std::move(advanced));
    const double kl = projection->kl();
    if (kl > 0.0 && (result.kl_curve.empty() || result.kl_curve.back().second != kl))
      result.kl_curve.emplace_back(projection->iteration() - 1, kl);
    if (progress) progress(projection->iteration(), projection->iterations(), kl);
  }
  result.positions = scattered(projection->positions(), rows, points.rows);
  result.iterations = projection->iteration();
  if (const LinearMap* linear = projection->linear()) result.explained = linear->explained;
  if (!result.kl_curve.empty() && !result.interrupted) {
    result.kl = projection->kl();
    if (rows.size() <= kMostExactKl) {
      auto kl = projection->exact_kl(pool, stop);
      if (!kl.ok() && kl.error().code != ErrorCode::cancelled) return std::move(kl).error();
      result.interrupted = !kl.ok();
      result.kl = kl.ok() ? std::optional(*kl) : std::nullopt;
    }
  }
  result.seconds = watch.seconds();
  return result;
}

Result<ProjectedPoints> place_into(const ProjectionConfig& config, const FloatArray& points, const FloatArray& map,
                                   const FloatArray& new_points, ComputePool& pool, std::stop_token stop) {
  const Stopwatch watch;
  const std::vector<uint32_t> there = finite_rows(points, &map), rows = finite_rows(new_points);
  PlacingConfig placing;
  placing.perplexity = config.perplexity;
  placing.seed = config.seed;
  LS_TRY(const FloatArray placed,
         place_points(rows_of(points, there), rows_of(map, there), rows_of(new_points, rows), placing, pool, stop));
  ProjectedPoints result;
  result.not_finite = other_rows(rows, new_points.rows);
  result.positions = scattered(placed, rows, new_points.rows);
  result.seconds = result.seconds_neighbours = watch.seconds();
  return result;
}

}  // namespace latentscape
