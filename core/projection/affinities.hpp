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
#include "core/projection/sparse_graph.hpp"

namespace latentscape {

/// Symmetric p_ij with sum 1.
using Affinities = SparseGraph;

/// The k nearest of a perplexity: min(n - 1, 3 x perplexity). Errors unless 1 <= perplexity <= (n - 1) / 3.
Result<size_t> tsne_neighbours(size_t n, double perplexity);

/// Gaussian bandwidths so that each row's entropy is log(perplexity), over the graph's neighbours, symmetrised. Takes the graph's memory
/// over. The same bits at any thread count.
Result<Affinities> tsne_affinities(NeighbourGraph graph, double perplexity, ComputePool& pool, std::stop_token stop = {});

/// One row alone: squared distances, nearest first, become conditional probabilities whose entropy is log(perplexity), or log(k / 3) where
/// the k of them are too few for it.
void calibrate_row(std::span<float> row, double perplexity);

}  // namespace latentscape
