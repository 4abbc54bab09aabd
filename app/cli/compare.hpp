// Runs side by side: `latentscape compare`, and the end of a sweep over models.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/commands.hpp"

namespace latentscape {

inline constexpr size_t kMostCompared = 6;

struct CompareOptions {
  std::vector<std::string> runs;
  std::string out, data, split = "test";
  double width = 0.0;  // 0: by the number of runs
  size_t threads = 0;
  bool dark = false;
};

/// Draws numbers, latent maps, reconstructions of the same examples and samples, a column a run. Errors: those of opening runs and data,
/// runs of different data, no example of the split that they share.
Result<Report> compare_runs(const CompareOptions& options, std::stop_token stop);

}  // namespace latentscape
