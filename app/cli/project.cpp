// `latentscape project`: latents or any array to a 2-D map.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/map_judging.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/projecting.hpp"
#include "app/cli/signal_stop.hpp"

namespace latentscape {
namespace {

struct ProjectOptions {
  size_t memory = 0;  // bytes, of data; 0: the default
  std::string input, data, split = "all", out, metric = "euclidean";
  ProjectionConfig config;
  std::vector<size_t> axes = {1, 2};
  size_t threads = 0;
  std::string init = "pca";       // or a map of the input
  std::string map;                // a finished map, instead of a method
  std::vector<std::string> into;  // points and their finished map, into which the input is placed
  MapJudging judging;
  std::vector<std::pair<CLI::Option*, std::string>> of_methods;  // an option, and the methods that it belongs to
};

struct ProjectInput {
  FloatArray points;
  std::vector<int> labels;  // of a run's data, where it has any
};

std::vector<std::string> files_read(const ProjectOptions& options) {
  std::vector<std::string> files = {options.input,          options.data,           options.map, options.init == "pca" ? "" : options.init,
                                    options.judging.labels, options.judging.against};
  files.insert(files.end(), options.into.begin(), options.into.end());
  return files;
}

/// What the method would pass over is refused.
Status check_method_options(const ProjectOptions& options) {
  const std::string name = !options.map.empty() ? "--map" : !options.into.empty() ? "--into" : options.config.method;
  for (const auto& [option, methods] : options.of_methods)
    if (option->count() > 0 && (" " + methods + " ").find(" " + name + " ") == std::string::npos)
      return fail(ErrorCode::invalid_argument, "{} says nothing to {}, it is of {}", option->get_name(), name, methods);
  return {};
}

/// By name, so that what is not known is refused as methods are.
Result<Metric> metric_named(const std::string& name) {
  if (name == "euclidean") return Metric::euclidean;
  if (name == "cosine") return Metric::cosine;
  return fail(ErrorCode::invalid_argument, "--metric is '{}', expected euclidean or cosine", name);
}

Status check_usage(const ProjectOptions& options) {
  if (options.map.empty() && options.into.empty()) {
    if (options.config.method.empty())
      return fail(ErrorCode::invalid_argument, "nothing to make a map by, expected --method, or a finished one by --map or --into");
    LS_TRY([[maybe_unused]] const ProjectionMethod* method, projection_methods().get(options.config.method));
  }
  LS_TRY([[maybe_unused]] const Metric metric, metric_named(options.metric));
  if (options.map.empty() && options.out.empty()) return fail(ErrorCode::invalid_argument, "--out is required, the map's file");
  LS_CHECK(check_method_options(options));
  if (options.init != "pca") LS_CHECK(check_extension(options.init, "a start other than pca", {"npy"}));
  LS_CHECK(check_split(options.split, true));
  if (!options.out.empty()) LS_CHECK(check_extension(options.out, "a map", {"npy"}));
  return check_judging_names(options.judging, options.out);
}

Status check_outputs(const ProjectOptions& options) {
  if (!options.out.empty()) LS_CHECK(check_output(options.out, files_read(options)));
  return check_judging_outputs(options.judging, files_read(options));
}

/// A run's folder may be called so, too.
bool is_array(const std::string& input) {
  std::error_code ignored;
  return extension_of(input) == "npy" && !std::filesystem::is_directory(input, ignored);
}

/// Where points go into others, the offsets are those of these. Directions, as cosine has them, are from the origin: nothing is subtracted.
Result<std::vector<double>> offsets_for(const ProjectOptions& options) {
  const std::string& path = options.into.empty() ? options.input : options.into[0];
  LS_TRY(std::vector<double> offsets, point_offsets(path));
  if (offsets.empty()) return offsets;
  const bool cosine = options.metric == "cosine";
  size_t n = 0;
  for (const double offset : offsets) n += offset != 0.0;
  print_note(fmt::format("{}: the numbers of {} of {} columns differ by little beside their size: {}", path, n, offsets.size(),
                         cosine ? "as directions from the origin, which cosine goes by, they are nearly the same"
                                : "the least of each column is subtracted before they are rounded to floats"));
  if (cosine) offsets.clear();
  return offsets;
}

Result<ProjectInput> input_of(const ProjectOptions& options, ComputePool& pool, std::stop_token stop) {
  ProjectInput input;
  if (is_array(options.input)) {
    LS_TRY(const std::vector<double> offsets, offsets_for(options));
    LS_TRY(input.points, read_points(options.input, offsets));
    return input;
  }
  LS_TRY(const LoadedRun run, open_run(options.input, {options.out, options.judging.trust, options.judging.moved}, options.memory));
  LS_TRY(const auto data, load_run_data(run, options.input, options.data, stop));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, options.split));
  if (data->labels())
    for (const uint32_t row : rows) input.labels.push_back(data->label(row));
  LS_TRY(input.points, means_of(run, *data, rows, nullptr, pool, stop));
  return input;
}

