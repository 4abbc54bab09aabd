// The figures at a sweep's end.
#pragma once

#include <string>
#include <vector>

#include "app/cli/sweep_rows.hpp"

namespace latentscape {

/// Draws the measure that ranks over the grid into `out`/sweep.svg and .png: lines with error bars over one key of numbers (a line for each
/// value of one more key), a heat map over two keys of numbers, else a row a combination. Returns the paths; none where nothing is done.
Result<std::vector<std::string>> draw_sweep(const SweepResult& result, const std::string& out);

}  // namespace latentscape
