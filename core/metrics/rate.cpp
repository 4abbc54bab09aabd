#include "core/metrics/rate.hpp"

#include <algorithm>
#include <numbers>

namespace latentscape {

Rate rate_from(const LossTerms& terms, size_t width) {
  Rate rate;
  rate.nats = terms.loss();
  rate.bits_per_dimension = rate.nats / (static_cast<double>(width) * std::numbers::ln2);
  rate.code_nats = terms.kl;
  rate.code_bits = terms.kl / std::numbers::ln2;
  return rate;
}

double mean_squared_error(FloatView a, FloatView b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.rows; ++i)
    for (size_t j = 0; j < a.cols; ++j) {
      const double off = static_cast<double>(a(i, j)) - static_cast<double>(b(i, j));
      sum += off * off;
    }
  return sum / static_cast<double>(a.rows * a.cols);
}

FloatArray pca_reconstruction(const PrincipalAxes& axes, size_t components, FloatView x) {
  FloatArray out(x.rows, x.cols);
  std::vector<double> off(x.cols), back(x.cols);
  for (size_t i = 0; i < x.rows; ++i) {
    for (size_t j = 0; j < x.cols; ++j) off[j] = static_cast<double>(x(i, j)) - axes.mean[j];
    back = axes.mean;
    for (size_t k = 0; k < std::min(components, axes.axes.rows); ++k) {
      const double* axis = axes.axes.row_data(k);
      double along = 0.0;
      for (size_t j = 0; j < x.cols; ++j) along += axis[j] * off[j];
      for (size_t j = 0; j < x.cols; ++j) back[j] += along * axis[j];
    }
    for (size_t j = 0; j < x.cols; ++j) out(i, j) = static_cast<float>(back[j]);
  }
  return out;
}

}  // namespace latentscape
