// What is drawn over the points: axes with ticks, prior circles, the posterior ellipse, the probe cross.
#pragma once

#include <imgui.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/gui/panel.hpp"
#include "app/panels/map/camera.hpp"
#include "app/panels/map/point_layer.hpp"

namespace latentscape::map_overlay {

/// Ticks along the lower and left edges, labels beside what is `covered` by controls; names near their upper ends, between two ticks. No
/// ticks where the axes have no unit (t-SNE).
void axes(PanelContext& c, ImDrawList& list, const MapFrame& frame, const std::string& x_name, const std::string& y_name,
          const std::vector<ImVec4>& covered);

/// What the map says in words, lower left, never under a control.
void notes(PanelContext& c, ImDrawList& list, const MapFrame& frame, const std::vector<ImVec4>& covered, const LayerAnswer* layer);
/// The rectangle {x0, y0, x1, y1} where notes stand; none where there is no room. `size_for_width`: how large they are, wrapped.
using NoteSize = std::function<ImVec2(float width)>;
std::optional<ImVec4> place_of_notes(const std::vector<ImVec4>& covered, const MapFrame& frame, const NoteSize& size_for_width);
/// Does a rectangle touch none of these?
bool free_of(const std::vector<ImVec4>& covered, const ImVec4& place);

/// Where the labels of the y axis stand, from the highest on: beside what is covered, so that none is left out but at the very ends.
struct AxisLabel {
  double value = 0.0;
  ImVec2 at{};
};
std::vector<AxisLabel> y_labels(const MapFrame& frame, double step, ImVec2 label_size, const std::vector<ImVec4>& covered);

/// Circles of 1, 2 and 3 standard deviations of the prior in the shown plane.
void prior_circles(PanelContext& c, ImDrawList& list, const MapFrame& frame, const LinearMap& linear);

/// 1 and 2 standard deviations of q(z|x) in the shown plane: axis-aligned in raw axes, a projected ellipse in PCA.
void posterior_ellipse(PanelContext& c, ImDrawList& list, const MapFrame& frame, const LinearMap& linear, const Inspection& inspection);

void probe_cross(PanelContext& c, ImDrawList& list, ImVec2 at, bool on_manifold);

/// A ring around a clicked or hovered point.
void point_ring(PanelContext& c, ImDrawList& list, ImVec2 at, bool strong);

/// A step of 1, 2 or 5 times a power of ten that gives about `wanted` ticks over `span`.
double nice_step(double span, int wanted);

}  // namespace latentscape::map_overlay
