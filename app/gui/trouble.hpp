// Trouble: whether training went wrong in a way that a person should be told over the map, and what is left of its history then.
#pragma once

#include "app/gui/panel.hpp"

namespace latentscape {

enum class Trouble {
  none,
  stopped,   // by an error
  diverged,  // it goes on, far above where it began
};

/// Diverged: each of the newest three train losses is above the first one by more than twice its size.
Trouble trouble_of(RunPhase phase, const SessionHistory& history);

/// Training went back to `step`: what was told of later ones is of numbers that are gone. The log stays.
void forget_after(SessionHistory& history, uint64_t step);

}  // namespace latentscape
