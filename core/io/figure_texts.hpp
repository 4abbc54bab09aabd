// A figure of texts: each on a card with its label, wrapped.
#pragma once

#include <string>
#include <vector>

#include "core/io/figure.hpp"

namespace latentscape {

struct TextCard {
  std::string text;
  std::string label;  // above it; may be empty
  Rgba colour;        // of the label and the card's edge
};
struct TextsFigure {
  std::string title, note;
  std::vector<TextCard> cards;
};

/// Two columns of cards, as high as they need (style.height is not looked at). Texts are cut after kMostCardLines lines, and cards that fit
/// into no picture of 16,000 are left out: returns how many are drawn. Written atomically, as PNG, SVG or PDF.
inline constexpr size_t kMostCardLines = 7;
Result<size_t> write_figure(const std::string& path, const TextsFigure& figure, const FigureStyle& style);

}  // namespace latentscape
