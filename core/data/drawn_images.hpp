// What built-in image data has in common: each row is drawn by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/data/source.hpp"

namespace latentscape {

/// Fills the pixels of a row (side * side, grey) and its place in each column.
using DrawRow = std::function<void(size_t row, uint8_t* image, std::vector<Column>& columns)>;

/// Rows of side x side grey pixels, drawn on all cores in no order; the first column is the label. `columns` come with room for each row.
/// Errors: cancelled.
Result<Dataset> draw_images(const DataRequest& request, const std::string& name, size_t side, size_t rows, std::vector<Column> columns,
                            const DrawRow& draw);

}  // namespace latentscape
