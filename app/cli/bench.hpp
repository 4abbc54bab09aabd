// What `latentscape bench` measures and how it says so.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/commands.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

struct Measured {
  std::string name, unit;
  double value = 0.0;
  double limit = 0.0;  // in the same unit
  std::string limited_by = "the multiply-adds";
  Json more = Json::object();
};

struct TsneBench {
  std::vector<size_t> points = {3000, 10000, 70000};
  size_t iterations = 1000;
  std::string data;      // an NPY array whose first rows are taken; none: ten normal clusters in 50 dimensions
  bool peer = false;     // scikit-learn beside it, where python3 has it
  bool stop = false;     // how long it goes on after it was asked to stop
  double moved = 0.0;    // how a finished map follows points whose coordinates moved by noise of this size; 0: not measured
  std::string moved_to;  // or of an NPY array of the same points, later
};

/// t-SNE of each number of points, perplexity 30: neighbours and milliseconds an iteration, exact pairs and the field on the finished map;
/// on request how soon it stops and how it follows.
Result<Measured> bench_tsne(const TsneBench& options, ComputePool& pool, std::stop_token stop);

}  // namespace latentscape
