#include "app/panels/map/map_settings.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/log.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {
namespace {

/// A slider whose value is taken at the end of a drag.
void slider_when_done(PanelContext& c, const char* name, float& held, double low, double high, const std::function<void(double)>& take,
                      double value) {
  if (held == 0.0f) held = static_cast<float>(value);
  const std::string key = fmt::format("view.{}", name), tip = key + ".tip";
  const ui::SliderResult r =
      ui::slider(c, key.c_str(), c.tr(key.c_str()), tip.c_str(), held, static_cast<float>(low), static_cast<float>(high), "%.0f", true);
  if (r.done) take(std::round(static_cast<double>(held)));
  if (!r.changed && !ImGui::IsMouseDown(0)) held = static_cast<float>(value);
}

/// One that is taken while it is dragged.
void slider_at_once(PanelContext& c, const char* key, const char* tip, double& value, float low, float high, const char* format) {
  auto shown = static_cast<float>(value);
  if (ui::slider(c, key, c.tr(key), tip, shown, low, high, format).changed) value = static_cast<double>(shown);
}

void length(PanelContext& c, const char* key, const char* tip, size_t& value) {
  auto shown = static_cast<int64_t>(value);
  if (ui::integer(c, key, c.tr(key), tip, shown, 10, 100000)) value = static_cast<size_t>(shown);
}

/// The divergence so far as a line, from its highest to its lowest, with both numbers.
void curve(PanelContext& c, const std::vector<DivergencePoint>& points) {
  const float width = ImGui::GetContentRegionAvail().x, height = 54.0f * c.scale;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::Dummy({width, height});
  ui::tooltip(c, "view.kl_curve.tip");
  const auto less = [](const DivergencePoint& a, const DivergencePoint& b) { return a.kl < b.kl; };
  const auto [low, high] = std::minmax_element(points.begin(), points.end(), less);
  const double span = std::max(high->kl - low->kl, 1e-9);
  const auto first = static_cast<double>(points.front().iteration), last = static_cast<double>(points.back().iteration);
  ImFont* font = c.fonts.small;
  const std::string top = ui::number(high->kl, 2), bottom = ui::number(low->kl, 2);
  const auto text_width = [font](const std::string& s) { return font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, s.c_str()).x; };
  const float right = std::max(text_width(top), text_width(bottom)) + 8.0f * c.scale;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + width - right, at.y + height}, c.theme.raised, 4.0f * c.scale);
  std::vector<ImVec2> line;
  const float pad = 5.0f * c.scale, room = width - right - 2.0f * pad;
  for (const DivergencePoint& p : points)
    line.push_back({at.x + pad + room * static_cast<float>((static_cast<double>(p.iteration) - first) / std::max(last - first, 1.0)),
                    at.y + pad + (height - 2.0f * pad) * static_cast<float>((high->kl - p.kl) / span)});
  list.AddPolyline(line.data(), static_cast<int>(line.size()), c.theme.accent, 0, 1.5f * c.scale);
  list.AddText(font, font->FontSize, {at.x + width - text_width(top), at.y}, c.theme.muted, top.c_str());
  list.AddText(font, font->FontSize, {at.x + width - text_width(bottom), at.y + height - font->FontSize}, c.theme.muted, bottom.c_str());
}

/// Numbers of a map that has moved on say which one they are of.
void of_what(PanelContext& c, const MapJudgement& judged) {
  if (is_of(judged, *c.session.projection)) return;
  ImGui::PushFont(c.fonts.small);
  ui::note(c, fmt::format(fmt::runtime(c.tr("view.of")), moment_of(*judged.frame, c.tr)));
  ImGui::PopFont();
}

}  // namespace

std::string length_of(const ProjectionFrame& frame) {
  const size_t asked = iterations_asked(frame.config);
  if (frame.iterations <= asked) return ui::count(frame.iterations);
  return fmt::format("{} + {}", ui::count(asked), ui::count(frame.iterations - asked));
}

/// (n - 1) / 3 of the points that are there: no perplexity can be larger.
double MapSettings::most_neighbours(const PanelContext& c) const {
  const size_t n = c.session.snapshot && c.session.snapshot->latents ? c.session.snapshot->latents->means.rows : 0;
  return n < 8 ? 2.0 : std::floor((static_cast<double>(n) - 1.0) / 3.0);
}

void MapSettings::tsne(PanelContext& c) {
  ProjectionConfig& config = c.view.map.projection;
  slider_when_done(
      c, "perplexity", perplexity_, 2.0, std::clamp(most_neighbours(c), 3.0, 500.0), [&](double v) { config.perplexity = v; },
      config.perplexity);
  slider_at_once(c, "view.exaggeration", "view.exaggeration.tip", config.exaggeration, 1.0f, 30.0f, "%.1f");
  slider_at_once(c, "view.late_exaggeration", "view.late_exaggeration.tip", config.late_exaggeration, 1.0f, 6.0f, "%.1f");
  length(c, "view.iterations", "view.iterations.tip", config.iterations);
}

void MapSettings::umap(PanelContext& c) {
  ProjectionConfig& config = c.view.map.projection;
  slider_when_done(
      c, "neighbours", neighbours_, 2.0, std::clamp(most_neighbours(c), 3.0, 200.0),
      [&](double v) { config.neighbours = static_cast<size_t>(v); }, static_cast<double>(config.neighbours));
  slider_at_once(c, "view.min_dist", "view.min_dist.tip", config.min_dist, 0.0f, 1.0f, "%.2f");
  length(c, "view.epochs", "view.epochs.tip", config.epochs);
}

