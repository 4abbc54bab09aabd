// Map panel: the latent points over an underlay, and the tools that move the probe, the camera and the selection.
#include <imgui.h>

#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/panels/map/camera.hpp"
#include "app/panels/map/hover_card.hpp"
#include "app/panels/map/legend.hpp"
#include "app/panels/map/overlays.hpp"
#include "app/panels/map/point_layer.hpp"
#include "app/panels/map/toolbar.hpp"
#include "app/panels/map/underlay.hpp"

namespace latentscape {

namespace {

constexpr float kPickRadius = 9.0f;  // pixels at scale 1
constexpr float kClickSlack = 4.0f;
constexpr float kTools = 48.0f, kAxisLabels = 76.0f, kAxisFoot = 22.0f;  // of the map that the axes take

bool inside(const std::vector<ImVec4>& rectangles, ImVec2 p) {
  for (const ImVec4& r : rectangles)
    if (p.x >= r.x && p.y >= r.y && p.x < r.z && p.y < r.w) return true;
  return false;
}

class MapPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;
  void shutdown() override { layer_.shutdown(); }

 private:
  bool frame_matches(const PanelContext& c) const;
  void move_camera(PanelContext& c);
  void update_layer(PanelContext& c);
  const std::shared_ptr<const MapImage>& manifold(const PanelContext& c);
  void draw_underlay(PanelContext& c, ImDrawList& list);
  void draw_points(ImDrawList& list);
  void draw_axes(PanelContext& c, ImDrawList& list);
  void draw_posterior(PanelContext& c, ImDrawList& list);
  void draw_marks(PanelContext& c);
  void interact(PanelContext& c, bool hovered, bool active);
  void keyboard(PanelContext& c);
  void move_probe_to(PanelContext& c, ImVec2 pointer);
  bool way_back(const PanelContext& c) const;
  void renew_trust(PanelContext& c);
  int64_t point_at(ImVec2 pointer, float radius) const;
  std::optional<ImVec2> probe_on_screen(const PanelContext& c) const;
  std::optional<ImVec2> row_on_screen(const PanelContext& c, int64_t row) const;

