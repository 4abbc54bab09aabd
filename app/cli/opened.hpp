// What most sub-commands begin with: a run, its data, some rows of it, and a pool to compute on.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/commands.hpp"
#include "core/data/dataset.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {

/// load_run, with a note on stderr for each newer checkpoint that could not be read. An error (exists) where one of `outputs` (empty: none)
/// is the run's data in its recorded place.
/// `memory`: for its data, see add_memory_option.
Result<LoadedRun> open_run(const std::string& path, const std::vector<std::string>& outputs, size_t memory = 0);

/// An option of bytes, as bytes_from_text reads them.
void add_bytes_option(CLI::App& command, const std::string& name, size_t& bytes, const std::string& help);

/// --memory: what the numbers of data may take before they are read from the disk, in bytes; 0 where it is not given.
void add_memory_option(CLI::App& command, size_t& bytes);

/// Is this the name of a kind, and of built-in data or something that may be a path? `count` (0: not given) is for built-in data alone.
Status check_data(const std::string& spec, const std::string& kind, size_t count);

/// Of a run with `only`: the rows of its classes, or all that the data has.
enum class RunRows { own, all };

/// The data that a run was trained on, with the run's splits; `moved_to`, where not empty, says where it is now, or names other data of the
/// same shape, which is taken whole, with a warning on stderr. Errors: not_found names the recorded place and --data; data that changed in
/// its recorded place and another shape are invalid_argument.
Result<std::shared_ptr<const Dataset>> load_run_data(const LoadedRun& run, const std::string& run_path, const std::string& moved_to,
                                                     std::stop_token stop, RunRows rows = RunRows::own);

/// The labels that its training saw; of data that is not the run's own, all. Rows that joined train are left out.
Result<KnownLabels> labels_of_run(const LoadedRun& run, const Dataset& data);

/// Posterior means (and log-variances where wanted) of rows, of examples as the run was trained on them (binarised where it was).
Result<FloatArray> means_of(const LoadedRun& run, const Dataset& data, const std::vector<uint32_t>& rows, FloatArray* log_variance,
                            ComputePool& pool, std::stop_token stop);

/// Is this one of train, heldout, test (and all, where `with_all`)?
Status check_split(const std::string& split, bool with_all);

/// Rows of "train", "heldout", "test" or "all", ascending; none is an error.
Result<std::vector<uint32_t>> rows_of_split(const Dataset& data, const std::string& split);

/// "28 x 28", "5".
std::string text_from_shape(const std::vector<size_t>& shape);

/// A line on stderr that is not an error.
void print_note(const std::string& text);

}  // namespace latentscape
