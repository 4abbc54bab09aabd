// Schedules: how the learning rate and the weight of the KL change over a run. Pure functions of the place in the run, in epochs (whole
// passes and the share of this one), but for the plateau, whose state is part of the trainer's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace latentscape {

enum class RateSchedule { constant, cosine, plateau };
///   linear: from 0 over the ramp's epochs. Bowman et al., "Generating sentences from a continuous space", 2016.
///   cyclical: four cycles over the run, each with a linear first half. Fu et al., "Cyclical annealing schedule", 2019.
enum class BetaSchedule { constant, linear, cyclical };

/// What the learning rate is multiplied with: warm-up from 0 over its epochs, times the cosine, which falls to 0 at the target (Loshchilov
/// & Hutter, "SGDR", 2017) and stays there. Exactly 1 without either.
double rate_factor(RateSchedule schedule, double warmup, double epoch, double target);

/// From 0 to 1 over the ramp's epochs, 1 from then on; a ramp of 0: always 1.
double linear_ramp(double epoch, double ramp);

/// The weight of the KL, at most beta; beta itself once a ramp or the target is passed.
double scheduled_beta(BetaSchedule schedule, double beta, double ramp, double epoch, double target);

/// Halves the learning rate when the held-out loss has not become better for `patience` epochs.
struct PlateauState {
  std::optional<double> best;  // held-out loss, nats an example
  uint64_t judged = 0;         // epochs whose held-out loss was seen
  uint64_t waited = 0;         // epochs since the best or the last halving
  double scale = 1.0;          // what the learning rate is multiplied with
  bool operator==(const PlateauState&) const = default;
};
/// A loss that is not finite is not better.
void judge_epoch(PlateauState& state, uint64_t epoch, double heldout_loss, size_t patience);

}  // namespace latentscape