/// A map of `n` points from a file.
Result<FloatArray> read_map(const std::string& path, size_t n) {
  LS_TRY(FloatArray map, read_points(path));
  if (map.rows != n || map.cols != 2)
    return fail(ErrorCode::invalid_argument, "{}: {} x {} numbers, expected {} x 2, a place a point", path, map.rows, map.cols, n);
  return map;
}

Report report_of(const ProjectOptions& options, const ProjectedPoints& map) {
  const double iterating = map.seconds - map.seconds_neighbours;
  Report report;
  report.json = {{"method", options.config.method},
                 {"n", map.positions.rows},
                 {"dropped", map.dropped()},
                 {"not_finite", map.not_finite},
                 {"iterations", map.iterations},
                 {"kl", map.kl ? Json(*map.kl) : Json()},
                 {"kl_curve", map.kl_curve},
                 {"seconds", map.seconds},
                 {"seconds_neighbours", map.seconds_neighbours},
                 {"ms_per_iteration", map.iterations ? 1e3 * iterating / static_cast<double>(map.iterations) : 0.0},
                 {"out", options.out}};
  if (!map.explained.empty()) report.json["explained_variance"] = map.explained;
  report.text =
      fmt::format("{}: {} points by {} in {:.2f} s", options.out, map.positions.rows - map.dropped(), options.config.method, map.seconds);
  if (map.iterations) report.text += fmt::format(", {} iterations", map.iterations);
  if (map.kl) report.text += fmt::format(", KL {:.4f}", *map.kl);
  if (!map.explained.empty()) report.text += fmt::format(", {:.1f} % of the variance", 100.0f * (map.explained[0] + map.explained[1]));
  report.text += "\n";
  return report;
}

void note_dropped(const std::string& method, const ProjectedPoints& map) {
  if (map.dropped_limit)
    print_note(fmt::format("{} takes at most {} points: a seeded subset of {} is projected, the other {} rows are NaN", method, map.limit,
                           map.limit, map.dropped_limit));
  if (map.not_finite.empty()) return;
  constexpr size_t most = 10;  // named; the JSON has all
  const std::span<const uint32_t> named = std::span(map.not_finite).first(std::min(most, map.not_finite.size()));
  print_note(fmt::format("rows with numbers that are not finite are NaN in the map, {} of them: {}{}", map.not_finite.size(),
                         fmt::join(named, ", "), named.size() < map.not_finite.size() ? ", ..." : ""));
}

