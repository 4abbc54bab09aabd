// What the sub-commands that write pictures and arrays share: latent positions in, decoded examples out.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "app/cli/commands.hpp"
#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {

/// What every sub-command that decodes latent positions into a file is told.
struct PictureOptions {
  std::string run, out, data;
  std::optional<std::string> label;
  size_t threads = 0;
  bool sets = false;  // --out without an extension is a folder of IDX files
};

/// The run, --out and --threads; --data where `data_help` is not null.
void add_picture_options(CLI::App& command, PictureOptions& options, const char* data_help);

/// What it decodes, and what it adds to the report.
struct Picture {
  FloatArray z;
  size_t columns = 1;  // of a grid of images
  Json more = Json::object();
  std::string text;                  // for people; empty: "... decoded examples"
  std::vector<int32_t> labels = {};  // one a row, where the model decodes with one; empty: that of --label for all
};

/// What the latent positions are made with.
struct PictureWork {
  const LoadedRun& run;
  ComputePool& pool;
  std::stop_token stop;
};

/// Checks --out, opens the run, asks for the positions, decodes them and writes them (see write_examples, write_image_set). The report
/// holds out, n, shape and what the picture adds. `inputs`: other files that are read and must not be written over.
Result<Report> write_picture(const PictureOptions& options, const std::vector<std::string>& inputs,
                             const std::function<Result<Picture>(const PictureWork&)>& make);

/// --label, a class by name or number, n times; none where the model decodes without one. Errors: a label that it does not take or that is
/// missing, unknown names.
Result<std::vector<int32_t>> labels_for(const LoadedRun& run, const std::optional<std::string>& label, size_t n);

/// An NPY file of numbers, n x latent (or one row of `latent`).
Result<FloatArray> read_latents(const std::string& path);
/// An NPY file of points, n x d; a flat list of numbers is refused.
/// Each less the one of the `offsets` (of point_offsets, or none) that is for its column.
Result<FloatArray> read_points(const std::string& path, std::span<const double> offsets = {});
/// What floats need subtracted from the columns of an array, so that they do not lose what tells its rows apart; empty: nothing.
Result<std::vector<double>> point_offsets(const std::string& path);

/// The smallest number of columns that makes a grid of n no taller than wide.
size_t square_columns(size_t n);

/// Two shown dimensions, counted from 1 on the command line, as indices; errors name the latent dimensions there are.
Status check_axes(const std::vector<size_t>& axes, size_t latent);

/// Held-out KL of each latent dimension: the recorded one of this checkpoint, else computed from the run's data.
Result<std::vector<double>> kl_of_run(const LoadedRun& run, const std::string& run_path, const std::string& data, ComputePool& pool,
                                      std::stop_token stop);

}  // namespace latentscape
