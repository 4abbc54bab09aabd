// Heaps: more points in one place than each of them has neighbours.
#pragma once

#include <cstdint>

#include "core/neighbours/graph.hpp"

namespace latentscape {

/// Points with the same number here have the same place (where the graph is exact): the lowest of a heap of duplicates.
uint32_t heap_of(const NeighbourGraph& graph, uint32_t i);

/// Of a heap, the lowest ids are everybody's neighbours: a layout would pull those few at all the others and come to nothing. Here each
/// gets others of its heap instead, and is a neighbour as often as it has any.
void spread_heaps(NeighbourGraph& graph);

}  // namespace latentscape
