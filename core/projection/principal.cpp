#include "core/projection/principal.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"
#include "core/nn/eigen.hpp"  // before the rest of Eigen: it sets how it is used

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

namespace latentscape {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Eigen::Index;

constexpr size_t kDense = 1024;      // largest matrix whose eigenvectors are all computed
constexpr size_t kFewAxes = 64;      // dimensions a sampled direction from which on sampling is the faster road
constexpr size_t kExtra = 8;         // sampled directions beyond those wanted
constexpr int kPasses = 40;          // over the points, at most
constexpr double kTolerance = 1e-6;  // of what the covariance leaves beside an axis, by the largest variance
constexpr size_t kBlock = 256;       // rows centred at once
constexpr size_t kMinTile = 1024;    // rows a task at least

Index index(size_t i) { return static_cast<Index>(i); }

Error stopped() { return fail(ErrorCode::cancelled, "principal axes: stopped"); }

/// Rows a task: few tasks, because each holds a partial result of its own.
size_t tile_rows(size_t n, size_t most_tasks) { return std::max(kMinTile, (n + most_tasks - 1) / most_tasks); }

std::vector<double> mean_of(FloatView points) {
  std::vector<double> mean(points.cols, 0.0);
  for (size_t i = 0; i < points.rows; ++i) {
    const float* row = points.row_data(i);
    for (size_t j = 0; j < points.cols; ++j) mean[j] += static_cast<double>(row[j]);
  }
  for (double& m : mean) m /= static_cast<double>(points.rows);
  return mean;
}

Matrix centred(FloatView points, size_t begin, size_t end, const std::vector<double>& mean) {
  Matrix block(index(end - begin), index(points.cols));
  for (size_t i = begin; i < end; ++i)
    for (size_t j = 0; j < points.cols; ++j) block(index(i - begin), index(j)) = static_cast<double>(points(i, j)) - mean[j];
  return block;
}

/// Sums body(block of centred rows) over all rows, partial sums added in row order.
template <class Body>
Matrix sum_over_rows(FloatView points, const std::vector<double>& mean, Index rows, Index cols, ComputePool& pool,
                     const std::stop_token& stop, Body body) {
  const size_t tile = tile_rows(points.rows, points.cols > 256 ? 4 : 16);
  std::vector<Matrix> partial((points.rows + tile - 1) / tile, Matrix::Zero(rows, cols));
  for_tiles(pool, points.rows, tile, [&](size_t begin, size_t end) {
    for (size_t b = begin; b < end && !stop.stop_requested(); b += kBlock)
      body(centred(points, b, std::min(b + kBlock, end), mean), partial[begin / tile]);
  });
  Matrix sum = Matrix::Zero(rows, cols);
  for (const Matrix& p : partial) sum += p;
  return sum;
}

/// Orthonormal columns that span those of m; directions that m lacks are filled in.
Eigen::MatrixXd orthonormal(const Eigen::MatrixXd& m) {
  return Eigen::HouseholderQR<Eigen::MatrixXd>(m).householderQ() * Eigen::MatrixXd::Identity(m.rows(), m.cols());
}

/// Columns are axes, largest variance first.
void keep(const Eigen::MatrixXd& columns, const Eigen::VectorXd& variances, size_t count, PrincipalAxes& out) {
  const size_t d = static_cast<size_t>(columns.rows());
  out.axes = Array2<double>(count, d);
  out.variances.assign(count, 0.0);
  for (size_t c = 0; c < count; ++c) {
    Index largest = 0;
    columns.col(index(c)).cwiseAbs().maxCoeff(&largest);
    const double sign = columns(largest, index(c)) < 0.0 ? -1.0 : 1.0;
    for (size_t j = 0; j < d; ++j) out.axes(c, j) = sign * columns(index(j), index(c));
    out.variances[c] = std::max(0.0, variances(index(c)));
  }
}

Status by_covariance(FloatView points, size_t count, ComputePool& pool, const std::stop_token& stop, PrincipalAxes& out) {
  const Index d = index(points.cols);
  Matrix covariance = sum_over_rows(points, out.mean, d, d, pool, stop,
                                    [](const Matrix& block, Matrix& sum) { sum.noalias() += block.transpose() * block; });
  if (stop.stop_requested()) return stopped();
  covariance /= static_cast<double>(points.rows);
  out.total_variance = covariance.trace();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
  keep(solver.eigenvectors().rowwise().reverse(), solver.eigenvalues().reverse(), count, out);
  return {};
}

Status by_gram(FloatView points, size_t count, const std::stop_token& stop, PrincipalAxes& out) {
  const Matrix x = centred(points, 0, points.rows, out.mean);
  const Eigen::MatrixXd gram = (x * x.transpose()) / static_cast<double>(points.rows);
  if (stop.stop_requested()) return stopped();
  out.total_variance = gram.trace();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
  const Index known = std::min(index(count), gram.rows());
  Eigen::MatrixXd columns = Eigen::MatrixXd::Zero(x.cols(), index(count));
  Eigen::VectorXd variances = Eigen::VectorXd::Zero(index(count));
  columns.leftCols(known) = x.transpose() * solver.eigenvectors().rowwise().reverse().leftCols(known);
  variances.head(known) = solver.eigenvalues().reverse().head(known);
  keep(orthonormal(columns), variances, count, out);
  return {};
}

double total_variance_of(FloatView points, const std::vector<double>& mean, ComputePool& pool, const std::stop_token& stop) {
  const auto add = [](const Matrix& block, Matrix& sum) { sum(0, 0) += block.squaredNorm(); };
  return sum_over_rows(points, mean, 1, 1, pool, stop, add)(0, 0) / static_cast<double>(points.rows);
}

/// m less what lies along the orthonormal columns of `known`, orthonormal; twice, because once leaves rounding.
Eigen::MatrixXd orthonormal_beside(Eigen::MatrixXd m, const Eigen::Ref<const Eigen::MatrixXd>& known) {
  for (int time = 0; time < 2; ++time) {
    m -= known * (known.transpose() * m);
    m = orthonormal(m);
  }
  return m;
}

/// Randomised block Krylov iteration: a random block, its images under the covariance, and the best axes in all they span; a pass over the
/// points each. Halko, Martinsson, Shkolnisky & Tygert, "An algorithm for the principal component analysis of large data sets", 2011.
Status by_sampling(FloatView points, size_t count, ComputePool& pool, const std::stop_token& stop, PrincipalAxes& out) {
  const Index d = index(points.cols), width = index(count + kExtra), wanted = index(count);
  Eigen::MatrixXd block(d, width);
  Rng rng(1, RngStream::project);
  for (Index c = 0; c < width; ++c)
    for (Index j = 0; j < d; ++j) block(j, c) = static_cast<double>(rng.normal());
  block = orthonormal(block);
  out.total_variance = total_variance_of(points, out.mean, pool, stop);
  Eigen::MatrixXd basis(d, 0), images(d, 0);
  for (int pass = 0;; ++pass) {
    const Matrix product = sum_over_rows(points, out.mean, d, width, pool, stop, [&](const Matrix& rows, Matrix& sum) {
      const Matrix scores = rows * block;
      sum.noalias() += rows.transpose() * scores;
    });
    if (stop.stop_requested()) return stopped();
    const Index known = basis.cols();
    basis.conservativeResize(Eigen::NoChange, known + width);
    images.conservativeResize(Eigen::NoChange, known + width);
    basis.rightCols(width) = block;
    images.rightCols(width) = product / static_cast<double>(points.rows);
    const Eigen::MatrixXd inside = basis.transpose() * images;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(0.5 * (inside + inside.transpose()));
    const Eigen::MatrixXd best = solver.eigenvectors().rowwise().reverse().leftCols(wanted);
    const Eigen::VectorXd variances = solver.eigenvalues().reverse().head(wanted);
    const Eigen::MatrixXd axes = basis * best;
    const double rest = (images * best - axes * variances.asDiagonal()).colwise().norm().maxCoeff();
    if (rest <= kTolerance * variances(0) || pass + 1 == kPasses || basis.cols() + width > d) {
      keep(axes, variances, count, out);
      return {};
    }
    block = orthonormal_beside(images.rightCols(width), basis);
  }
}

}  // namespace

Result<PrincipalAxes> principal_axes(FloatView points, size_t count, ComputePool& pool, std::stop_token stop) {
  if (points.rows == 0 || points.cols == 0 || count == 0)
    return fail(ErrorCode::invalid_argument, "principal axes: {} axes of {} points of {} dimensions, expected at least one of each", count,
                points.rows, points.cols);
  count = std::min(count, points.cols);
  PrincipalAxes out;
  out.mean = mean_of(points);
  const bool few = points.cols >= kFewAxes * (count + kExtra);
  if (points.rows > kDense && (few || points.cols > kDense)) {
    LS_CHECK(by_sampling(points, count, pool, stop, out));
  } else if (points.cols <= kDense) {
    LS_CHECK(by_covariance(points, count, pool, stop, out));
  } else {
    LS_CHECK(by_gram(points, count, stop, out));
  }
  return out;
}

}  // namespace latentscape
