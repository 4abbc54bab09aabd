// What most sub-commands begin with: a run, its data, some rows of it, and a pool to compute on.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {

/// The data that a run was trained on, with the run's splits; `moved_to`, where not empty, says where it is now. Other data of the same
/// shape is taken, with a warning on stderr. Errors: not_found names the recorded place and --data; another shape is invalid_argument.
Result<std::shared_ptr<const Dataset>> load_run_data(const LoadedRun& run, const std::string& run_path, const std::string& moved_to,
                                                     std::stop_token stop);

/// Rows of "train", "heldout", "test" or "all", ascending; none is an error.
Result<std::vector<uint32_t>> rows_of_split(const Dataset& data, const std::string& split);

/// "28 x 28", "5".
std::string text_from_shape(const std::vector<size_t>& shape);

/// A line on stderr that is not an error.
void print_note(const std::string& text);

}  // namespace latentscape
