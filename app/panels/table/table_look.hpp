// How an example that is no image is drawn where an image would be: the numbers of a table within the range that the data has; of texts
// the words (text_look.hpp).
#pragma once

#include <imgui.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "app/gui/panel.hpp"

namespace latentscape {

/// Least and greatest value of each number of an example; of at most 20,000 rows, evenly taken. Equal values get a range of 1.
using TableRanges = std::vector<std::array<float, 2>>;
TableRanges ranges_of(const Dataset& data);

/// Where `value` stands in its range, 0 to 1.
float share_in(const std::array<float, 2>& range, float value);

/// The ranges of the open run's data, computed once a run.
class TableLook {
 public:
  const TableRanges& ranges(const OpenedRun& run);

  /// A row a number: its name, a bar from 0 (or the end of the range next to it), its value; as many as fit, then how many more.
  void values(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x);
  /// The same without words: two numbers as a place in their plane, more as bars side by side.
  void glyph(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x);

 private:
  uint64_t run_ = 0;
  TableRanges ranges_;
};

}  // namespace latentscape
