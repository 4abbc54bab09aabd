// Data space panel: a table's examples where they are, with what the model decodes among them; beside the map of its latents.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/data_views.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/curves/plot.hpp"
#include "app/panels/data_space/plane.hpp"
#include "app/panels/map/overlays.hpp"
#include "app/panels/table/table_look.hpp"
#include "app/render/splat.hpp"

namespace latentscape {

namespace {

constexpr size_t kMostPoints = 10000;
constexpr float kPickRadius = 9.0f;                  // pixels at scale 1
constexpr float kLeftMargin = 34.0f, kFoot = 18.0f;  // for the labels of the axes
constexpr float kLeast = 180.0f, kLargest = 460.0f;  // of the plane where there is room

class DataSpacePanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  /// What the plane and its picture were made of.
  struct Made {
    std::shared_ptr<const PointSet> points;
    DataSpaceView view;
    std::set<int> hidden;
    bool dark = true;
    float side = 0.0f, point_size = 0.0f;
    bool operator==(const Made&) const = default;
  };
  void update(PanelContext& c, float side);
  void choose_axes(PanelContext& c);
  void frame(PanelContext& c, ImVec2 at, float side);
  void decoded(PanelContext& c, ImDrawList& list);
  void marks(PanelContext& c, ImDrawList& list);
  void card(PanelContext& c, uint32_t row);
  void interact(PanelContext& c);
  void words(PanelContext& c);
  ImVec2 on_screen(std::span<const float> example) const {
    const auto at = plane_.axes.place(example);
    return {low_.x + at[0] * side_, low_.y + (1.0f - at[1]) * side_};
  }
  bool inside(ImVec2 p) const { return p.x >= low_.x && p.y >= low_.y && p.x <= low_.x + side_ && p.y <= low_.y + side_; }