  PointLayer layer_;
  MapFrame frame_;
  bool camera_set_ = false;
  double last_seconds_ = 0.0;
  uint64_t run_ = 0;
  std::string method_;
  std::vector<ImVec4> covered_;  // by the controls and the legend of the last frame
  MapCover cover_;
  bool whole_legend_ = false;  // also what has no room at first
  bool dragging_probe_ = false, panning_ = false, moved_ = false;
  ImVec2 pressed_at_{};
  int64_t hovered_point_ = -1;
  std::shared_ptr<const GridAnswer> underlay_grid_;
  std::shared_ptr<const MapImage> underlay_;  // of underlay_grid_
  bool underlay_dark_ = false;
  std::shared_ptr<const PlacedInverse> trusted_;  // of the probe's trust
};

bool MapPanel::frame_matches(const PanelContext& c) const {
  return c.session.projection && c.session.run && c.session.snapshot && c.session.snapshot->latents &&
         c.session.projection->points == c.session.snapshot->latents->points &&
         c.session.projection->config.method == c.view.map.projection.method && !c.session.projection->shown.empty();
}

void MapPanel::move_camera(PanelContext& c) {
  const double dt = std::clamp(c.seconds - last_seconds_, 0.0, 0.1);
  last_seconds_ = c.seconds;
  if (run_ != c.session.run->id || method_ != c.view.map.projection.method) {
    if (run_ != c.session.run->id) c.view.map.fitted = true;
    run_ = c.session.run->id;
    method_ = c.view.map.projection.method;
    camera_set_ = false;
  }
  const LayerAnswer* answer = layer_.answer();
  const bool current = answer && answer->job.frame && answer->job.frame->config.method == method_;
  if (c.view.map.fitted)
    c.view.map.camera = camera_for(current ? answer->bounds : std::array<float, 4>{-3, -3, 3, 3}, frame_.size, c.scale, cover_);
  const Camera goal = c.view.map.camera;
  const bool jump = !camera_set_ || c.view.look.reduced_motion || panning_;
  // A picture that has left the map is followed at once; else it may breathe.
  const bool outgrown = current && c.view.map.fitted && !frame_.shows(answer->bounds);
  frame_.camera = jump ? goal : eased(frame_.camera, goal, dt, c.view.map.fitted && !outgrown ? 0.22 : 0.07);
  camera_set_ = camera_set_ || current;
}

void MapPanel::update_layer(PanelContext& c) {
  LayerJob job;
  job.frame = c.session.projection;
  job.colour_by = colour_shown(c.session, c.view);
  if (job.colour_by == ColourBy::loss || job.colour_by == ColourBy::age) job.latents = c.session.snapshot->latents;
  if (job.colour_by == ColourBy::score) job.outliers = c.session.outliers;
  if (has_fixed_range(job.colour_by)) job.judgement = judgement_shown(c.session);
  if (job.colour_by == ColourBy::column) {
    job.data = c.session.run->data;
    job.colour_column = c.view.map.colour_column;
  }
  job.hidden_classes = c.view.map.hidden_classes;
  job.dark = c.theme.dark;
  job.limit = c.view.map.points;
  if (c.session.run->config.labels && c.session.run->model->classes() > 0) job.known = c.session.snapshot->labels;
  job.ink = ui::faded(c.theme.text, 0.85f);
  if (manifold(c) && c.session.run->data->channels() == 3) job.halo = ui::faded(c.theme.map_background, 0.8f);
  job.camera = frame_.point_camera();
  job.width = static_cast<size_t>(frame_.size.x);
  job.height = static_cast<size_t>(frame_.size.y);
  // Crowded maps get finer dots, so that what lies under them still shows.
  const auto crowd = static_cast<float>(std::max<size_t>(job.frame->shown.size(), 1));
  job.diameter = c.view.map.point_size * c.scale * std::clamp(std::pow(20000.0f / crowd, 0.3f), 0.6f, 1.0f);
  if (layer_.software()) job.underlay = manifold(c);
  job.ground = c.theme.map_background;
  layer_.update(job);
}

/// Made anew when the decoded grid or the theme changes.
const std::shared_ptr<const MapImage>& MapPanel::manifold(const PanelContext& c) {
  const auto& linear = c.session.projection->linear;
  const auto& grid = c.session.underlay;
  if (!linear || !grid || c.view.map.underlay != Underlay::manifold) {
    underlay_ = nullptr;
    underlay_grid_ = nullptr;
  } else if (grid != underlay_grid_ || c.theme.dark != underlay_dark_) {
    underlay_grid_ = grid;
    underlay_dark_ = c.theme.dark;
    underlay_ = manifold_image(*grid, *linear, *c.session.run->data, c.theme.text, c.theme.dark);
  }
  return underlay_;
}

/// On software OpenGL the layer's picture holds ground and underlay already.
void MapPanel::draw_underlay(PanelContext& c, ImDrawList& list) {
  if (c.view.map.underlay == Underlay::prior && c.session.projection->linear && c.session.run->model->has_prior())
    map_overlay::prior_circles(c, list, frame_, *c.session.projection->linear);
  if (layer_.software() || !manifold(c)) return;
  const MapImage& image = *underlay_;
  const uint64_t version = ((underlay_grid_->revision << 20) + underlay_grid_->tag) * 2 + (underlay_dark_ ? 1 : 0);
  list.AddImage(c.images.from_rgba("map.underlay", version, image.rgba, image.width, image.height),
                frame_.screen_from_map(image.left, image.top), frame_.screen_from_map(image.right, image.bottom));
}

void MapPanel::draw_points(ImDrawList& list) {
  const Texture& image = layer_.image();
  if (image.id() == 0 || layer_.image_width() == 0 || !layer_.answer()) return;
  // The image keeps its own camera: while a newer one is drawn, the old one is shown at its place.
  const PointCamera& drawn = layer_.image_camera();
  if (layer_.answer()->job.frame->config.method != method_ || !stands_for(drawn, frame_)) return;
  const double w = static_cast<double>(layer_.image_width()) * 0.5 * drawn.units_per_pixel;
  const double h = static_cast<double>(layer_.image_height()) * 0.5 * drawn.units_per_pixel;
  ImVec2 low = frame_.screen_from_map(drawn.x - w, drawn.y + h), high = frame_.screen_from_map(drawn.x + w, drawn.y - h);
  if (layer_.image_fits()) {
    // Texel on pixel.
    low = {std::round(low.x), std::round(low.y)};
    high = {low.x + static_cast<float>(layer_.image_width()), low.y + static_cast<float>(layer_.image_height())};
  }
  list.AddCallback(
      layer_.software() ? [](const ImDrawList*, const ImDrawCmd*) { blend_nothing(); }
                        : [](const ImDrawList*, const ImDrawCmd*) { blend_premultiplied(); },
      nullptr);
  list.AddImage(reinterpret_cast<ImTextureID>(static_cast<intptr_t>(image.id())), low, high);
  list.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
}

std::optional<ImVec2> MapPanel::row_on_screen(const PanelContext& c, int64_t row) const {
  const ProjectionFrame& p = *c.session.projection;
  const auto point = point_of_row(*p.points, row);
  if (!point) return std::nullopt;
  const auto at = std::lower_bound(p.shown.begin(), p.shown.end(), static_cast<uint32_t>(*point));
  if (at == p.shown.end() || *at != *point) return std::nullopt;
  const auto i = static_cast<size_t>(at - p.shown.begin());
  return frame_.screen_from_map(static_cast<double>(p.positions(i, 0)), static_cast<double>(p.positions(i, 1)));
}

std::optional<ImVec2> MapPanel::probe_on_screen(const PanelContext& c) const {
  const ProjectionFrame& p = *c.session.projection;
  const auto& z = c.view.probe.z;
  if (p.linear && z.size() == p.linear->mean.size()) {
    const auto at = p.linear->map_from_latent(z);
    return frame_.screen_from_map(static_cast<double>(at[0]), static_cast<double>(at[1]));
  }
  if (c.probe_place.holds(z)) {
    if (const auto row = row_on_screen(c, c.probe_place.row)) {
      const auto u = static_cast<float>(frame_.units_per_pixel());
      return ImVec2(row->x + c.probe_place.offset[0] / u, row->y - c.probe_place.offset[1] / u);
    }
  }
  // Else the probe stands on the point nearest to it in latent space, where that one is on the map.
  if (!c.session.probe || c.session.probe->nearest >= p.points->ids.size()) return std::nullopt;
  return row_on_screen(c, p.points->ids[c.session.probe->nearest]);
}

void MapPanel::draw_axes(PanelContext& c, ImDrawList& list) {
  if (!c.session.projection->linear) return;
  const auto names = map_toolbar::axis_names(c);
  map_overlay::axes(c, list, frame_, names[0], names[1], covered_);
}

/// Below the axes and the controls: it may be wider than the map.
void MapPanel::draw_posterior(PanelContext& c, ImDrawList& list) {
  const auto& linear = c.session.projection->linear;
  const auto& inspection = c.session.inspection;
  if (linear && inspection && static_cast<int64_t>(inspection->row) == c.view.probe.selected_row)
    map_overlay::posterior_ellipse(c, list, frame_, *linear, *inspection);
}

/// What follows the pointer, in a draw list of its own: while it moves, the points below are not painted again.
void MapPanel::draw_marks(PanelContext& c) {
  ImGui::SetCursorScreenPos(frame_.origin);
  ImGui::BeginChild("map.marks", frame_.size, false,
                    ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoNav);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (const auto at = row_on_screen(c, c.view.probe.selected_row)) map_overlay::point_ring(c, list, *at, true);
  if (hovered_point_ >= 0 && layer_.answer() && static_cast<size_t>(hovered_point_) < layer_.answer()->points.size()) {
    const MapPoint& point = layer_.answer()->points[static_cast<size_t>(hovered_point_)];
    map_overlay::point_ring(c, list, frame_.screen_from_map(static_cast<double>(point.x), static_cast<double>(point.y)), false);
  }
  if (const auto elsewhere = hovered_point_ < 0 ? row_on_screen(c, c.pointed.now) : std::nullopt)
    map_overlay::point_ring(c, list, *elsewhere, false);
  const auto at = probe_on_screen(c);
  if (at && !inside(covered_, *at))
    map_overlay::probe_cross(c, list, *at, !c.session.probe || c.session.probe->on_manifold || c.session.probe->manifold_radius <= 0.0);
  ImGui::EndChild();
}

int64_t MapPanel::point_at(ImVec2 pointer, float radius) const {
  const LayerAnswer* answer = layer_.answer();
  if (!answer) return -1;
  const auto at = frame_.map_from_screen(pointer);
  return answer->grid.nearest(answer->points, at[0], at[1], radius * static_cast<float>(frame_.camera.units_per_pixel));
}

void MapPanel::move_probe_to(PanelContext& c, ImVec2 pointer) {
  const auto& linear = c.session.projection->linear;
  if (linear) {
    const auto anchor = drag_anchor(c.session, c.view);
    if (anchor.size() == linear->mean.size()) c.view.probe.z = linear->latent_from_map(frame_.map_from_screen(pointer), anchor);
    return;
  }
  if (!way_back(c)) return;  // a drag goes on asking until it is there
  const MapInverse::Answer there = c.session.inverse->inverse->latent_at(frame_.map_from_screen(pointer));
  const ProjectionFrame& p = *c.session.projection;
  const uint32_t row = p.points->ids[c.session.inverse->frame->shown[there.neighbours.front()]];
  const auto at = row_on_screen(c, row);
  if (!at) return;
  const auto u = static_cast<float>(frame_.units_per_pixel());
  c.view.probe.z = there.latent;
  c.probe_place = {there.latent, row, {(pointer.x - at->x) * u, (at->y - pointer.y) * u}, there.trust};
}

/// The neighbours' inverse of this map, or of it a moment ago.
bool MapPanel::way_back(const PanelContext& c) const {
  const auto& back = c.session.inverse;
  return back && back->inverse && back->frame->points == c.session.projection->points &&
         back->frame->shown == c.session.projection->shown && back->frame->config.method == c.session.projection->config.method;
}

/// The map moved under the probe: how far is the way back to be believed by now?
void MapPanel::renew_trust(PanelContext& c) {
  if (c.session.inverse == trusted_ || !way_back(c) || !c.probe_place.holds(c.view.probe.z)) return;
  trusted_ = c.session.inverse;
  if (const auto at = probe_on_screen(c)) c.probe_place.trust = trusted_->inverse->latent_at(frame_.map_from_screen(*at)).trust;
}

void MapPanel::interact(PanelContext& c, bool hovered, bool active) {
  ImGuiIO& io = ImGui::GetIO();
  const ImVec2 pointer = io.MousePos;
  hovered_point_ = hovered && !panning_ && !dragging_probe_ ? point_at(pointer, kPickRadius) : -1;
  if (hovered_point_ >= 0) c.pointed.next = layer_.answer()->rows[static_cast<size_t>(hovered_point_)];
  const auto take_camera = [&] {
    if (c.view.map.fitted) c.view.map.camera = frame_.camera;
    c.view.map.fitted = false;
  };
  if (hovered && io.MouseWheel != 0.0f) {
    take_camera();
    MapFrame goal = frame_;
    goal.camera = c.view.map.camera;
    // Zooming keeps the place under the pointer of the picture that is aimed at, not of the eased one.
    c.view.map.camera = zoomed_at(goal, pointer, std::pow(0.87, static_cast<double>(io.MouseWheel)));
  }
  const bool space = ImGui::IsKeyDown(' ') && !io.WantTextInput;
  const bool left = hovered && ImGui::IsMouseClicked(0), middle = hovered && ImGui::IsMouseClicked(2);
  if (left || middle) {
    pressed_at_ = pointer;
    moved_ = false;
    panning_ = middle || c.view.map.tool == Tool::pan || space;
    dragging_probe_ = left && !panning_ && c.view.map.tool == Tool::probe;
  }
  if (std::abs(pointer.x - pressed_at_.x) + std::abs(pointer.y - pressed_at_.y) > kClickSlack * c.scale) moved_ = true;
  const bool down = ImGui::IsMouseDown(0) || ImGui::IsMouseDown(2);
  if (panning_ && down && moved_ && (io.MouseDelta.x != 0.0f || io.MouseDelta.y != 0.0f)) {
    take_camera();
    const double u = frame_.units_per_pixel();
    c.view.map.camera.x -= static_cast<double>(io.MouseDelta.x) * u;
    c.view.map.camera.y += static_cast<double>(io.MouseDelta.y) * u;
  }
  if (dragging_probe_ && down && (moved_ || point_at(pressed_at_, kPickRadius) < 0)) move_probe_to(c, pointer);
  if (!down || (!active && !ImGui::IsMouseDown(2))) {
    if (ImGui::IsMouseReleased(0) && !moved_ && hovered && c.view.map.tool != Tool::pan) {
      const int64_t point = point_at(pointer, kPickRadius);
      if (point >= 0)
        c.send.select_row(layer_.answer()->rows[static_cast<size_t>(point)]);
      else if (c.view.map.tool == Tool::click)
        c.send.select_row(-1);
    }
    if (!down) panning_ = dragging_probe_ = false;
  }
}

/// Arrow keys move the probe, Enter selects the point nearest to it.
void MapPanel::keyboard(PanelContext& c) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput || io.KeyCtrl || ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel)) return;
  const auto at = probe_on_screen(c);
  if (!at) return;
  const auto pressed = [](ImGuiKey key) { return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key)); };
  const float step = (io.KeyShift ? 32.0f : 8.0f) * c.scale;
  ImVec2 to = *at;
  if (pressed(ImGuiKey_LeftArrow)) to.x -= step;
  if (pressed(ImGuiKey_RightArrow)) to.x += step;
  if (pressed(ImGuiKey_UpArrow)) to.y -= step;
  if (pressed(ImGuiKey_DownArrow)) to.y += step;
  if (to.x != at->x || to.y != at->y) move_probe_to(c, to);
  if (pressed(ImGuiKey_Enter)) {
    const int64_t point = point_at(*at, 1e6f);
    if (point >= 0) c.send.select_row(layer_.answer()->rows[static_cast<size_t>(point)]);
  }
}

