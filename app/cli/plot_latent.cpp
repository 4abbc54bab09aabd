// The latent map of a run, coloured by a class or a number.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/cli/opened.hpp"
#include "app/cli/plot_figures.hpp"
#include "app/cli/projecting.hpp"
#include "core/base/number_text.hpp"
#include "core/io/figure.hpp"
#include "core/train/evaluate.hpp"

namespace latentscape {
namespace {

constexpr Rgba kPlain = {79, 120, 160, 255};
constexpr Rgba kMissing = {150, 150, 150, 160};

struct LatentPoints {
  FloatArray means;
  std::vector<float> reconstruction, kl;  // nats a point, one z
};

Result<LatentPoints> latent_points(const LoadedRun& run, const Dataset& data, const std::vector<uint32_t>& rows, ComputePool& pool,
                                   std::stop_token stop) {
  const RunConfig& config = run.checkpoint.config;
  LatentPoints points;
  points.means = FloatArray(rows.size(), run.model->latent());
  points.reconstruction.resize(rows.size());
  points.kl.resize(rows.size());
  EvaluationBuffers buffers;
  LS_CHECK(for_evaluation_chunks(*run.model, run.checkpoint.state.parameters, data, rows, config.seed, config.binarise, pool, buffers, stop,
                                 [&](size_t first, size_t n, const LossTerms&) {
                                   std::copy_n(buffers.mean.values.begin(), n * points.means.cols, points.means.row_data(first));
                                   std::copy_n(buffers.reconstruction.begin(), n, points.reconstruction.begin() + static_cast<long>(first));
                                   std::copy_n(buffers.kl.begin(), n, points.kl.begin() + static_cast<long>(first));
                                 }));
  return points;
}

void colour_by_class(ScatterFigure& figure, const std::vector<float>& values, const std::vector<std::string>& names, bool dark) {
  for (const float v : values)
    figure.colours.push_back(std::isfinite(v) && v >= 0 ? categorical_colour(static_cast<size_t>(v), dark) : kMissing);
  for (size_t c = 0; c < names.size(); ++c) figure.legend.emplace_back(names[c], categorical_colour(c, dark));
}

/// The colours span the 1st to the 99th percentile, so that a few far values do not hide the rest; the legend says the numbers.
void colour_by_number(ScatterFigure& figure, const std::vector<float>& values, const std::string& name, double offset = 0.0) {
  std::vector<float> sorted;
  for (const float v : values)
    if (std::isfinite(v)) sorted.push_back(v);
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty()) sorted.push_back(0.0f);
  const double low = sorted[sorted.size() / 100], high = sorted[sorted.size() - 1 - sorted.size() / 100];
  const double span = high > low ? high - low : 1.0;
  for (const float v : values) figure.colours.push_back(std::isfinite(v) ? viridis(std::clamp((v - low) / span, 0.0, 1.0)) : kMissing);
  for (const double t : {0.0, 0.5, 1.0}) {
    const double value = low + t * span;
    figure.legend.emplace_back(offset == 0.0 ? fmt::format("{} {:.3g}", name, value) : name + " " + number_text(offset, value), viridis(t));
  }
}

Status colour(ScatterFigure& figure, const PlotOptions& options, const Dataset& data, const std::vector<uint32_t>& rows,
              const LatentPoints& points) {
  const std::string& by = options.colour;
  const auto column_values = [&](const Column& column) {
    std::vector<float> values;
    for (const uint32_t row : rows) values.push_back(column.values[row]);
    return values;
  };
  if (by == "none" || (by == "label" && !data.labels())) {
    figure.colours.assign(rows.size(), kPlain);
    if (by == "label") print_note(fmt::format("{} has no labels: one colour", data.name));
  } else if (by == "label") {
    colour_by_class(figure, column_values(*data.labels()), data.labels()->categories, options.dark);
  } else if (by == "kl") {
    colour_by_number(figure, points.kl, "KL");
  } else if (by == "reconstruction") {
    colour_by_number(figure, points.reconstruction, "reconstruction");
  } else if (by == "loss") {
    std::vector<float> loss = points.reconstruction;
    for (size_t i = 0; i < loss.size(); ++i) loss[i] += points.kl[i];
    colour_by_number(figure, loss, "loss");
  } else {
    std::vector<std::string> known = {"label", "loss", "reconstruction", "kl", "none"};
    for (const Column& column : data.columns) {
      if (std::find(known.begin(), known.end(), column.name) == known.end()) known.push_back(column.name);
      if (column.name != by) continue;
      if (column.categorical())
        colour_by_class(figure, column_values(column), column.categories, options.dark);
      else
        colour_by_number(figure, column_values(column), column.name, column.offset);
      return {};
    }
    return unknown_name("colour", by, known);
  }
  return {};
}

/// As in the window: everything but the test split, unless one is named.
Result<std::vector<uint32_t>> shown_rows(const Dataset& data, const std::string& split) {
  if (!split.empty()) return rows_of_split(data, split);
  return data.ids_of({Split::train, Split::heldout});
}

/// Without the rows that the projection had to drop.
void drop_missing(ScatterFigure& figure) {
  ScatterFigure kept = figure;
  kept.positions = FloatArray();
  kept.colours.clear();
  kept.heldout.clear();
  std::vector<float> positions;
  for (size_t i = 0; i < figure.positions.rows; ++i) {
    if (!std::isfinite(figure.positions(i, 0))) continue;
    positions.insert(positions.end(), figure.positions.row_data(i), figure.positions.row_data(i) + 2);
    kept.colours.push_back(figure.colours[i]);
    if (!figure.heldout.empty()) kept.heldout.push_back(figure.heldout[i]);
  }
  kept.positions.rows = positions.size() / 2;
  kept.positions.cols = 2;
  kept.positions.values = std::move(positions);
  figure = std::move(kept);
}

}  // namespace

