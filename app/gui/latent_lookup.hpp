// What is shown of the session: where a dataset row stands among the points, the anchor of a drag, the newest numbers that are known.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "app/gui/panel.hpp"

namespace latentscape {

/// Index of a dataset row among the points; none where it is not on the map (a test row).
inline std::optional<size_t> point_of_row(const PointSet& points, int64_t row) {
  if (row < 0) return std::nullopt;
  const auto id = static_cast<uint32_t>(row);
  const auto at = std::lower_bound(points.ids.begin(), points.ids.end(), id);
  if (at == points.ids.end() || *at != id) return std::nullopt;
  return static_cast<size_t>(at - points.ids.begin());
}

/// The posterior mean of a row as last seen; empty where there is none.
inline std::vector<float> mean_of_row(const SessionView& session, int64_t row) {
  if (!session.snapshot || !session.snapshot->latents) return {};
  const LatentFrame& frame = *session.snapshot->latents;
  const auto i = point_of_row(*frame.points, row);
  if (!i) return {};
  const auto mean = frame.means.row(*i);
  return {mean.begin(), mean.end()};
}

/// What the dimensions that a drag does not move keep: the clicked point's mean, else 0 (UI.md, "Dragging is defined in every view").
inline std::vector<float> drag_anchor(const SessionView& session, const ViewState& view) {
  std::vector<float> anchor = mean_of_row(session, view.probe.selected_row);
  if (anchor.empty() && session.run) anchor.assign(session.run->model->latent(), 0.0f);
  return anchor;
}

/// One linear map, with axes and an exact way back; else a layout, which iterates.
inline bool is_linear(const std::string& method) { return method != "tsne" && method != "umap"; }

/// What is known of the map that is shown, as it is or as it was a moment ago; null: nothing.
inline std::shared_ptr<const MapJudgement> judgement_shown(const SessionView& session) {
  const auto& judged = session.judgement;
  const auto& shown = session.projection;
  if (!judged || !shown || !judged->error.empty()) return nullptr;
  const ProjectionFrame& then = *judged->frame;
  const bool same_axes = then.config.axis_x == shown->config.axis_x && then.config.axis_y == shown->config.axis_y;
  const bool same = then.points == shown->points && then.config.method == shown->config.method && same_axes && then.shown == shown->shown;
  return same ? judged : nullptr;
}

/// Are these numbers of the map as it is shown, or as it was a moment ago?
inline bool is_of(const MapJudgement& judged, const ProjectionFrame& shown) {
  const ProjectionFrame& then = *judged.frame;
  return then.revision == shown.revision && then.iteration == shown.iteration && then.config == shown.config;
}

/// What moved since the kept map, as above; null: nothing is known. A map compared with itself tells nothing of a later one.
inline std::shared_ptr<const MapJudgement> change_shown(const SessionView& session) {
  auto judged = judgement_shown(session);
  if (!judged || !session.kept_map || judged->kept != session.kept_map) return nullptr;
  return judged->frame == judged->kept && !is_of(*judged, *session.projection) ? nullptr : judged;
}

/// How long a layout is by its settings; new latents make it go on beyond that.
inline size_t iterations_asked(const ProjectionConfig& config) { return config.method == "umap" ? config.epochs : config.iterations; }

/// The colourings that there are now.
inline std::vector<ColourBy> colours_for(const SessionView& session) {
  std::vector<ColourBy> there{ColourBy::label, ColourBy::loss, ColourBy::age, ColourBy::split};
  if (session.outliers && session.outliers->error.empty()) there.push_back(ColourBy::score);
  there.push_back(ColourBy::trust);
  if (session.kept_map) there.push_back(ColourBy::moved);
  return there;
}

/// The column of that name; null: there is none.
inline const Column* column_of(const Dataset& data, const std::string& name) {
  const auto named = [&](const Column& column) { return column.name == name; };
  const auto found = std::find_if(data.columns.begin(), data.columns.end(), named);
  return found == data.columns.end() ? nullptr : &*found;
}

/// The columns that a map can be coloured by, the label apart.
inline std::vector<const Column*> colour_columns(const SessionView& session) {
  std::vector<const Column*> columns;
  for (const Column& column : session.run->data->columns)
    if (&column != session.run->data->labels()) columns.push_back(&column);
  return columns;
}

/// The colouring asked for, by label where there is none such now.
inline ColourBy colour_chosen(const SessionView& session, const ViewState& view) {
  if (view.map.colour_by == ColourBy::column)
    return session.run && column_of(*session.run->data, view.map.colour_column) ? ColourBy::column : ColourBy::label;
  const auto there = colours_for(session);
  return std::find(there.begin(), there.end(), view.map.colour_by) == there.end() ? ColourBy::label : view.map.colour_by;
}

/// How the map is coloured: as chosen, by label until the numbers for it are there.
inline ColourBy colour_shown(const SessionView& session, const ViewState& view) {
  const ColourBy chosen = colour_chosen(session, view);
  if (chosen != ColourBy::trust && chosen != ColourBy::moved) return chosen;
  const auto judged = judgement_shown(session);
  const bool known = chosen == ColourBy::trust ? judged && !judged->trust.empty() : change_shown(session) != nullptr;
  return known ? chosen : ColourBy::label;
}

/// The score of each point, NaN where it was not scored.
inline std::vector<float> scores_of_points(const PointSet& points, const OutlierAnswer& scored) {
  std::vector<float> values(points.ids.size(), std::numeric_limits<float>::quiet_NaN());
  for (size_t i = 0; i < scored.rows.size() && i < scored.scores.score.size(); ++i)
    if (const auto p = point_of_row(points, scored.rows[i])) values[*p] = static_cast<float>(scored.scores.score[i]);
  return values;
}

/// Where the numbers behind points' colours come from; null: not there.
struct ColourSources {
  const LatentFrame* latents = nullptr;
  const OutlierAnswer* outliers = nullptr;
  const MapJudgement* judgement = nullptr;
  const Column* column = nullptr;
};

/// Which of its colours a point has where they are classes; -1: none.
inline int colour_class(const PointSet& points, size_t p, ColourBy by, const Column* column) {
  if (by == ColourBy::split) return points.splits[p] == Split::heldout ? 1 : 0;
  if (by != ColourBy::column || !column) return points.labels[p];
  const float value = column->values[points.ids[p]];
  return std::isfinite(value) ? static_cast<int>(value) : -1;
}

/// The number behind the colour of each point, NaN where there is none; empty: colours are classes.
inline std::vector<float> colour_values(const PointSet& points, ColourBy by, const ColourSources& from) {
  if (by == ColourBy::score && from.outliers) return scores_of_points(points, *from.outliers);
  if (by == ColourBy::column && from.column && !from.column->categorical()) {
    std::vector<float> values;
    for (const uint32_t row : points.ids) values.push_back(static_cast<float>(from.column->number(row)));
    return values;
  }
  if ((by == ColourBy::trust || by == ColourBy::moved) && from.judgement) {
    const std::vector<float>& known = by == ColourBy::trust ? from.judgement->trust : from.judgement->change.moved;
    std::vector<float> values(points.ids.size(), std::numeric_limits<float>::quiet_NaN());
    for (size_t i = 0; i < known.size(); ++i) values[from.judgement->frame->shown[i]] = known[i];
    return values;
  }
  if (by != ColourBy::loss && by != ColourBy::age) return {};
  if (!from.latents || from.latents->points.get() != &points) return std::vector<float>(points.ids.size(), 0.0f);
  if (by == ColourBy::loss) return from.latents->losses;
  return {from.latents->ages.begin(), from.latents->ages.end()};
}

/// Shares from 0 to 1, so that the same colour means the same on every map.
inline bool has_fixed_range(ColourBy by) { return by == ColourBy::trust || by == ColourBy::moved; }

/// The underlays that draw something: those need a map that is linear in the latents, the manifold data that are pictures, and the circles
/// a prior.
inline std::vector<Underlay> underlays_for(const OpenedRun& run, const std::string& method) {
  std::vector<Underlay> there{Underlay::none};
  if (!is_linear(method)) return there;
  if (run.data->kind == DataKind::image) there.push_back(Underlay::manifold);
  if (run.model->has_prior()) there.push_back(Underlay::prior);
  return there;
}

/// The newest that the history tells of a split; null: none.
inline const event::Evaluated* last_evaluated(const SessionView& session, Split split) {
  if (!session.history) return nullptr;
  const auto& told = session.history->evaluations;
  const auto last = std::find_if(told.rbegin(), told.rend(), [&](const auto& e) { return e.evaluation.split == split; });
  return last == told.rend() ? nullptr : &*last;
}

/// The newest evaluation of a split: of this session's training, else what the run's directory tells of.
inline std::optional<Evaluation> evaluation_shown(const SessionView& session, Split split) {
  if (!session.snapshot) return std::nullopt;
  const auto& now = split == Split::test ? session.snapshot->metrics.test : session.snapshot->metrics.heldout;
  if (now) return now;
  const event::Evaluated* told = last_evaluated(session, split);
  return told ? std::optional(told->evaluation) : std::nullopt;
}

/// The newest training loss, as above; none before the first step.
inline std::optional<LossTerms> train_shown(const SessionView& session) {
  if (!session.snapshot || session.snapshot->step == 0) return std::nullopt;
  const LossTerms& now = session.snapshot->metrics.train;
  const bool measured = now.reconstruction != 0.0 || now.kl != 0.0;
  if (measured) return now;
  if (session.history && !session.history->losses.empty()) return session.history->losses.back().train;
  return std::nullopt;
}

/// KL of each latent dimension as last known; empty until there is one. `active`: active units of the same evaluation.
struct KlShown {
  std::vector<double> per_dimension;
  std::optional<size_t> active;
};
inline KlShown kl_shown(const SessionView& session) {
  KlShown shown;
  if (session.snapshot) shown.per_dimension = session.snapshot->metrics.kl_per_dimension;
  const auto heldout = evaluation_shown(session, Split::heldout);
  if (!heldout) return shown;
  if (shown.per_dimension.empty()) shown.per_dimension = heldout->kl_per_dimension;
  shown.active = heldout->active_units;
  return shown;
}

}  // namespace latentscape
