// Trouble: whether training went wrong in a way that a person should be told over the map.
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

}  // namespace latentscape