Result<Report> place(const ProjectOptions& options, FloatArray points, ComputePool& pool, std::stop_token stop) {
  std::vector<double> offsets;
  if (is_array(options.input) && options.metric != "cosine") {
    LS_TRY(offsets, point_offsets(options.into[0]));
  }
  LS_TRY(FloatArray there, read_points(options.into[0], offsets));
  LS_TRY(const FloatArray map, read_map(options.into[1], there.rows));
  LS_TRY(const Metric metric, metric_named(options.metric));
  if (metric == Metric::cosine)
    for (FloatArray* rows : {&there, &points}) *rows = unit_rows(*rows);
  LS_TRY(const ProjectedPoints placed, place_into(options.config, there, map, points, pool, stop));
  note_dropped("placing", placed);
  LS_CHECK(write_array(options.out, placed.positions));
  Report report;
  report.json = {{"method", "placing"},         {"n", placed.positions.rows},
                 {"dropped", placed.dropped()}, {"not_finite", placed.not_finite},
                 {"seconds", placed.seconds},   {"out", options.out}};
  report.text = fmt::format("{}: {} points placed into {} in {:.2f} s\n", options.out, points.rows - placed.dropped(), options.into[1],
                            placed.seconds);
  return report;
}

constexpr size_t kLines = 10;  // about the progress of a layout where there is no terminal

struct MadeMap {
  FloatArray positions;
  Report report;
  bool interrupted = false;
};

/// By the method, or the finished map that was named.
Result<MadeMap> make_map(const ProjectOptions& options, const FloatArray& points, ComputePool& pool, std::stop_token stop) {
  MadeMap made;
  if (!options.map.empty()) {
    LS_TRY(made.positions, read_map(options.map, points.rows));
    const std::vector<uint32_t> left_out = other_rows(finite_rows(points, &made.positions), points.rows);
    made.report.json = {{"map", options.map}, {"n", points.rows}, {"dropped", left_out.size()}, {"not_finite", left_out}};
    made.report.text = fmt::format("{}: {} points, {} without a place\n", options.map, points.rows, left_out.size());
    return made;
  }
  ProjectionConfig config = options.config;
  LS_TRY(config.metric, metric_named(options.metric));
  config.axis_x = options.axes[0] - 1;
  config.axis_y = options.axes[1] - 1;
  if (options.init != "pca") {
    LS_TRY(FloatArray start, read_map(options.init, points.rows));
    config.start = std::make_shared<const FloatArray>(std::move(start));
  }
  ProgressBar bar;
  LS_TRY(ProjectedPoints map, project_points(config, points, pool, stop, [&](size_t done, size_t all, double kl) {
           if (all == 0) return;
           const std::string what = fmt::format("{} {}/{}", config.method, done, all) + (kl > 0.0 ? fmt::format("  KL {:.3f}", kl) : "");
           bar.show(static_cast<double>(done) / static_cast<double>(all), what);
           if (!bar.terminal() && all >= kLines && (done == 1 || done % (all / kLines) == 0)) bar.line(what);
         }));
  note_dropped(config.method, map);
  made.report = report_of(options, map);
  made.interrupted = map.interrupted;
  made.positions = std::move(map.positions);
  return made;
}

Result<Report> project(const ProjectOptions& options) {
  LS_USAGE(check_usage(options));
  LS_CHECK(check_outputs(options));
  SignalStop signals;
  ComputePool pool(options.threads);
  LS_TRY(ProjectInput input, input_of(options, pool, signals.token()));
  if (!options.into.empty()) return place(options, std::move(input.points), pool, signals.token());
  LS_TRY(const std::vector<int> labels, judging_labels(options.judging, std::move(input.labels), input.points.rows));
  LS_TRY(MadeMap made, make_map(options, input.points, pool, signals.token()));
  if (!options.out.empty()) LS_CHECK(write_array(options.out, made.positions));
  if (made.interrupted)
    return fail(ErrorCode::cancelled, "interrupted after iteration {}; {} holds the map so far", made.report.json["iterations"].dump(),
                options.out);
  LS_TRY(const Metric metric, metric_named(options.metric));
  if (metric == Metric::cosine) input.points = unit_rows(input.points);  // what the map shows is what it is judged by
  LS_CHECK(judge_map(options.judging, input.points, made.positions, labels, options.config.seed, pool, signals.token(), made.report));
  return std::move(made.report);
}

}  // namespace

