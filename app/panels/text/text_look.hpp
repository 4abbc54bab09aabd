// How a text is drawn where an image would be: the words that have the largest numbers.
#pragma once

#include <imgui.h>

#include <span>

#include "app/gui/panel.hpp"

namespace latentscape {

/// A row a word, the largest first: the word, a bar as long as its number, the number as a share of all; as many as fit.
void word_bars(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x);
/// The largest words alone, a line each.
void word_tile(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x);

}  // namespace latentscape
