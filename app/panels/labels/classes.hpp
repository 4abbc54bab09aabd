// Classes of the data's label as controls: which one to decode as, which one an example is, how likely each is.
#pragma once

#include <span>
#include <string>

#include "app/gui/panel.hpp"

namespace latentscape {

/// The classes as small pills where they are few, as a drop-down where they are many; true when another is chosen.
bool class_choice(PanelContext& c, const char* name, const char* tip, int& label);

/// q(y|x) as a column for each class, the likeliest ones alone where they are many.
void class_bars(PanelContext& c, const char* name, std::span<const float> probabilities);

/// The classes that bars show: all in their order, or the `most` likeliest, likeliest first.
std::vector<size_t> bars_shown(std::span<const float> probabilities, size_t most);

}  // namespace latentscape
