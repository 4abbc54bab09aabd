// How texts are shown where there is room for them: wrapped, and as cards. For panels and the form before training.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "app/gui/panel.hpp"
#include "core/data/dataset.hpp"

namespace latentscape::ui {

/// Wrapped in `width` pixels; a longer text than `most_lines` ends in an ellipsis.
void text_block(std::string_view text, float width, size_t most_lines);

/// columns x lines evenly taken texts as cards of at most `most_lines` each, with the class below in its colour. Controls are called
/// name.0, ...; the row that was clicked. Without a `tip` nothing can be.
std::optional<size_t> text_cards(PanelContext& c, const char* name, const Dataset& data, size_t columns, size_t lines, size_t most_lines,
                                 const char* tip);

}  // namespace latentscape::ui
