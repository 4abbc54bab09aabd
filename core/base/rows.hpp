// Some rows of an array.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/base/array.hpp"

namespace latentscape {

/// ids.size() x points.cols, in the order of the ids.
inline FloatArray rows_of(FloatView points, std::span<const uint32_t> ids) {
  FloatArray rows(ids.size(), points.cols);
  for (size_t i = 0; i < ids.size(); ++i) std::copy_n(points.row_data(ids[i]), points.cols, rows.row_data(i));
  return rows;
}

}  // namespace latentscape
