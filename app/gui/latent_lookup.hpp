// Where a dataset row stands among the points, and the anchor of a drag.
#pragma once

#include <algorithm>
#include <cstdint>
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

}  // namespace latentscape
