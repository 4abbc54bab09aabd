// `latentscape encode`: posterior means (or draws) of a run's data as NPY.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/base/rng.hpp"
#include "core/formats/file.hpp"
#include "core/formats/npy.hpp"

namespace latentscape {
namespace {

struct EncodeOptions {
  size_t memory = 0;  // bytes, of data; 0: the default
  std::string run, data, split = "all", out;
  std::optional<std::string> log_variance, rows;
  bool sample = false;
  uint64_t seed = 1;
  size_t threads = 0;
};

bool same_place(const std::string& a, const std::string& b) {
  std::error_code error;
  namespace fs = std::filesystem;
  return fs::weakly_canonical(fs::absolute(a, error), error) == fs::weakly_canonical(fs::absolute(b, error), error);
}

/// z = mean + e^(lv / 2) eps, the noise keyed by seed and row.
void draw_posterior(FloatArray& mean, const FloatArray& log_variance, const std::vector<uint32_t>& rows, uint64_t seed) {
  for (size_t i = 0; i < mean.rows; ++i) {
    Rng rng(seed, RngStream::sample, 0, rows[i]);
    for (size_t j = 0; j < mean.cols; ++j) mean(i, j) += std::exp(0.5f * log_variance(i, j)) * rng.normal();
  }
}

Result<Report> encode(const EncodeOptions& options) {
  LS_USAGE(check_split(options.split, true));
  LS_USAGE(check_extension(options.out, "latents", {"npy"}));
  if (options.log_variance) {
    LS_USAGE(check_extension(*options.log_variance, "log-variances", {"npy"}));
    if (same_place(options.out, *options.log_variance))
      return refused(fail(ErrorCode::invalid_argument, "{}: --out and --logvar name the same file", options.out));
    LS_CHECK(check_output(*options.log_variance, {options.run, options.data}));
  }
  if (options.rows) {
    LS_USAGE(check_extension(*options.rows, "row numbers", {"npy"}));
    if (same_place(options.out, *options.rows) || (options.log_variance && same_place(*options.log_variance, *options.rows)))
      return refused(fail(ErrorCode::invalid_argument, "{}: --rows names the same file as another option", *options.rows));
    LS_CHECK(check_output(*options.rows, {options.run, options.data}));
  }
  LS_CHECK(check_output(options.out, {options.run, options.data}));
  SignalStop signals;
  LS_TRY(
      const LoadedRun run,
      open_run(options.run, {options.out, options.log_variance.value_or(options.out), options.rows.value_or(options.out)}, options.memory));
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, signals.token()));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, options.split));
  ComputePool pool(options.threads);
  FloatArray log_variance;
  LS_TRY(FloatArray mean, means_of(run, *data, rows, &log_variance, pool, signals.token()));
  if (options.sample) draw_posterior(mean, log_variance, rows, options.seed);
  LS_CHECK(write_array(options.out, mean));
  if (options.log_variance) LS_CHECK(write_array(*options.log_variance, log_variance));
  if (options.rows) {
    std::vector<int64_t> numbers;
    for (const uint32_t row : rows) numbers.push_back(static_cast<int64_t>(data->row_number(row)));
    LS_CHECK(atomic_write_file(*options.rows, npy_bytes(std::vector<size_t>{numbers.size()}, numbers)));
  }
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
  command.add_option("--rows", o->rows, "the place of each of these rows in the data, from 0, int64")->type_name("FILE.npy");
  command.add_flag("--sample", o->sample, "one draw of z a row instead of its mean");
  command.add_option("--seed", o->seed, "of --sample")->check(whole_number(0, UINT64_MAX))->capture_default_str();
  add_memory_option(command, o->memory);
  command.add_option("--threads", o->threads, "0: all cores")->check(whole_number(0, kMostThreads));
  return [o](const CommandSettings&) { return encode(*o); };
}

}  // namespace latentscape
