#include "app/gui/figure_export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "app/gui/latent_lookup.hpp"
#include "app/gui/live_requests.hpp"
#include "core/io/scores_csv.hpp"

namespace latentscape {
namespace {

constexpr Rgba kContextInk{128, 128, 128, 90};  // what would colour the point is not known

/// Names of the two axes, with the share of variance where PCA knows it.
std::array<std::string, 2> axis_names(const ProjectionFrame& frame) {
  const ProjectionConfig& config = frame.config;
  if (config.method == "raw") return {fmt::format("z{}", config.axis_x + 1), fmt::format("z{}", config.axis_y + 1)};
  if (config.method == "tsne") return {"t-SNE 1", "t-SNE 2"};
  if (config.method == "umap") return {"UMAP 1", "UMAP 2"};
  std::array<std::string, 2> names;
  for (size_t i = 0; i < 2; ++i) {
    names[i] = fmt::format("PC{}", (i == 0 ? config.axis_x : config.axis_y) + 1);
    if (frame.linear && frame.linear->explained.size() > i)
      names[i] += fmt::format(" ({:.0f} %)", 100.0 * static_cast<double>(frame.linear->explained[i]));
  }
  return names;
}

void add_underlay(const MapFigureSource& source, ScatterFigure& figure) {
  const Dataset& data = *source.run->data;
  if (!source.underlay || source.view.underlay != Underlay::manifold || !source.projection->linear || data.kind != DataKind::image) return;
  const GridAnswer& grid = *source.underlay;
  if (grid.x.cols != data.width() || grid.z.cols != source.projection->linear->basis.cols || grid.z.rows < 2) return;
  const auto first = source.projection->linear->map_from_latent(grid.z.row(0)),
             second = source.projection->linear->map_from_latent(grid.z.row(1));
  const float half = 0.5f * std::max(std::abs(second[0] - first[0]), std::abs(second[1] - first[1]));
  for (size_t i = 0; i < grid.z.rows; ++i) {
    const auto at = source.projection->linear->map_from_latent(grid.z.row(i));
    ImageTile tile;
    tile.rectangle = {at[0] - half, at[1] - half, at[0] + half, at[1] + half};
    tile.width = data.width_px();
    tile.height = data.height_px();
    tile.channels = data.channels();
    tile.pixels.resize(data.width());
    // The map shows tiles faintly, so that the points stand out; so does the figure.
    for (size_t k = 0; k < data.width(); ++k) {
      const float value = std::clamp(grid.x(i, k), 0.0f, 1.0f);
      tile.pixels[k] = static_cast<uint8_t>(source.dark ? 12.0f + value * 70.0f : 238.0f - value * 60.0f);
    }
    figure.underlay.push_back(std::move(tile));
  }
}

const Column* column_of(const MapFigureSource& source) { return column_of(*source.run->data, source.view.colour_column); }

/// The value behind each shown point's colour; empty where the colour is a class.
std::vector<float> scalars_of(const MapFigureSource& source) {
  const std::vector<float> all = colour_values(*source.projection->points, source.view.colour_by,
                                               {source.latents.get(), source.outliers.get(), source.judgement.get(), column_of(source)});
  std::vector<float> values;
  if (!all.empty())
    for (const uint32_t p : source.projection->shown) values.push_back(all[p]);
  return values;
}

}  // namespace

ScatterFigure figure_of(const MapFigureSource& source) {
  const ProjectionFrame& frame = *source.projection;
  const PointSet& points = *frame.points;
  const MapView& view = source.view;
  ScatterFigure figure;
  figure.title = fmt::format("{}, {}", source.run->data->name, frame.config.method == "raw" ? "latent" : frame.config.method);
  const auto names = axis_names(frame);
  figure.x_label = names[0];
  figure.y_label = names[1];
  std::vector<uint32_t> chosen = subset_of(frame.shown.size(), view.points ? view.points : frame.shown.size(), 1);
  std::vector<float> scalars = scalars_of(source);
  float low = 0, high = 1;
  if (!scalars.empty()) {
    std::vector<float> sorted;
    std::copy_if(scalars.begin(), scalars.end(), std::back_inserter(sorted), [](float v) { return std::isfinite(v); });
    std::sort(sorted.begin(), sorted.end());
    const bool own_range = !sorted.empty() && !has_fixed_range(view.colour_by);
    if (own_range) low = sorted[sorted.size() / 50];
    if (own_range) high = std::max(low + 1e-6f, sorted[sorted.size() - 1 - sorted.size() / 50]);
    std::stable_partition(chosen.begin(), chosen.end(), [&](uint32_t i) { return !std::isfinite(scalars[i]); });  // what is grey lies below
  }
  const Column* const labels = source.run->data->labels();
  const bool has_classes = view.colour_by == ColourBy::column || (view.colour_by == ColourBy::label && labels);
  std::vector<float> positions;
  size_t unknown = 0;
  for (const uint32_t i : chosen) {
    const uint32_t p = frame.shown[i];
    if (view.hidden_classes.contains(points.labels[p])) continue;
    const int kind = colour_class(points, p, view.colour_by, column_of(source));
    const bool heldout = points.splits[p] == Split::heldout;
    positions.push_back(frame.positions(i, 0));
    positions.push_back(frame.positions(i, 1));
    figure.heldout.push_back(heldout ? 1 : 0);
    const bool missing = scalars.empty() ? has_classes && kind < 0 : !std::isfinite(scalars[i]);
    unknown += missing;
    if (missing)
      figure.colours.push_back(kContextInk);
    else if (!scalars.empty())
      figure.colours.push_back(viridis(static_cast<double>(std::clamp((scalars[i] - low) / (high - low), 0.0f, 1.0f))));
    else
      figure.colours.push_back(categorical_colour(static_cast<size_t>(std::max(kind, 0)), source.dark));
  }
  figure.positions.rows = positions.size() / 2;
  figure.positions.cols = 2;
  figure.positions.values = std::move(positions);
  if (view.colour_by == ColourBy::split) {
    figure.legend = {{"train", categorical_colour(0, source.dark)}, {"held-out", categorical_colour(1, source.dark)}};
  } else if (view.colour_by == ColourBy::label && labels) {
    const auto& classes = labels->categories;
    for (size_t i = 0; i < classes.size(); ++i)
      if (!view.hidden_classes.contains(static_cast<int>(i))) figure.legend.emplace_back(classes[i], categorical_colour(i, source.dark));
  } else if (view.colour_by == ColourBy::column && scalars.empty() && column_of(source)) {
    const auto& kinds = column_of(source)->categories;
    for (size_t i = 0; i < kinds.size(); ++i) figure.legend.emplace_back(kinds[i], categorical_colour(i, source.dark));
  } else if (!scalars.empty()) {
    figure.legend = {{fmt::format("{:.3g}", low), viridis(0.0)}, {fmt::format("{:.3g}", high), viridis(1.0)}};
  }
  if (unknown > 0 && has_classes && scalars.empty())
    figure.legend.emplace_back(fmt::format("no {}: {}", view.colour_by == ColourBy::label ? "label" : "value", unknown), kContextInk);
  add_underlay(source, figure);
  if (source.map_size[0] > 1.0f) {
    const auto half_w = static_cast<float>(0.5 * view.camera.units_per_pixel) * source.map_size[0];
    const auto half_h = static_cast<float>(0.5 * view.camera.units_per_pixel) * source.map_size[1];
    const auto x = static_cast<float>(view.camera.x), y = static_cast<float>(view.camera.y);
    figure.view = std::array<float, 4>{x - half_w, y - half_h, x + half_w, y + half_h};
  }
  figure.point_radius = view.point_size * 0.5f;
  figure.note =
      fmt::format("{} of {} points, step {}", figure.positions.rows, points.ids.size(), source.latents ? source.latents->step : 0);
  return figure;
}

LoadedRun loaded_run_of(const OpenedRun& run, const TrainingSnapshot& snapshot) {
  LoadedRun loaded;
  loaded.model = run.model;
  loaded.directory = run.directory;
  loaded.checkpoint.config = run.config;
  loaded.checkpoint.shape = run.data->shape;
  if (run.data->labels()) loaded.checkpoint.classes = run.data->labels()->categories;
  loaded.checkpoint.data_fingerprint = run.data->fingerprint;
  loaded.checkpoint.state.parameters = snapshot.weights->parameters;
  loaded.checkpoint.state.step = snapshot.weights->step;
  loaded.checkpoint.state.epoch = snapshot.epoch;
  loaded.info.config = run.config;
  loaded.info.data_fingerprint = run.data->fingerprint;
  loaded.info.data_origin = run.data->origin;
  return loaded;
}

std::string latents_csv(const OpenedRun& run, const LatentFrame& latents) {
  const Dataset& data = *run.data;
  std::vector<const Column*> others;
  for (const Column& column : data.columns)
    if (&column != data.labels()) others.push_back(&column);
  const bool named = !data.row_names.empty();
  std::string out = "row,split,label";
  if (named) out += ",file";
  for (const Column* column : others) out += "," + csv_field(column->name);
  for (size_t k = 0; k < latents.means.cols; ++k) out += fmt::format(",z{}", k + 1);
  out += data.texts.empty() ? "\n" : ",text\n";
  const PointSet& points = *latents.points;
  const Column* labels = run.data->labels();
  for (size_t i = 0; i < points.ids.size(); ++i) {
    const int label = points.labels[i];
    const std::string name = labels && label >= 0 ? csv_field(labels->categories[static_cast<size_t>(label)]) : std::string();
    out += fmt::format("{},{},{}", points.ids[i], to_string(points.splits[i]), name);
    if (named) out += "," + csv_field(data.row_names[points.ids[i]]);
    for (const Column* column : others) out += "," + csv_cell(*column, points.ids[i]);
    for (const float z : latents.means.row(i)) out += fmt::format(",{:.9g}", z);
    if (!data.texts.empty()) out += "," + csv_field(data.texts[points.ids[i]]);
    out += "\n";
  }
  return out;
}

}  // namespace latentscape
