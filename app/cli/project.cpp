// `latentscape project`: latents or any array to a 2-D map.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/projecting.hpp"
#include "app/cli/signal_stop.hpp"

namespace latentscape {
namespace {

struct ProjectOptions {
  std::string input, data, split = "all", out, metric = "euclidean";
  ProjectionConfig config;
  std::vector<size_t> axes = {1, 2};
  size_t threads = 0;
};

Result<FloatArray> points_of(const ProjectOptions& options, ComputePool& pool, std::stop_token stop) {
  if (extension_of(options.input) == "npy") return read_points(options.input);
  LS_TRY(const LoadedRun run, open_run(options.input, {options.out}));
  LS_TRY(const auto data, load_run_data(run, options.input, options.data, stop));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, options.split));
  return means_of(run, *data, rows, nullptr, pool, stop);
}

Result<Metric> metric_named(const std::string& name) {
  if (name == "euclidean") return Metric::euclidean;
  if (name == "cosine") return Metric::cosine;
  return fail(ErrorCode::invalid_argument, "--metric is '{}', expected euclidean or cosine", name);
}

Report report_of(const ProjectOptions& options, const ProjectedPoints& map) {
  const double iterating = map.seconds - map.seconds_neighbours;
  Report report;
  report.json = {{"method", options.config.method},
                 {"n", map.positions.rows},
                 {"dropped", map.dropped()},
                 {"iterations", map.iterations},
                 {"kl", map.kl},
                 {"seconds", map.seconds},
                 {"seconds_neighbours", map.seconds_neighbours},
                 {"ms_per_iteration", map.iterations ? 1e3 * iterating / static_cast<double>(map.iterations) : 0.0},
                 {"out", options.out}};
  report.text =
      fmt::format("{}: {} points by {} in {:.2f} s", options.out, map.positions.rows - map.dropped(), options.config.method, map.seconds);
  if (map.iterations) report.text += fmt::format(", {} iterations", map.iterations);
  if (map.kl > 0.0) report.text += fmt::format(", KL {:.4f}", map.kl);
  report.text += "\n";
  return report;
}

Result<Report> project(const ProjectOptions& options) {
  const auto method = projection_methods().get(options.config.method);
  if (!method.ok()) return refused(method.error());
  const auto metric = metric_named(options.metric);
  if (!metric.ok()) return refused(metric.error());
  LS_USAGE(check_split(options.split, true));
  LS_USAGE(check_extension(options.out, "a map", {"npy"}));
  LS_CHECK(check_output(options.out, {options.input, options.data}));
  SignalStop signals;
  ComputePool pool(options.threads);
  ProjectionConfig config = options.config;
  config.metric = *metric;
  config.axis_x = options.axes[0] - 1;
  config.axis_y = options.axes[1] - 1;
  LS_TRY(const FloatArray points, points_of(options, pool, signals.token()));
  ProgressBar bar;
  LS_TRY(const ProjectedPoints map, project_points(config, points, pool, signals.token(), [&](size_t done, size_t all, double kl) {
           if (all)
             bar.show(static_cast<double>(done) / static_cast<double>(all),
                      fmt::format("{} {}/{}", config.method, done, all) + (kl > 0.0 ? fmt::format("  KL {:.3f}", kl) : ""));
         }));
  if (map.dropped_limit)
    print_note(fmt::format("{} takes at most {} points: a seeded subset of {} is projected, the other {} rows are NaN", config.method,
                           map.limit, map.limit, map.dropped_limit));
  if (map.dropped_not_finite)
    print_note(fmt::format("{} rows have numbers that are not finite: they are NaN in the map", map.dropped_not_finite));
  LS_CHECK(write_array(options.out, map.positions));
  return report_of(options, map);
}

}  // namespace

Action add_project(CLI::App& command) {
  auto o = std::make_shared<ProjectOptions>();
  std::string methods;
  for (const std::string& name : projection_methods().names()) methods += (methods.empty() ? "" : ", ") + name;
  command.add_option("input", o->input, "an NPY array, n x d, or a run")->required()->type_name("Z.npy|RUN");
  command.add_option("--method", o->config.method, methods)->required()->type_name("NAME");
  command.add_option("--out", o->out, "n x 2, rows in input order, NaN where dropped")->required()->type_name("FILE.npy");
  command.add_option("--data", o->data, "where a run's data is now")->type_name("DATA");
  command.add_option("--split", o->split, "rows of a run's data")->capture_default_str()->type_name("S");
  command.add_option("--axes", o->axes, "shown dimensions or components, from 1 (raw, pca)")
      ->expected(2)
      ->delimiter(',')
      ->check(whole_number(1, 1'000'000))
      ->type_name("I,J");
  command.add_option("--perplexity", o->config.perplexity, "t-SNE")->check(finite_number(1.0, 1e4))->capture_default_str();
  command.add_option("--iterations", o->config.iterations, "t-SNE")->check(whole_number(1, 1'000'000))->capture_default_str();
  command.add_option("--exaggeration", o->config.exaggeration, "t-SNE, first 250 iterations")
      ->check(finite_number(1.0, 1e4))
      ->capture_default_str();
  command.add_option("--late-exaggeration", o->config.late_exaggeration, "t-SNE, after those")
      ->check(finite_number(1.0, 1e3))
      ->capture_default_str();
  command.add_option("--neighbours", o->config.neighbours, "UMAP: of a point, without itself")
      ->check(whole_number(2, 10'000))
      ->capture_default_str();
  command.add_option("--min-dist", o->config.min_dist, "UMAP: how near points may come on the map")
      ->check(finite_number(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--epochs", o->config.epochs, "UMAP")->check(whole_number(1, 1'000'000))->capture_default_str();
  command.add_option("--metric", o->metric, "t-SNE, UMAP: euclidean or cosine")->capture_default_str()->type_name("NAME");
  command.add_option("--seed", o->config.seed, "of the subset and the method")->check(whole_number(0, UINT64_MAX))->capture_default_str();
  command.add_option("--threads", o->threads, "0: all cores")->check(whole_number(0, kMostThreads));
  return [o](const CommandSettings&) { return project(*o); };
}

}  // namespace latentscape
