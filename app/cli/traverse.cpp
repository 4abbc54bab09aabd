// `latentscape traverse`: one row a latent dimension, sorted by KL.
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/output.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/explore/traverse.hpp"

namespace latentscape {
namespace {

struct TraverseOptions {
  std::string run, data, out;
  size_t steps = 11;
  size_t dimensions = 0;
  double range = 3.0;
};

Result<Report> run_traverse(const TraverseOptions& options) {
  SignalStop signals;
  LS_TRY(const LoadedRun run, load_run(options.run));
  LS_CHECK(check_examples_path(options.out, run.checkpoint.shape));
  ComputePool pool;
  LS_TRY(const std::vector<double> kl, kl_of_run(run, options.run, options.data, pool, signals.token()));
  std::vector<size_t> order = dimensions_by_kl(kl);
  if (options.dimensions && options.dimensions < order.size()) order.resize(options.dimensions);
  const std::vector<float> origin(run.model->latent(), 0.0f);
  const FloatArray z = traverse(origin, order, options.steps, -options.range, options.range);
  LS_TRY(Report report, decode_to_file(run, z, options.out, options.steps, pool, signals.token()));
  report.json["dimensions"] = Json::array();
  report.json["kl"] = Json::array();
  for (const size_t j : order) {
    report.json["dimensions"].push_back(j + 1);
    report.json["kl"].push_back(kl[j]);
  }
  return report;
}

}  // namespace

Action add_traverse(CLI::App& command) {
  auto o = std::make_shared<TraverseOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--out", o->out, ".npy, .png (a grid, images) or .csv (tables)")->required()->type_name("FILE");
  command.add_option("--steps", o->steps, "decodes a dimension")->check(CLI::Range(size_t{2}, size_t{1000}))->capture_default_str();
  command.add_option("--range", o->range, "from minus to plus this value, the other dimensions at 0")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  command.add_option("--dimensions", o->dimensions, "only so many, those of the largest KL (default: all)");
  command.add_option("--data", o->data, "where the run's data is now")->type_name("DATA");
  return [o](const CommandSettings&) { return run_traverse(*o); };
}

}  // namespace latentscape
