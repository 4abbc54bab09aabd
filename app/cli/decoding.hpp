// What the sub-commands that write pictures and arrays share: latent positions in, decoded examples out.
#pragma once

#include <stop_token>
#include <string>

#include "app/cli/commands.hpp"
#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {

/// Decodes z and writes it to `out` (see write_examples), `columns` pictures a row of a grid. The report holds out, n and shape.
Result<Report> decode_to_file(const LoadedRun& run, const FloatArray& z, const std::string& out, size_t columns, ComputePool& pool,
                              std::stop_token stop);

/// An NPY file of numbers, n x latent (or one row of `latent`).
Result<FloatArray> read_latents(const std::string& path);

/// The smallest number of columns that makes a grid of n no taller than wide.
size_t square_columns(size_t n);

/// Two shown dimensions, counted from 1 on the command line, as indices; errors name the latent dimensions there are.
Status check_axes(const std::vector<size_t>& axes, size_t latent);

/// Held-out KL of each latent dimension: the recorded one of this checkpoint, else computed from the run's data.
Result<std::vector<double>> kl_of_run(const LoadedRun& run, const std::string& run_path, const std::string& data, ComputePool& pool,
                                      std::stop_token stop);

}  // namespace latentscape