void MapPanel::draw(PanelContext& c) {
  if (!c.session.run) return;  // the shell shows the empty and loading states
  ImDrawList& list = *ImGui::GetWindowDrawList();
  frame_.origin = ImGui::GetCursorScreenPos();
  frame_.size = ImGui::GetContentRegionAvail();
  frame_.scale = c.scale;
  if (frame_.size.x < 16.0f || frame_.size.y < 16.0f) return;
  const ImVec2 end{frame_.origin.x + frame_.size.x, frame_.origin.y + frame_.size.y};
  move_camera(c);
  ImGui::InvisibleButton("map", frame_.size, ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonMiddle);
  ImGui::SetItemAllowOverlap();
  const bool active = ImGui::IsItemActive();
  const bool hovered = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) && !inside(covered_, ImGui::GetIO().MousePos);
  c.controls.add("map", {frame_.origin.x, frame_.origin.y, end.x, end.y});
  list.PushClipRect(frame_.origin, end, true);
  const bool ready = frame_matches(c);
  if (ready) {
    update_layer(c);
    interact(c, hovered, active);
    keyboard(c);
    renew_trust(c);
    if (layer_.software()) draw_points(list);
    draw_underlay(c, list);
    if (!layer_.software()) draw_points(list);
    draw_posterior(c, list);
    draw_axes(c, list);
    map_overlay::notes(c, list, frame_, covered_, layer_.answer());
  } else {
    const auto& projection = c.session.projection;
    const bool failed = projection && !projection->error.empty() && projection->config.method == c.view.map.projection.method;
    const char* text = failed ? projection->error.c_str() : c.tr("map.waiting");
    const ImVec2 size = ImGui::CalcTextSize(text);
    list.AddText({frame_.origin.x + (frame_.size.x - size.x) * 0.5f, frame_.origin.y + (frame_.size.y - size.y) * 0.5f}, c.theme.muted,
                 text);
  }
  cover_ = {};
  covered_ = map_toolbar::draw(c, list, frame_, cover_.top);
  if (ready) {
    const ImVec4 legend = map_overlay::legend(c, list, frame_, layer_.answer(), whole_legend_);
    const bool axes = c.session.projection->linear.has_value();
    cover_.left = (axes ? kAxisLabels : kTools) * c.scale;
    cover_.foot = axes ? kAxisFoot * c.scale : 0.0f;
    if (legend.z > legend.x) cover_.legend_width = end.x - legend.x, cover_.legend_height = end.y - legend.y;
    covered_.push_back(legend);
    draw_marks(c);
  }
  list.PopClipRect();
  if (ready && hovered && hovered_point_ >= 0 && !dragging_probe_ && !panning_)
    hover_card(c, layer_.answer()->rows[static_cast<size_t>(hovered_point_)]);
}

}  // namespace

void register_panel_map(PanelRegistry& registry);
void register_panel_map(PanelRegistry& registry) {
  registry.add({"map", "panel.map", Region::centre, 0, 1.0f, [] { return std::make_unique<MapPanel>(); }});
}

}  // namespace latentscape
