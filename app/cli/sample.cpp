// `latentscape sample`: decode draws from the prior.
#include <fmt/format.h>

#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/output.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/explore/prior.hpp"

namespace latentscape {
namespace {

struct SampleOptions {
  std::string run, out;
  size_t n = 64;
  double temperature = 1.0;
  uint64_t seed = 1;
};

Result<Report> sample(const SampleOptions& options) {
  SignalStop signals;
  LS_TRY(const LoadedRun run, load_run(options.run));
  LS_CHECK(check_examples_path(options.out, run.checkpoint.shape));
  ComputePool pool;
  const FloatArray z = prior_draws(options.n, run.model->latent(), options.seed, options.temperature);
  LS_TRY(Report report, decode_to_file(run, z, options.out, square_columns(options.n), pool, signals.token()));
  report.json["temperature"] = options.temperature;
  report.json["seed"] = options.seed;
  report.text = fmt::format("{}: {} samples from the prior\n", options.out, options.n);
  return report;
}

}  // namespace

Action add_sample(CLI::App& command) {
  auto o = std::make_shared<SampleOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("-n", o->n, "how many")->check(CLI::Range(size_t{1}, size_t{100000}))->capture_default_str();
  command.add_option("--out", o->out, ".npy, .png (a grid, images) or .csv (tables)")->required()->type_name("FILE");
  command.add_option("--temperature", o->temperature, "standard deviation of the draws")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command.add_option("--seed", o->seed, "the same seed gives the same draws")->capture_default_str();
  return [o](const CommandSettings&) { return sample(*o); };
}

}  // namespace latentscape
