#include "app/cli/plot_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "app/cli/decoding.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "core/data/preview.hpp"
#include "core/explore/decode.hpp"
#include "core/explore/manifold.hpp"
#include "core/io/figure.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {
namespace {

constexpr Rgba kTrainColour = {0, 114, 178, 255};   // Okabe-Ito blue
constexpr Rgba kHeldoutColour = {213, 94, 0, 255};  // Okabe-Ito vermillion

FigureStyle style_of(const PlotOptions& options, double ratio) {
  FigureStyle style;
  style.width = options.width;
  style.height = options.width * ratio;
  style.dark = options.dark;
  return style;
}

/// Whole multiples only: pixels of the data stay square and sharp.
ImageGrid enlarged(const ImageGrid& grid, size_t factor) {
  ImageGrid big = {grid.width * factor, grid.height * factor, grid.channels, {}};
  big.pixels.reserve(grid.pixels.size() * factor * factor);
  for (size_t y = 0; y < big.height; ++y)
    for (size_t x = 0; x < big.width; ++x) {
      const auto pixel = grid.pixels.begin() + static_cast<long>((y / factor * grid.width + x / factor) * grid.channels);
      big.pixels.insert(big.pixels.end(), pixel, pixel + static_cast<long>(grid.channels));
    }
  return big;
}

}  // namespace

Result<Report> plot(const PlotOptions& options, std::stop_token stop) {
  LS_USAGE(check_extension(options.out, "a figure", {"svg", "pdf", "png"}));
  if (!options.split.empty()) LS_USAGE(check_split(options.split, true));
  if (!options.projection.method.empty()) {
    const auto method = projection_methods().get(options.projection.method);
    if (!method.ok()) return refused(method.error());
  }
  LS_CHECK(check_output(options.out, {options.run, options.data}));
  if (options.what == "latent") return plot_latent(options, stop);
  if (options.what == "losses") return plot_losses(options);
  return options.what == "kl" ? plot_kl(options, stop) : plot_manifold(options, stop);
}

Result<Report> plot_losses(const PlotOptions& options) {
  LS_TRY(const RunDirectory directory, RunDirectory::open(options.run));
  LS_TRY(const RunInfo info, directory.info());
  LS_CHECK(check_output(options.out, {info.data_origin}));
  LS_TRY(const std::vector<MetricsLine> lines, directory.metrics());
  LS_TRY(const std::vector<EventLine> events, directory.events());
  CurvesFigure figure;
  figure.title = options.run;
  figure.x_label = "epoch";
  figure.y_label = "loss, nats an example";
  Curve train = {"train (running mean)", {}, kTrainColour}, heldout = {"held-out", {}, kHeldoutColour};
  for (const MetricsLine& line : lines) {
    if (line.train) train.points.push_back({line.epoch, line.train->loss()});
    if (line.evaluation && line.evaluation->split == Split::heldout) heldout.points.push_back({line.epoch, line.evaluation->terms.loss()});
  }
  if (train.points.empty() && heldout.points.empty())
    return fail(ErrorCode::not_found, "{}: metrics.jsonl has no losses yet, nothing to plot", options.run);
  for (const EventLine& event : events) {
    const auto at = std::find_if(lines.begin(), lines.end(), [&](const MetricsLine& line) { return line.step >= event.step; });
    if (at != lines.end())
      figure.marks.emplace_back(at->epoch, event.key == kRecoveryKey ? "went back" : fmt::format("{} = {:g}", event.key, event.value));
  }
  Report report;
  report.json = {
      {"out", options.out}, {"what", "losses"}, {"train_points", train.points.size()}, {"heldout_points", heldout.points.size()}};
  report.text = fmt::format("{}: {} train and {} held-out points\n", options.out, train.points.size(), heldout.points.size());
  figure.curves = {std::move(train), std::move(heldout)};
  LS_CHECK(write_figure(options.out, figure, style_of(options, 0.6)));
  return report;
}

Result<Report> plot_kl(const PlotOptions& options, std::stop_token stop) {
  LS_TRY(const LoadedRun run, open_run(options.run, {options.out}, options.memory));
  if (!run.model->has_prior())
    return fail(ErrorCode::unsupported, "{}: an autoencoder has no KL to plot; plot --what latent or losses instead", options.run);
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, stop));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, "heldout"));
  ComputePool pool;
  const RunConfig& config = run.checkpoint.config;
  LS_TRY(const Evaluation evaluation,
         evaluate_rows(*run.model, run.checkpoint.state.parameters, *data, rows, Split::heldout, config.seed, config.binarise, pool, stop));
  std::vector<size_t> order(evaluation.kl_per_dimension.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return evaluation.kl_per_dimension[a] > evaluation.kl_per_dimension[b]; });
  BarsFigure figure;
  figure.title = fmt::format("KL per dimension, held-out, {} of {} units active", evaluation.active_units, order.size());
  figure.y_label = "KL, nats";
  figure.colour = kTrainColour;
  for (const size_t j : order) figure.bars.emplace_back(fmt::format("z{}", j + 1), evaluation.kl_per_dimension[j]);
  LS_CHECK(write_figure(options.out, figure, style_of(options, 0.6)));
  Report report;
  report.json = {{"out", options.out}, {"what", "kl"}, {"split", "heldout"}, {"active_units", evaluation.active_units}};
  report.text = fmt::format("{}: {} of {} units active\n", options.out, evaluation.active_units, order.size());
  return report;
}

Result<Report> plot_manifold(const PlotOptions& options, std::stop_token stop) {
  LS_TRY(const LoadedRun run, open_run(options.run, {options.out}, options.memory));
  const std::vector<size_t>& shape = run.checkpoint.shape;
  if (shape.size() < 2)
    return fail(ErrorCode::invalid_argument, "{}: a manifold is a picture of images, this run's data is {}; plot --what latent instead",
                options.run, run.checkpoint.preprocessing.words.empty() ? "a table" : "text");
  LS_CHECK(check_axes(options.axes, run.model->latent()));
  ComputePool pool;
  Workspace<float> work;
  const std::vector<float> origin(run.model->latent(), 0.0f);
  const FloatArray z = manifold_by_quantiles(origin, options.axes[0] - 1, options.axes[1] - 1, options.size);
  LS_TRY(const std::vector<int32_t> labels, labels_for(run, options.label, z.rows));
  LS_TRY(const FloatArray x, decode_all(*run.model, run.checkpoint.state.parameters, {z, labels}, pool, work, stop));
  ImageGrid grid = make_grid(x, shape[0], shape[1], shape.size() > 2 ? shape[2] : 1, options.size);
  const auto factor = static_cast<size_t>(options.width / static_cast<double>(grid.width));
  if (factor > 1) grid = enlarged(grid, factor);
  LS_CHECK(write_image_figure(options.out, grid.pixels, grid.width, grid.height, grid.channels));
  Report report;
  report.json = {{"out", options.out},   {"what", "manifold"},  {"size", options.size},
                 {"axes", options.axes}, {"width", grid.width}, {"height", grid.height}};
  report.text = fmt::format("{}: {} x {} decodes\n", options.out, options.size, options.size);
  return report;
}

}  // namespace latentscape