  uint64_t run_ = 0;
  std::vector<ExampleNumber> numbers_;  // of that run
  Plane plane_;
  Made made_;
  uint64_t version_ = 0;
  std::vector<uint8_t> rgba_;
  ImVec2 low_{};  // of the plot on screen
  float side_ = 0.0f;
  size_t drawn_ = 0;  // prior draws
};

void DataSpacePanel::update(PanelContext& c, float side) {
  Made wanted{c.session.snapshot->latents->points, c.view.data_space, c.view.map.hidden_classes, c.theme.dark, side,
              c.view.map.point_size * c.scale};
  if (wanted == made_) return;
  made_ = std::move(wanted);
  plane_ = make_plane(*c.session.run->data, *made_.points, made_.view.axis_x, made_.view.axis_y, kMostPoints, made_.hidden, made_.dark);
  const auto pixels = static_cast<size_t>(side);
  rgba_.resize(pixels * pixels * 4);
  const ImU32 ground = c.theme.map_background;
  for (size_t i = 0; i < rgba_.size(); ++i) rgba_[i] = static_cast<uint8_t>((ground >> (8 * (i % 4))) & 0xFF);
  splat_points(plane_.points, {0.5, 0.5, 1.0 / static_cast<double>(side)}, pixels, pixels, made_.point_size, rgba_);
  ++version_;
}

/// For more than two numbers; choosing the other axis's number swaps them.
void DataSpacePanel::choose_axes(PanelContext& c) {
  const size_t width = c.session.run->data->width();
  if (width <= 2) return;
  std::vector<std::string> names;
  for (const ExampleNumber& number : numbers_) names.push_back(number.name);
  DataSpaceView& v = c.view.data_space;
  const auto choose = [&](const char* name, const char* label, size_t& own, size_t& other) {
    int index = static_cast<int>(own);
    if (!ui::choice(c, name, c.tr(label), "data_space.axis.tip", index, names)) return;
    if (static_cast<size_t>(index) == other) other = own;
    own = static_cast<size_t>(index);
  };
  choose("data_space.x", "data_space.x", v.axis_x, v.axis_y);
  choose("data_space.y", "data_space.y", v.axis_y, v.axis_x);
  ui::space(c, 6.0f);
}

void DataSpacePanel::frame(PanelContext& c, ImVec2 at, float side) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImTextureID image = c.images.from_rgba("data_space", version_, rgba_, static_cast<size_t>(side), static_cast<size_t>(side), false);
  list.AddImage(image, at, {at.x + side, at.y + side});
  ImFont* font = c.fonts.small;
  const auto width_of = [font](const std::string& s) { return font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, s.c_str()).x; };
  const PlaneAxes& axes = plane_.axes;
  const float tick = 4.0f * c.scale, spacing = 64.0f * c.scale;
  const ExampleNumber &nx = numbers_[axes.x], &ny = numbers_[axes.y];
  const auto own = [](const ExampleNumber& n, float v) { return n.centre + n.unit * static_cast<double>(v); };
  const auto share = [&](const ExampleNumber& n, size_t axis, double v) {
    return static_cast<float>((v - own(n, axes.low[axis])) / (own(n, axes.high[axis]) - own(n, axes.low[axis])));
  };
  ImGui::PushFont(font);
  const std::string x_name = ui::elided(nx.name, side * 0.5f), y_name = ui::elided(ny.name, side * 0.5f);
  ImGui::PopFont();
  const PlotTicks xs = ticks_between(own(nx, axes.low[0]), own(nx, axes.high[0]), side, spacing, false);
  for (size_t k = 0; k < xs.at.size(); ++k) {
    const float x = at.x + side * share(nx, 0, xs.at[k]), w = width_of(xs.labels[k]);
    list.AddLine({x, at.y + side}, {x, at.y + side + tick}, c.theme.line);
    if (x + w * 0.5f < at.x + side + 8.0f * c.scale)
      list.AddText(font, font->FontSize, {std::round(x - w * 0.5f), at.y + side + tick}, c.theme.muted, xs.labels[k].c_str());
  }
  const PlotTicks ys = ticks_between(own(ny, axes.low[1]), own(ny, axes.high[1]), side, spacing, false);
  for (size_t k = 0; k < ys.at.size(); ++k) {
    const float y = at.y + side * (1.0f - share(ny, 1, ys.at[k])), w = width_of(ys.labels[k]);
    list.AddLine({at.x - tick, y}, {at.x, y}, c.theme.line);
    if (y - font->FontSize * 0.5f > at.y)
      list.AddText(font, font->FontSize, {at.x - tick - w - 2.0f, std::round(y - font->FontSize * 0.5f)}, c.theme.muted,
                   ys.labels[k].c_str());
  }
  // Inside of the plane, where long names have room.
  const auto named = [&](ImVec2 place, const std::string& name) {
    const float pad = 3.0f * c.scale;
    list.AddRectFilled({place.x - pad, place.y - 1.0f}, {place.x + width_of(name) + pad, place.y + font->FontSize + 1.0f},
                       ui::faded(c.theme.map_background, 0.75f), 3.0f * c.scale);
    list.AddText(font, font->FontSize, place, c.theme.text, name.c_str());
  };
  named({at.x + side - width_of(x_name) - 6.0f * c.scale, at.y + side - font->FontSize - 4.0f * c.scale}, x_name);
  named({at.x + 6.0f * c.scale, at.y + 4.0f * c.scale}, y_name);
}

/// Draws from the prior as small diamonds, as the Samples panel has them.
void DataSpacePanel::decoded(PanelContext& c, ImDrawList& list) {
  drawn_ = 0;
  const auto& answer = c.session.samples;
  if (!c.view.data_space.draws || !answer || answer->x.cols != c.session.run->data->width()) return;
  drawn_ = answer->x.rows;
  const float r = 2.2f * c.scale;
  const ImU32 ink = ui::faded(c.theme.text, 0.75f);
  for (size_t i = 0; i < drawn_; ++i) {
    const ImVec2 p = on_screen(answer->x.row(i));
    list.AddQuadFilled({p.x - r, p.y}, {p.x, p.y - r}, {p.x + r, p.y}, {p.x, p.y + r}, ink);
  }
}

