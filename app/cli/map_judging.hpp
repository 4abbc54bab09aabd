// What `latentscape project` says about a map besides making it: quality, trust of each point, what moved since another map.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/commands.hpp"
#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

struct MapJudging {
  bool quality = false;
  std::string labels;   // NPY, a class a row
  std::string trust;    // written
  std::string against;  // NPY, an earlier map of the same rows
  std::string moved;    // written
};

void add_judging_options(CLI::App& command, MapJudging& judging);

/// Are these names of three different files (with that of the map), with the right extension? And can they be written, without harm to
/// `inputs`? Both said before anything is read.
Status check_judging_names(const MapJudging& judging, const std::string& map_out);
Status check_judging_outputs(const MapJudging& judging, const std::vector<std::string>& inputs);

/// Classes of the rows by `--labels`, else those that came with the data (may be none). -1: no label.
Result<std::vector<int>> judging_labels(const MapJudging& judging, std::vector<int> own, size_t n);

/// Judges the rows that are finite in both; adds what was asked for to the report and writes the files, NaN where a row was left out.
Status judge_map(const MapJudging& judging, const FloatArray& points, const FloatArray& map, std::span<const int> labels, uint64_t seed,
                 ComputePool& pool, std::stop_token stop, Report& report);

}  // namespace latentscape
