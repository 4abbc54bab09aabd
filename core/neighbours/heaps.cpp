#include "core/neighbours/heaps.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "core/base/rng.hpp"

namespace latentscape {

uint32_t heap_of(const NeighbourGraph& graph, uint32_t i) {
  return graph.squared_distances(i, 0) == 0.0f ? std::min(i, graph.ids(i, 0)) : i;
}

void spread_heaps(NeighbourGraph& graph) {
  const size_t k = graph.ids.cols;
  std::map<uint32_t, std::vector<uint32_t>> heaps;
  for (uint32_t i = 0; i < graph.ids.rows; ++i)
    if (graph.squared_distances.row(i).back() == 0.0f) heaps[heap_of(graph, i)].push_back(i);
  for (const auto& [lowest, heap] : heaps) {
    const size_t others = heap.size() - 1;
    if (others <= k) continue;
    const std::vector<uint32_t> steps = random_permutation(static_cast<uint32_t>(others), Rng(1, RngStream::project, 3, lowest));
    for (size_t i = 0; i < heap.size(); ++i)
      for (size_t a = 0; a < k; ++a) graph.ids(heap[i], a) = heap[(i + 1 + steps[a]) % heap.size()];
  }
}

}  // namespace latentscape
