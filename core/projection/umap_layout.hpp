// The layout of UMAP: each epoch pulls points along the edges that fall due and pushes them off random others.
// McInnes, Healy & Melville, "UMAP: uniform manifold approximation and projection", 2018, section 4.2.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/projection/sparse_graph.hpp"
#include "core/projection/umap_curve.hpp"

namespace latentscape {

struct UmapEpoch {
  size_t epoch = 0;   // an edge of weight w falls due in a share w / largest of the epochs, at even intervals
  float rate = 1.0f;  // length of a step
  uint64_t seed = 1;
};

/// Only a point itself moves it: it meets the edges that fall due and five random points for each, a register of them at a time, and does
/// what both ends of an edge would do to it. Points take their turn in eight groups; those of one group see each other where they were
/// before, the others where they are now. So nothing depends on who is faster, and no point jumps on the word of many that jump too.
/// (Nolet et al., "Bringing UMAP closer to the speed of light with GPU acceleration", 2021, gathers in the same way.)
class UmapLayout {
 public:
  /// The edges from now on, weights in (0, 1].
  void set_graph(SparseGraph graph);
  const SparseGraph& graph() const { return graph_; }

  /// Moves positions (n x 2) by one epoch. The same bits at any thread count. False: stopped, positions are not to be used.
  bool run(const UmapEpoch& epoch, const UmapCurve& curve, FloatArray& positions, ComputePool& pool, const std::stop_token& stop);

 private:
  /// The groups of point i: the end of an edge that is due, then random points. Filled up to whole registers with i itself.
  void find_targets(size_t i, const UmapEpoch& epoch, std::vector<uint32_t>& targets) const;

  SparseGraph graph_;
  std::vector<uint32_t> shares_;  // an edge's share of the epochs, in 2^-32
  FloatArray next_;
};

}  // namespace latentscape