Action add_project(CLI::App& command) {
  auto o = std::make_shared<ProjectOptions>();
  std::string methods;
  for (const std::string& name : projection_methods().names()) methods += (methods.empty() ? "" : ", ") + name;
  command.add_option("input", o->input, "an NPY array, n x d, or a run")->required()->type_name("Z.npy|RUN");
  o->config.method.clear();
  CLI::Option* method = command.add_option("--method", o->config.method, methods)->type_name("NAME");
  CLI::Option* map = command.add_option("--map", o->map, "a finished map of the input to judge, instead of making one")->type_name("Y.npy");
  map->excludes(method);
  CLI::Option* into =
      command.add_option("--into", o->into, "points and their finished map: place the input there, instead of making a map")
          ->expected(2)
          ->delimiter(',')
          ->type_name("X.npy,Y.npy")
          ->excludes(method)
          ->excludes(map);
  map->excludes(command.add_option("--out", o->out, "n x 2, rows in input order, NaN where dropped")->type_name("FILE.npy"));
  command.add_option("--data", o->data, "where a run's data is now")->type_name("DATA");
  command.add_option("--split", o->split, "rows of a run's data")->capture_default_str()->type_name("S");
  const auto of = [o](const char* those, CLI::Option* option) { o->of_methods.emplace_back(option, those); };
  of("tsne umap",
     command.add_option("--init", o->init, "where to begin: pca, or a map of the input")->capture_default_str()->type_name("pca|Y.npy"));
  of("raw pca", command.add_option("--axes", o->axes, "shown dimensions or components, from 1 (raw, pca)")
                    ->expected(2)
                    ->delimiter(',')
                    ->check(whole_number(1, 1'000'000))
                    ->type_name("I,J"));
  of("tsne --into",
     command.add_option("--perplexity", o->config.perplexity, "t-SNE and --into")->check(finite_number(1.0, 1e4))->capture_default_str());
  of("tsne", command.add_option("--iterations", o->config.iterations, "t-SNE")->check(whole_number(1, 1'000'000))->capture_default_str());
  of("tsne", command.add_option("--exaggeration", o->config.exaggeration, "t-SNE, first 250 iterations")
                 ->check(finite_number(1.0, 1e4))
                 ->capture_default_str());
  of("tsne", command.add_option("--late-exaggeration", o->config.late_exaggeration, "t-SNE, after those")
                 ->check(finite_number(1.0, 1e3))
                 ->capture_default_str());
  of("umap", command.add_option("--neighbours", o->config.neighbours, "UMAP: of a point, without itself")
                 ->check(whole_number(2, 10'000))
                 ->capture_default_str());
  of("umap", command.add_option("--min-dist", o->config.min_dist, "UMAP: how near points may come on the map")
                 ->check(finite_number(0.0, 1.0))
                 ->capture_default_str());
  of("umap", command.add_option("--epochs", o->config.epochs, "UMAP")->check(whole_number(1, 1'000'000))->capture_default_str());
  of("tsne umap --map --into", command.add_option("--metric", o->metric, "t-SNE, UMAP, --into and judging: euclidean or cosine")
                                   ->capture_default_str()
                                   ->type_name("NAME"));
  command.add_option("--seed", o->config.seed, "of the subset and the method")->check(whole_number(0, UINT64_MAX))->capture_default_str();
  add_memory_option(command, o->memory);
  command.add_option("--threads", o->threads, "0: all cores")->check(whole_number(0, kMostThreads));
  add_judging_options(command, o->judging);
  for (const char* judging : {"--quality", "--trust", "--against"}) into->excludes(command.get_option(judging));
  return [o](const CommandSettings&) { return project(*o); };
}

}  // namespace latentscape
