#include "core/train/schedules.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace latentscape {

namespace {

constexpr double kCycles = 4.0;     // of the cyclical schedule, over the run
constexpr double kRampShare = 0.5;  // of a cycle

}  // namespace

double linear_ramp(double epoch, double ramp) { return epoch < ramp ? epoch / ramp : 1.0; }

double rate_factor(RateSchedule schedule, double warmup, double epoch, double target) {
  const double rise = linear_ramp(epoch, warmup);
  if (schedule != RateSchedule::cosine) return rise;
  return rise * 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(1.0, epoch / target)));
}

double scheduled_beta(BetaSchedule schedule, double beta, double ramp, double epoch, double target) {
  if (schedule == BetaSchedule::linear) return beta * linear_ramp(epoch, ramp);
  if (schedule == BetaSchedule::constant || epoch >= target) return beta;
  const double cycle = epoch / target * kCycles;
  return beta * std::min(1.0, (cycle - std::floor(cycle)) / kRampShare);
}

void judge_epoch(PlateauState& state, uint64_t epoch, double heldout_loss, size_t patience) {
  state.judged = epoch;
  if (std::isfinite(heldout_loss) && !(state.best && heldout_loss >= *state.best)) {
    state.best = heldout_loss;
    state.waited = 0;
  } else if (++state.waited >= patience) {
    state.scale /= 2.0;
    state.waited = 0;
  }
}

}  // namespace latentscape
