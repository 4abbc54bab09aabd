#include "core/metrics/lbfgs.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

namespace latentscape {
namespace {

using Vector = std::vector<double>;

constexpr double kDecrease = 1e-4, kCurvature = 0.9;  // of Wolfe's two conditions
constexpr size_t kBisections = 60;

double dot(const Vector& a, const Vector& b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void add(Vector& to, double factor, const Vector& v) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += factor * v[i];
}

double largest_entry(const Vector& v) {
  double most = 0.0;
  for (const double x : v) most = std::max(most, std::abs(x));
  return most;
}

/// A step and how the gradient changed along it.
struct Pair {
  Vector step, change;
  double curvature;  // their product, > 0
};

/// The two-loop recursion: the inverse Hessian that the pairs suggest, times -gradient.
Vector direction_from(const std::deque<Pair>& pairs, const Vector& gradient) {
  Vector d = gradient;
  Vector weights(pairs.size());
  for (size_t k = pairs.size(); k-- > 0;) {
    weights[k] = dot(pairs[k].step, d) / pairs[k].curvature;
    add(d, -weights[k], pairs[k].change);
  }
  const double scale = pairs.empty() ? 1.0 / std::max(1.0, std::sqrt(dot(gradient, gradient)))
                                     : pairs.back().curvature / dot(pairs.back().change, pairs.back().change);
  for (double& v : d) v *= scale;
  for (size_t k = 0; k < pairs.size(); ++k) add(d, weights[k] - dot(pairs[k].change, d) / pairs[k].curvature, pairs[k].step);
  for (double& v : d) v = -v;
  return d;
}

struct Point {
  Vector x, gradient;
  double value = 0.0;
};

/// A point along `direction` that is lower and flatter; false where none is found. `stop` ends it early.
bool search(const SmoothFunction& f, const Point& from, const Vector& direction, Point& to, const std::stop_token& stop) {
  const double slope = dot(from.gradient, direction);
  if (!(slope < 0.0)) return false;
  double low = 0.0, high = std::numeric_limits<double>::infinity(), t = 1.0;
  for (size_t k = 0; k < kBisections && !stop.stop_requested(); ++k) {
    to.x = from.x;
    add(to.x, t, direction);
    to.value = f(to.x, to.gradient);
    if (!(to.value <= from.value + kDecrease * t * slope))
      high = t;
    else if (dot(to.gradient, direction) < kCurvature * slope)
      low = t;
    else
      return true;
    t = std::isinf(high) ? 2.0 * low : 0.5 * (low + high);
  }
  return false;
}

}  // namespace

Result<LbfgsResult> minimise(const SmoothFunction& f, std::vector<double> x, const LbfgsOptions& options, std::stop_token stop) {
  Point at{std::move(x), {}, 0.0};
  at.gradient.resize(at.x.size());
  at.value = f(at.x, at.gradient);
  if (!std::isfinite(at.value)) return fail(ErrorCode::non_finite, "the function is {} where its minimisation starts", at.value);
  Point next = at;
  std::deque<Pair> pairs;
  LbfgsResult out;
  for (; out.iterations < options.iterations; ++out.iterations) {
    out.converged = largest_entry(at.gradient) <= options.tolerance;
    if (out.converged) break;
    const bool found = search(f, at, direction_from(pairs, at.gradient), next, stop);
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the minimisation was stopped");
    if (!found && pairs.empty()) break;
    if (!found) {
      pairs.clear();  // what was learnt misleads here: once more straight downhill
      continue;
    }
    Pair pair{next.x, next.gradient, 0.0};
    add(pair.step, -1.0, at.x);
    add(pair.change, -1.0, at.gradient);
    pair.curvature = dot(pair.step, pair.change);
    if (pair.curvature > 0.0) pairs.push_back(std::move(pair));
    if (pairs.size() > options.history) pairs.pop_front();
    std::swap(at, next);
  }
  out.x = std::move(at.x);
  out.value = at.value;
  return out;
}

}  // namespace latentscape