void DataSpacePanel::marks(PanelContext& c, ImDrawList& list) {
  const Dataset& data = *c.session.run->data;
  const int64_t selected = c.view.probe.selected_row, pointed = c.pointed.now;
  std::vector<float> x(data.width());
  const auto place_of = [&](int64_t row) {
    data.copy_row(static_cast<size_t>(row), x.data());
    return on_screen(x);
  };
  const auto there = [&](int64_t row) { return row >= 0 && static_cast<size_t>(row) < data.rows; };
  if (there(selected)) {
    const ImVec2 from = place_of(selected);
    const auto& about = c.session.inspection;
    if (about && static_cast<int64_t>(about->row) == selected && about->reconstructed.size() == data.width()) {
      const ImVec2 to = on_screen(about->reconstructed);
      list.AddLine(from, to, c.theme.accent, 1.6f * c.scale);
      list.AddCircleFilled(to, 3.4f * c.scale, c.theme.accent, 16);
    }
    map_overlay::point_ring(c, list, from, true);
  }
  if (there(pointed) && pointed != selected) map_overlay::point_ring(c, list, place_of(pointed), false);
  const auto& probe = c.session.probe;
  if (probe && probe->x.size() == data.width())
    map_overlay::probe_cross(c, list, on_screen(probe->x), probe->on_manifold || probe->manifold_radius <= 0.0);
}

/// The point under the pointer: here, on the map and in words.
void DataSpacePanel::card(PanelContext& c, uint32_t row) {
  c.pointed.next = row;
  const Dataset& data = *c.session.run->data;
  std::vector<float> x(data.width());
  data.copy_row(row, x.data());
  ImGui::BeginTooltip();
  ImGui::TextUnformatted(fmt::format("#{}", ui::count(row)).c_str());
  if (const int label = data.label(row); label >= 0)
    ImGui::TextUnformatted(fmt::format("{} {}", c.tr("probe.label"), data.labels()->categories[static_cast<size_t>(label)]).c_str());
  for (const size_t j : {plane_.axes.x, plane_.axes.y})
    ImGui::TextColored(
        ImGui::ColorConvertU32ToFloat4(c.theme.muted), "%s",
        fmt::format("{} = {}", numbers_[j].name, ui::value_text(numbers_[j].centre + numbers_[j].unit * static_cast<double>(x[j])))
            .c_str());
  ImGui::EndTooltip();
}

void DataSpacePanel::interact(PanelContext& c) {
  ImGui::SetCursorScreenPos(low_);
  const bool clicked = ImGui::InvisibleButton("data_space", {side_, side_});
  c.controls.add("data_space", {low_.x, low_.y, low_.x + side_, low_.y + side_});
  const ImVec2 pointer = ImGui::GetIO().MousePos;
  if (!ImGui::IsItemHovered() || !inside(pointer)) return;
  const int64_t point =
      plane_.grid.nearest(plane_.points, (pointer.x - low_.x) / side_, 1.0f - (pointer.y - low_.y) / side_, kPickRadius * c.scale / side_);
  if (point >= 0) card(c, plane_.rows[static_cast<size_t>(point)]);
  if (clicked) c.send.select_row(point < 0 ? -1 : plane_.rows[static_cast<size_t>(point)]);
}

