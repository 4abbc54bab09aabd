// Glyphs: how the ten digits are written, as pen paths in several styles each.
#pragma once

#include <string>
#include <vector>

namespace latentscape {

/// x to the right and y down, in hundredths of a digit's height; digits are about 60 wide and 100 high.
struct GlyphPoint {
  float x = 0;
  float y = 0;
  bool corner = false;  // the pen turns sharply here; elsewhere the path is smooth
};

/// What the pen writes without being lifted: a path through these points.
using GlyphStroke = std::vector<GlyphPoint>;

struct GlyphStyle {
  std::string name;  // "7 barred"; unique
  int digit = 0;
  double weight = 1;  // how often, among the styles of its digit
  std::vector<GlyphStroke> strokes;
};

/// All styles, ordered by digit.
std::vector<GlyphStyle> digit_glyphs();

}  // namespace latentscape
