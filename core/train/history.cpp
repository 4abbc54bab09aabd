#include "core/train/history.hpp"

#include <utility>

namespace latentscape {

void ReportWindow::add(const StepReport& report) {
  if (report.recovered) return;
  const double weight = static_cast<double>(report.samples);
  sums_.step = report.step;
  sums_.epoch = report.epoch;
  sums_.samples += report.samples;
  sums_.train.reconstruction += weight * report.terms.reconstruction;
  sums_.train.kl += weight * report.terms.kl;
  sums_.train.objective += weight * report.terms.objective;
  sums_.train.classification += weight * report.terms.classification;
  sums_.gradient_norm += report.gradient_norm;
  ++steps_;
}

MetricsPoint ReportWindow::take() {
  MetricsPoint point = std::exchange(sums_, {});
  if (point.samples > 0) {
    const double n = static_cast<double>(point.samples);
    point.train.reconstruction /= n;
    point.train.kl /= n;
    point.train.objective /= n;
    point.train.classification /= n;
  }
  if (const size_t steps = std::exchange(steps_, 0)) point.gradient_norm /= static_cast<double>(steps);
  return point;
}

}  // namespace latentscape
