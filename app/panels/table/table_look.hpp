// How an example of a table is drawn where an image would be: its numbers within the range that the data has, by their names and units.
#pragma once

#include <imgui.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/gui/panel.hpp"
#include "app/panels/text/text_look.hpp"

namespace latentscape {

/// Least and greatest value of each number of an example, in the units of the model. Equal values get a range of 1.
using TableRanges = std::vector<std::array<float, 2>>;
TableRanges ranges_of(const DataSummary& summary, size_t width);

/// Where `value` stands in its range, 0 to 1.
float share_in(const std::array<float, 2>& range, float value);

/// One number of an example: its column, or a category of it; its own value is centre + unit * number.
struct ExampleNumber {
  std::string name;
  double centre = 0.0, unit = 1.0;
};
std::vector<ExampleNumber> numbers_of(const DataSummary& summary, size_t width);

/// What a decoded group of categories says: its numbers cut to 0 and above, and made to add up to 1.
std::vector<float> shares_of(std::span<const float> group);

/// The ranges of the open run's data, computed once a run.
class TableLook {
 public:
  const TableRanges& ranges(const OpenedRun& run);

  /// A row a column over all the width there is: its name, its value in its own units, and a bar on a track from the least to the greatest
  /// value of the data; categories as shares of one bar. With `decoded`, x is the original and both are drawn. Of more columns than `most`
  /// the first. width 0: all there is.
  void bars(PanelContext& c, const char* name, std::span<const float> x, std::span<const float> decoded = {}, float width = 0.0f,
            size_t most = 48);
  /// The same without words: two numbers as a place in their plane, more as a bar each, categories in their colours; of a text its words.
  void glyph(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x);

 private:
  struct Row;
  void number(PanelContext& c, const Row& row, const ColumnSummary& column, float x, const float* decoded);
  void words(PanelContext& c, const Row& row, const ColumnSummary& column, std::span<const float> x, std::span<const float> decoded);

  uint64_t run_ = 0;
  TableRanges ranges_;
  TextLook texts_;
};

}  // namespace latentscape