/// What is what, and how much of it there is.
void DataSpacePanel::words(PanelContext& c) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float s = c.scale;
  const auto row = [&](const std::string& text, const auto& mark) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    mark(ImVec2(at.x + 7.0f * s, at.y + ImGui::GetTextLineHeight() * 0.5f));
    ImGui::SetCursorScreenPos({at.x + 20.0f * s, at.y});
    ui::note(c, text);
  };
  const std::string shown = ui::count(plane_.points.size()), there = ui::count(plane_.there);
  row(plane_.points.size() < plane_.there ? fmt::format(fmt::runtime(c.tr("data_space.some")), shown, there)
                                          : fmt::format(fmt::runtime(c.tr("data_space.all")), there),
      [&](ImVec2 p) { list.AddCircleFilled(p, 3.0f * s, c.theme.accent, 12); });
  if (drawn_ > 0)
    row(fmt::format(fmt::runtime(c.tr(c.session.run->model->has_prior() ? "data_space.decoded" : "data_space.decoded.ae")),
                    ui::count(drawn_)),
        [&](ImVec2 p) {
          const float r = 3.4f * s;
          list.AddQuadFilled({p.x - r, p.y}, {p.x, p.y - r}, {p.x + r, p.y}, {p.x, p.y + r}, c.theme.text);
        });
  row(c.tr("data_space.probe"), [&](ImVec2 p) {
    const float r = 4.0f * s;
    list.AddCircle(p, r, c.theme.text, 16, 1.4f * s);
    list.AddLine({p.x - r * 1.7f, p.y}, {p.x + r * 1.7f, p.y}, c.theme.text);
    list.AddLine({p.x, p.y - r * 1.7f}, {p.x, p.y + r * 1.7f}, c.theme.text);
  });
  if (c.view.probe.selected_row >= 0)
    row(c.tr("data_space.selected"), [&](ImVec2 p) {
      list.AddCircle({p.x - 3.0f * s, p.y}, 3.4f * s, c.theme.accent, 16, 1.6f * s);
      list.AddLine(p, {p.x + 7.0f * s, p.y}, c.theme.accent, 1.6f * s);
    });
}

void DataSpacePanel::draw(PanelContext& c) {
  if (!c.session.run || !c.session.snapshot || !c.session.snapshot->latents)
    return ui::placeholder_without_run(c, icon::kDatabase, "data_space.empty");
  if (c.session.run->data->width() < 2) return ui::placeholder(c, icon::kDatabase, {}, c.tr("data_space.one"));
  if (run_ != c.session.run->id) {
    run_ = c.session.run->id;
    numbers_ = numbers_of(*c.session.run->summary, c.session.run->data->width());
    c.view.data_space.axis_y = other_axis(*c.session.run->summary, c.view.data_space.axis_x, c.view.data_space.axis_y);
  }
  ui::space(c, 4.0f);
  choose_axes(c);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room = ImGui::GetContentRegionAvail().x;
  // In a low window all of the plane stays in sight; the words below it scroll.
  const float height = std::max(ImGui::GetWindowHeight() - ImGui::GetCursorPosY() - kFoot * c.scale, kLeast * c.scale);
  side_ = std::floor(std::min({room - kLeftMargin * c.scale, kLargest * c.scale, height}));
  if (side_ < 40.0f) return;
  low_ = {std::floor(at.x + kLeftMargin * c.scale), std::floor(at.y)};
  update(c, side_);
  frame(c, low_, side_);
  // What moves lies in a list of its own: the picture below is not painted again.
  ImGui::SetCursorScreenPos(low_);
  ImGui::BeginChild("data_space.marks", {side_, side_}, false,
                    ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoNav);
  decoded(c, *ImGui::GetWindowDrawList());
  marks(c, *ImGui::GetWindowDrawList());
  ImGui::EndChild();
  interact(c);
  ImGui::SetCursorScreenPos({at.x, low_.y + side_ + kFoot * c.scale});
  ui::space(c, 6.0f);
  words(c);
  ui::space(c, 6.0f);
  ui::toggle(c, "data_space.draws", c.tr("data_space.draws"), "data_space.draws.tip", c.view.data_space.draws);
}

}  // namespace

void register_panel_data_space(PanelRegistry& registry);
void register_panel_data_space(PanelRegistry& registry) {
  registry.add({"data_space", "panel.data_space", Region::right, 5, 1.0f, [] { return std::make_unique<DataSpacePanel>(); },
                [](const SessionView& session) { return session.run && session.run->data->kind == DataKind::table; }});
}

}  // namespace latentscape
