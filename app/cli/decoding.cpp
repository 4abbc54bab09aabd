#include "app/cli/decoding.hpp"

#include <fmt/format.h>

#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "core/explore/decode.hpp"
#include "core/formats/npy.hpp"

namespace latentscape {

Result<Report> decode_to_file(const LoadedRun& run, const FloatArray& z, const std::string& out, size_t columns, ComputePool& pool,
                              std::stop_token stop) {
  LS_CHECK(check_examples_path(out, run.checkpoint.shape));
  Workspace<float> work;
  LS_TRY(const FloatArray x, decode_all(*run.model, run.checkpoint.state.parameters, z, pool, work, stop));
  LS_CHECK(write_examples(out, x, run.checkpoint.shape, columns));
  Report report;
  report.json = {{"out", out}, {"n", x.rows}, {"shape", run.checkpoint.shape}};
  report.text = fmt::format("{}: {} decoded examples\n", out, x.rows);
  return report;
}

Result<FloatArray> read_latents(const std::string& path) {
  LS_TRY(NpyArray array, read_npy(path));
  if (array.dims.size() == 1) array.dims.insert(array.dims.begin(), 1);
  if (array.dims.size() != 2)
    return fail(ErrorCode::invalid_argument, "{}: has {} dimensions, expected 2 (a row a point)", path, array.dims.size());
  FloatArray z;
  z.rows = array.dims[0];
  z.cols = array.dims[1];
  z.values = std::move(array.values);
  if (z.empty()) return fail(ErrorCode::invalid_argument, "{}: is {} x {}, expected at least one row and one column", path, z.rows, z.cols);
  return z;
}

size_t square_columns(size_t n) {
  size_t columns = 1;
  while (columns * columns < n) ++columns;
  return columns;
}

Status check_axes(const std::vector<size_t>& axes, size_t latent) {
  if (latent < 2) return fail(ErrorCode::invalid_argument, "the model has one latent dimension, a plane needs two");
  if (axes[0] == axes[1] || axes[0] > latent || axes[1] > latent)
    return fail(ErrorCode::invalid_argument, "--axes {},{}: expected two different dimensions from 1 to {}", axes[0], axes[1], latent);
  return {};
}

Result<std::vector<double>> kl_of_run(const LoadedRun& run, const std::string& run_path, const std::string& data_path, ComputePool& pool,
                                      std::stop_token stop) {
  if (!run.directory.empty()) {
    LS_TRY(const RunDirectory directory, RunDirectory::open(run.directory));
    LS_TRY(const std::vector<MetricsLine> lines, directory.metrics());
    for (const MetricsLine& line : lines)
      if (line.step == run.checkpoint.state.step && line.evaluation && line.evaluation->split == Split::heldout &&
          line.evaluation->kl_per_dimension.size() == run.model->latent())
        return line.evaluation->kl_per_dimension;
  }
  LS_TRY(const auto data, load_run_data(run, run_path, data_path, stop));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, "heldout"));
  const RunConfig& config = run.checkpoint.config;
  LS_TRY(const Evaluation evaluation,
         evaluate_rows(*run.model, run.checkpoint.state.parameters, *data, rows, Split::heldout, config.seed, config.binarise, pool, stop));
  return evaluation.kl_per_dimension;
}

}  // namespace latentscape