Result<Report> plot_latent(const PlotOptions& options, std::stop_token stop) {
  LS_TRY(const LoadedRun run, open_run(options.run, {options.out}, options.memory));
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, stop));
  LS_TRY(const std::vector<uint32_t> rows, shown_rows(*data, options.split));
  ComputePool pool;
  LS_TRY(const LatentPoints points, latent_points(run, *data, rows, pool, stop));
  ProjectionConfig projection = options.projection;
  if (projection.method.empty()) projection.method = run.model->latent() == 2 ? "raw" : "pca";
  projection.axis_x = options.axes[0] - 1;
  projection.axis_y = options.axes[1] - 1;
  LS_TRY(ProjectedPoints map, project_points(projection, points.means, pool, stop, {}));

  ScatterFigure figure;
  const char* axis = projection.method == "raw" ? "z" : projection.method == "pca" ? "PC " : "t-SNE ";
  figure.title = fmt::format("{}, {} z={}, {}, step {}", data->name, run.checkpoint.config.model.name, run.model->latent(),
                             projection.method, run.checkpoint.state.step);
  figure.x_label = fmt::format("{}{}", axis, options.axes[0]);
  figure.y_label = fmt::format("{}{}", axis, options.axes[1]);
  figure.positions = std::move(map.positions);
  // Dots and rings tell train from held-out; where the test split is asked for, the note says so instead.
  if (options.split.empty())
    for (const uint32_t row : rows) figure.heldout.push_back(data->split[row] == Split::heldout ? 1 : 0);
  LS_CHECK(colour(figure, options, *data, rows, points));
  if (map.dropped()) drop_missing(figure);
  figure.note =
      fmt::format("{} of {} points, {}", figure.positions.rows, data->rows, options.split.empty() ? "train and held-out" : options.split);
  if (map.dropped_limit) print_note(fmt::format("{} takes at most {} points: {}", projection.method, map.limit, figure.note));
  FigureStyle style;
  style.width = options.width;
  style.height = options.width * 0.75;
  style.dark = options.dark;
  style.rasterise_above = options.rasterise_above;
  LS_CHECK(write_figure(options.out, figure, style));
  Report report;
  report.json = {{"out", options.out},
                 {"what", "latent"},
                 {"method", projection.method},
                 {"n", figure.positions.rows},
                 {"of", data->rows},
                 {"dropped", map.dropped()},
                 {"rasterised", figure.positions.rows > options.rasterise_above}};
  report.text = fmt::format("{}: {}\n", options.out, figure.note);
  return report;
}

}  // namespace latentscape
