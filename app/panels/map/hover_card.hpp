// What a rest on a point shows: its picture, number, label, loss and split.
#pragma once

#include <cstdint>

#include "app/gui/panel.hpp"

namespace latentscape {

/// A tooltip about a dataset row. There is a run with latents.
void hover_card(PanelContext& c, uint32_t row);

}  // namespace latentscape
