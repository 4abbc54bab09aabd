// Affinities of t-SNE: how much each pair of points belongs together, from the exact 3 x perplexity neighbours.
// van der Maaten & Hinton, "Visualizing data using t-SNE", 2008, equation 1; the cut at 3 x perplexity: van der Maaten, 2014.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

/// Symmetric sparse p_ij with sum 1; row i holds values[start[i] .. start[i+1]) at ascending columns.
struct Affinities {
  size_t n = 0;
  std::vector<uint32_t> start;  // n + 1
  std::vector<uint32_t> columns;
  std::vector<float> values;
};

/// Gaussian bandwidths by bisection so that each row's entropy is log(perplexity); 1 <= perplexity < n / 3. The same bits at any thread
/// count.
Result<Affinities> tsne_affinities(FloatView points, double perplexity, ComputePool& pool, std::stop_token stop = {});

/// One row alone: squared distances, nearest first, become conditional probabilities whose entropy is log(perplexity), or log(k / 3) where
/// the k of them are too few for it.
void calibrate_row(std::span<float> row, double perplexity);

}  // namespace latentscape
