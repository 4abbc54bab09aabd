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

}  // namespace latentscape