/// Iterations, time that is left, the divergence; hold and begin again.
void MapSettings::progress(PanelContext& c) {
  const auto& frame = c.session.projection;
  const bool held = c.view.map.frozen;
  if (frame && !frame->shown.empty() && frame->config.method == c.view.map.projection.method) {
    ui::value_row(c, c.tr("view.done"),
                  frame->searching && !held
                      ? std::string(c.tr("view.searching"))
                      : fmt::format(fmt::runtime(c.tr("view.shown.of")), ui::count(frame->iteration), length_of(*frame)));
    ui::tooltip(c, "view.done.tip");
    const bool rests = frame->iteration >= frame->iterations;
    ui::value_row(c, c.tr("view.left"),
                  held    ? std::string(c.tr("view.held"))
                  : rests ? std::string(c.tr("view.finished"))
                          : ui::duration(frame->seconds_left));
    if (frame->kl > 0.0) ui::value_row(c, c.tr("view.kl"), fmt::format(fmt::runtime(c.tr("view.nats")), ui::number(frame->kl, 3)));
    if (frame->kl_curve.size() > 1) curve(c, frame->kl_curve);
  }
  ui::space(c, 6.0f);
  const float gap = 8.0f * c.scale, half = (ImGui::GetContentRegionAvail().x - gap) * 0.5f;
  if (ui::button(c, "view.hold", held ? icon::kPlay : icon::kPause, c.tr(held ? "view.go_on" : "view.hold"),
                 held ? "map.go_on.tip" : "map.hold.tip", ui::ButtonKind::plain, half))
    c.send.run_command("map.hold");
  ImGui::SameLine(0.0f, gap);
  if (ui::button(c, "view.restart", icon::kRefresh, c.tr("view.restart"), "map.restart.tip", ui::ButtonKind::plain, half))
    c.send.run_command("map.restart");
}

void MapSettings::quality(PanelContext& c) {
  const auto judged = judgement_shown(c.session);
  const size_t points = c.session.snapshot && c.session.snapshot->latents ? c.session.snapshot->latents->means.rows : kLeastJudged;
  ui::section(c, c.tr("view.quality"),
              judged ? fmt::format(fmt::runtime(c.tr("view.quality.of")), ui::count(judged->quality.judged)) : std::string());
  if (!judged) {
    if (points < kLeastJudged) return ui::note(c, fmt::format(fmt::runtime(c.tr("view.quality.few")), kLeastJudged));
    const auto& last = c.session.judgement;
    const bool failed = last && last->frame == c.session.projection && !last->error.empty();
    return ui::note(c, failed ? last->error : c.tr("map.judging"));
  }
  const auto row = [&](const char* key, double value, const char* tip) {
    ui::value_row(c, c.tr(key), ui::number(value, 3), !is_of(*judged, *c.session.projection));
    ui::tooltip(c, tip);
  };
  row("view.recall", judged->quality.recall, "view.recall.tip");
  row("view.trustworthiness", judged->quality.trustworthiness, "view.trustworthiness.tip");
  row("view.continuity", judged->quality.continuity, "view.continuity.tip");
  if (judged->label_accuracy) row("view.label_accuracy", *judged->label_accuracy, "view.label_accuracy.tip");
  of_what(c, *judged);
}

/// The map that was kept, and what moved since.
void MapSettings::kept(PanelContext& c) {
  const auto& kept = c.session.kept_map;
  ui::section(c, c.tr("view.compare"));
  if (const auto judged = change_shown(c.session)) {
    const bool old = !is_of(*judged, *c.session.projection);
    ui::value_row(c, c.tr("view.kept"), ui::number(judged->change.kept, 3), old);
    ui::tooltip(c, "view.kept.tip");
    ui::value_row(c, c.tr("view.displacement"), fmt::format("{} %", ui::number(100.0 * judged->change.displacement, 1)), old);
    ui::tooltip(c, "view.displacement.tip");
    of_what(c, *judged);
  } else {
    ui::note(c, c.tr(kept ? "map.judging" : "view.compare.none"));
  }
  ui::space(c, 6.0f);
  const float gap = 8.0f * c.scale, half = (ImGui::GetContentRegionAvail().x - gap) * 0.5f;
  if (ui::button(c, "view.keep", icon::kSave, c.tr("view.keep"), "view.keep.tip", ui::ButtonKind::plain, kept ? half : -1.0f))
    c.send.run_command("map.keep");
  if (!kept) return;
  ImGui::SameLine(0.0f, gap);
  const bool shown = c.view.map.colour_by == ColourBy::moved;
  if (ui::button(c, "view.colour_moved", icon::kTint, c.tr("view.colour_moved"), "view.colour_moved.tip",
                 shown ? ui::ButtonKind::primary : ui::ButtonKind::plain, half))
    c.view.map.colour_by = shown ? ColourBy::label : ColourBy::moved;
  if (ui::button(c, "view.forget", icon::kClose, c.tr("view.forget"), "view.forget.tip", ui::ButtonKind::plain, -1.0f))
    c.send.run_command("map.forget");
}

void MapSettings::draw(PanelContext& c) {
  const std::string& method = c.view.map.projection.method;
  ui::section(c, c.tr("view.projection"), c.tr(fmt::format("map.view.{}", method).c_str()));
  if (method == "tsne") tsne(c);
  if (method == "umap") umap(c);
  ui::toggle(c, "view.follow", c.tr("view.follow"), "view.follow.tip", c.view.map.follow);
  if (!c.session.run) return;
  if (!is_linear(method)) progress(c);
  quality(c);
  kept(c);
}

}  // namespace latentscape
