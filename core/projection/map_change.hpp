// What moved between two maps of the same points, relative to neighbours: a group that travels whole has not moved.
#pragma once

#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

struct MapChange {
  /// A number a point, 0 to 1: 1 - r / max(r, d), d the median distance on the later map to those who were its k neighbours on the earlier,
  /// r that to its k-th neighbour now. 0: the neighbours of then are those of now; 0.5: they are twice as far as neighbours are; near 1: it
  /// went elsewhere. Turning, mirroring or scaling a map, or any group on it, changes nothing.
  std::vector<float> moved;
  double kept = 0.0;          // mean share of the k neighbours of then that are among the k of now
  double displacement = 0.0;  // median distance travelled after alignment (align_map), as a share of the earlier map's wider side
};

/// before, after: n x 2, the same points. The same bits at any thread count. Errors: other shapes, k < 1 or k >= n, numbers that are not
/// finite, cancelled.
Result<MapChange> map_change(FloatView before, FloatView after, size_t k, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
