// Affinities of t-SNE: how much each pair of points belongs together, from the 3 x perplexity nearest neighbours.
// van der Maaten & Hinton, "Visualizing data using t-SNE", 2008, equation 1; the cut at 3 x perplexity: van der Maaten, 2014.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/graph.hpp"

namespace latentscape {

/// Symmetric sparse p_ij with sum 1; row i holds values[start[i] .. start[i+1]).
struct Affinities {
  size_t n = 0;
  std::vector<size_t> start;  // n + 1
  std::vector<uint32_t> columns;
  std::vector<float> values;
};

/// The k nearest of a perplexity: min(n - 1, 3 x perplexity). Errors unless 1 <= perplexity <= (n - 1) / 3.
Result<size_t> tsne_neighbours(size_t n, double perplexity);

/// Gaussian bandwidths so that each row's entropy is log(perplexity), over the graph's neighbours, symmetrised. Takes the graph's memory
/// over. The same bits at any thread count.
Result<Affinities> tsne_affinities(NeighbourGraph graph, double perplexity, ComputePool& pool, std::stop_token stop = {});

/// The same affinities of points in another order: row r is that of order[r].
Affinities renumbered(const Affinities& p, std::span<const uint32_t> order, ComputePool& pool);

/// One row alone: squared distances, nearest first, become conditional probabilities whose entropy is log(perplexity), or log(k / 3) where
/// the k of them are too few for it.
void calibrate_row(std::span<float> row, double perplexity);

/// The k of largest p of each row (which has at least k), as ids of a graph without distances: where to look when points have moved.
NeighbourGraph strongest_partners(const Affinities& p, size_t k, ComputePool& pool);

}  // namespace latentscape
