#include "app/gui/trouble.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

Trouble trouble_of(RunPhase phase, const SessionHistory& history) {
  if (phase == RunPhase::failed) return Trouble::stopped;
  constexpr size_t kNewest = 3;
  const auto& losses = history.losses;
  if (losses.size() <= kNewest) return Trouble::none;
  const double first = losses.front().train.loss(), bar = first + 2.0 * std::max(1.0, std::abs(first));
  const bool all = std::all_of(losses.end() - kNewest, losses.end(), [bar](const event::LossPoint& p) { return !(p.train.loss() <= bar); });
  return std::isfinite(first) && all ? Trouble::diverged : Trouble::none;
}

void forget_after(SessionHistory& history, uint64_t step) {
  const auto forget = [step](auto& told) {
    told.erase(std::remove_if(told.begin(), told.end(), [step](const auto& one) { return one.step > step; }), told.end());
  };
  forget(history.losses);
  forget(history.evaluations);
  forget(history.changes);
}

}  // namespace latentscape
