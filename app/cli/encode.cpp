// `latentscape encode`: posterior means (or draws) of a run's data as NPY.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/base/rng.hpp"

namespace latentscape {
namespace {

struct EncodeOptions {
  std::string run, data, split = "all", out, log_variance;
  bool sample = false;
  uint64_t seed = 1;
  size_t threads = 0;
};

/// z = mean + e^(lv / 2) eps, the noise keyed by seed and row.
void draw_posterior(FloatArray& mean, const FloatArray& log_variance, const std::vector<uint32_t>& rows, uint64_t seed) {
  for (size_t i = 0; i < mean.rows; ++i) {
    Rng rng(seed, RngStream::sample, 0, rows[i]);
    for (size_t j = 0; j < mean.cols; ++j) mean(i, j) += std::exp(0.5f * log_variance(i, j)) * rng.normal();
  }
}

Result<Report> encode(const EncodeOptions& options) {
  for (const std::string& path : {options.out, options.log_variance})
    if (!path.empty() && extension_of(path) != "npy")
      return fail(ErrorCode::invalid_argument, "{}: latents are written as NPY, expected a name that ends in .npy", path);
  SignalStop signals;
  LS_TRY(const LoadedRun run, load_run(options.run));
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, signals.token()));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, options.split));
  ComputePool pool(options.threads);
  FloatArray mean, log_variance;
  LS_CHECK(encode_dataset(*run.model, run.checkpoint.state.parameters, *data, rows, mean, &log_variance, pool, signals.token()));
  if (options.sample) draw_posterior(mean, log_variance, rows, options.seed);
  LS_CHECK(write_array(options.out, mean));
  if (!options.log_variance.empty()) LS_CHECK(write_array(options.log_variance, log_variance));
  Report report;
  report.json = {{"out", options.out}, {"split", options.split}, {"n", mean.rows}, {"latent", mean.cols}, {"sample", options.sample}};
  report.text = fmt::format("{}: {} x {} {}\n", options.out, mean.rows, mean.cols, options.sample ? "posterior draws" : "posterior means");
  return report;
}

}  // namespace

Action add_encode(CLI::App& command) {
  auto o = std::make_shared<EncodeOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--data", o->data, "other data of the same shape, or where the run's own data is now")->type_name("DATA");
  command.add_option("--split", o->split, "train, heldout, test or all, rows in the order of the data")
      ->capture_default_str()
      ->type_name("S");
  command.add_option("--out", o->out, "n x latent, float32")->required()->type_name("FILE.npy");
  command.add_option("--logvar", o->log_variance, "the log-variances, n x latent")->type_name("FILE.npy");
  command.add_flag("--sample", o->sample, "one draw of z a row instead of its mean");
  command.add_option("--seed", o->seed, "of --sample")->capture_default_str();
  command.add_option("--threads", o->threads, "0: all cores")->check(CLI::Range(size_t{0}, size_t{256}));
  return [o](const CommandSettings&) { return encode(*o); };
}

}  // namespace latentscape
