#include "core/metrics/linear_probe.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/likeliest.hpp"
#include "core/metrics/lbfgs.hpp"
#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

constexpr double kTolerance = 1e-6;
constexpr size_t kTileRows = 512, kMostTiles = 64;

/// The labelled rows, and the function that is minimised; parameters are the weights (d x classes), then the biases.
struct Problem {
  FloatView points;
  std::vector<uint32_t> rows;
  std::vector<size_t> labels;  // of these rows
  size_t classes = 0;
  double penalty = 0.0;

  size_t parameters() const { return (points.cols + 1) * classes; }
  size_t tile_rows() const { return std::max(kTileRows, (rows.size() + kMostTiles - 1) / kMostTiles); }
};

void scores_of(std::span<const float> x, std::span<const double> parameters, std::span<double> scores) {
  const size_t classes = scores.size();
  const double* biases = parameters.data() + x.size() * classes;
  std::copy(biases, biases + classes, scores.begin());
  for (size_t j = 0; j < x.size(); ++j) {
    const double value = static_cast<double>(x[j]);
    const double* weights = parameters.data() + j * classes;
    for (size_t c = 0; c < classes; ++c) scores[c] += value * weights[c];
  }
}

/// Scores to probabilities; returns log of their sum before.
double softmax(std::span<double> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0.0;
  for (double& s : scores) sum += s = std::exp(s - largest);
  for (double& s : scores) s /= sum;
  return largest + std::log(sum);
}

/// Loss and gradient of the rows [begin, end), added up.
double tile_loss(const Problem& p, std::span<const double> parameters, size_t begin, size_t end, std::span<double> gradient) {
  std::vector<double> scores(p.classes);
  double loss = 0.0;
  for (size_t i = begin; i < end; ++i) {
    const std::span<const float> x = p.points.row(p.rows[i]);
    scores_of(x, parameters, scores);
    const double own = scores[p.labels[i]];
    loss += softmax(scores) - own;
    scores[p.labels[i]] -= 1.0;
    for (size_t j = 0; j < x.size(); ++j) {
      const double value = static_cast<double>(x[j]);
      double* to = gradient.data() + j * p.classes;
      for (size_t c = 0; c < p.classes; ++c) to[c] += value * scores[c];
    }
    double* biases = gradient.data() + x.size() * p.classes;
    for (size_t c = 0; c < p.classes; ++c) biases[c] += scores[c];
  }
  return loss;
}

/// The objective divided by n, its tiles added in their order.
double objective(const Problem& p, ComputePool& pool, std::span<const double> parameters, std::span<double> gradient) {
  const size_t tiles = (p.rows.size() + p.tile_rows() - 1) / p.tile_rows();
  std::vector<std::vector<double>> gradients(tiles);
  std::vector<double> losses(tiles);
  for_tiles(pool, p.rows.size(), p.tile_rows(), [&](size_t begin, size_t end) {
    const size_t t = begin / p.tile_rows();
    gradients[t].assign(parameters.size(), 0.0);
    losses[t] = tile_loss(p, parameters, begin, end, gradients[t]);
  });
  const double n = static_cast<double>(p.rows.size());
  const size_t penalised = p.points.cols * p.classes;
  double loss = 0.0;
  std::fill(gradient.begin(), gradient.end(), 0.0);
  for (size_t k = 0; k < penalised; ++k) {
    loss += 0.5 * p.penalty * parameters[k] * parameters[k];
    gradient[k] = p.penalty * parameters[k];
  }
  for (size_t t = 0; t < tiles; ++t) {
    loss += losses[t];
    for (size_t k = 0; k < gradient.size(); ++k) gradient[k] += gradients[t][k];
  }
  for (double& g : gradient) g /= n;
  return loss / n;
}

}  // namespace

Result<LinearProbe> fit_linear_probe(FloatView points, std::span<const int> labels, ComputePool& pool, double penalty,
                                     std::stop_token stop) {
  if (labels.size() != points.rows)
    return fail(ErrorCode::invalid_argument, "probe: {} labels for {} points, expected one a point", labels.size(), points.rows);
  LS_CHECK(check_finite(points, "probe: points"));
  Problem problem{points, {}, {}, 0, penalty};
  std::set<int> seen;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    problem.rows.push_back(static_cast<uint32_t>(i));
    problem.labels.push_back(static_cast<size_t>(labels[i]));
    seen.insert(labels[i]);
  }
  if (seen.size() < 2)
    return fail(ErrorCode::invalid_argument, "probe: {} labelled points of {} classes, expected at least two classes", problem.rows.size(),
                seen.size());
  problem.classes = static_cast<size_t>(*seen.rbegin()) + 1;
  LbfgsOptions options;
  options.tolerance = kTolerance;
  const auto f = [&](std::span<const double> at, std::span<double> gradient) { return objective(problem, pool, at, gradient); };
  LS_TRY(const LbfgsResult found, minimise(f, std::vector<double>(problem.parameters(), 0.0), options, stop));
  LinearProbe probe;
  probe.weights = Array2<double>(points.cols, problem.classes);
  const auto biases = found.x.begin() + static_cast<std::ptrdiff_t>(points.cols * problem.classes);
  std::copy(found.x.begin(), biases, probe.weights.values.begin());
  probe.biases.assign(biases, found.x.end());
  probe.loss = found.value;
  probe.n = problem.rows.size();
  probe.iterations = found.iterations;
  probe.converged = found.converged;
  return probe;
}

Result<ProbeAccuracy> probe_accuracy(const LinearProbe& probe, FloatView points, std::span<const int> labels) {
  if (labels.size() != points.rows)
    return fail(ErrorCode::invalid_argument, "probe: {} labels for {} points, expected one a point", labels.size(), points.rows);
  if (points.cols != probe.weights.rows)
    return fail(ErrorCode::invalid_argument, "probe: points have {} numbers, expected {}", points.cols, probe.weights.rows);
  std::vector<double> parameters = probe.weights.values;
  parameters.insert(parameters.end(), probe.biases.begin(), probe.biases.end());
  std::vector<double> scores(probe.biases.size());
  ProbeAccuracy out;
  size_t right = 0;
  for (size_t i = 0; i < points.rows; ++i) {
    if (labels[i] < 0) continue;
    scores_of(points.row(i), parameters, scores);
    ++out.n;
    right += likeliest(scores) == static_cast<size_t>(labels[i]) ? 1 : 0;
  }
  if (out.n == 0) return fail(ErrorCode::invalid_argument, "probe: no labelled point to judge, expected at least one");
  out.value = static_cast<double>(right) / static_cast<double>(out.n);
  return out;
}

}  // namespace latentscape
