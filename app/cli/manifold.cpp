// `latentscape manifold`: a grid of decodes at the quantiles of the prior, over two latent dimensions.
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/explore/manifold.hpp"

namespace latentscape {
namespace {

struct ManifoldOptions {
  std::string run, out;
  size_t size = 20;
  std::vector<size_t> axes = {1, 2};
};

Result<Report> run_manifold(const ManifoldOptions& options) {
  SignalStop signals;
  LS_TRY(const LoadedRun run, load_run(options.run));
  LS_CHECK(check_axes(options.axes, run.model->latent()));
  ComputePool pool;
  const std::vector<float> origin(run.model->latent(), 0.0f);
  const FloatArray z = manifold_by_quantiles(origin, options.axes[0] - 1, options.axes[1] - 1, options.size);
  LS_TRY(Report report, decode_to_file(run, z, options.out, options.size, pool, signals.token()));
  report.json["size"] = options.size;
  report.json["axes"] = options.axes;
  return report;
}

}  // namespace

Action add_manifold(CLI::App& command) {
  auto o = std::make_shared<ManifoldOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--size", o->size, "decodes a side")->check(CLI::Range(size_t{1}, size_t{200}))->capture_default_str();
  command.add_option("--out", o->out, ".npy, .png (a grid, images) or .csv (tables)")->required()->type_name("FILE");
  command.add_option("--axes", o->axes, "the two dimensions, from 1; the others stay at 0")
      ->expected(2)
      ->delimiter(',')
      ->check(CLI::Range(size_t{1}, size_t{1000000}))
      ->type_name("I,J");
  return [o](const CommandSettings&) { return run_manifold(*o); };
}

}  // namespace latentscape
