// What the map says in words, lower left: the anchor of a drag, the limit and progress of a layout, the class of the underlay, marks.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/gui/fonts.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/log.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/map/map_settings.hpp"
#include "app/panels/map/overlays.hpp"

namespace latentscape::map_overlay {

namespace {

/// The lines cut between words so that none is wider than `width`.
std::vector<std::string> wrapped(const std::vector<std::string>& lines, const ImFont& font, float width) {
  std::vector<std::string> cut;
  for (const std::string& line : lines) {
    const char *at = line.data(), *end = line.data() + line.size();
    while (at < end) {
      const char* stop = std::max(at + 1, font.CalcWordWrapPositionA(1.0f, at, end, std::max(width, 1.0f)));
      while (stop < end && (*stop & 0xC0) == 0x80) ++stop;  // within a character
      cut.emplace_back(at, stop);
      while (stop < end && *stop == ' ') ++stop;
      at = stop;
    }
  }
  return cut;
}

/// Where a layout is: "iteration 120 of 1,000   KL 3.21 nats   0:08 left".
std::string progress_of(const PanelContext& c, const ProjectionFrame& p, bool low) {
  if (p.searching && !c.view.map.frozen) return c.tr("map.searching");  // a search gives way to a hold
  const char* key = c.view.map.frozen ? "map.held" : "map.progress";
  std::string line = fmt::format(fmt::runtime(c.tr(key)), ui::count(p.iteration), length_of(p));
  if (low) return line;
  if (p.iterations > iterations_asked(p.config)) line += fmt::format(" {}", c.tr("map.progress.following"));
  if (p.kl > 0.0) line += "   " + fmt::format(fmt::runtime(c.tr("map.progress.kl")), ui::number(p.kl, 2));
  if (!c.view.map.frozen && p.seconds_left >= 1.0)
    line += "   " + fmt::format(fmt::runtime(c.tr("top.left")), ui::duration(p.seconds_left));
  return line;
}

/// No mean of q(z|x) varies by more than 0.1 (an active unit does), and all of q(z|x) is about as wide as the prior: below this KL its
/// deviation is 0.75 or more. An evaluation of an epoch ago alone does not say so.
bool points_are_within_noise(const PanelContext& c) {
  constexpr double kNextToNothing = 0.05;  // nats a dimension
  const KlShown kl = kl_shown(c.session);
  return c.session.run->model->has_prior() && kl.active == size_t{0} &&
         std::all_of(kl.per_dimension.begin(), kl.per_dimension.end(), [](double nats) { return nats < kNextToNothing; });
}

/// `low`: there is room for one line, the one that matters most.
std::vector<std::string> lines_of(const PanelContext& c, const LayerAnswer* layer, bool low) {
  const ProjectionFrame& p = *c.session.projection;
  std::vector<std::string> lines;
  if (points_are_within_noise(c)) lines.emplace_back(c.tr("map.collapsed"));
  const size_t latent = c.session.run->model->latent();
  const bool anchored = c.view.probe.selected_row >= 0;
  const std::string anchor = anchored ? fmt::format("#{}", ui::count(static_cast<uint64_t>(c.view.probe.selected_row))) : "0";
  if (p.config.method == "raw" && latent > 2)
    lines.push_back(fmt::format(fmt::runtime(c.tr("map.drag.raw")), p.config.axis_x + 1, p.config.axis_y + 1, anchor));
  else if (p.config.method == "pca" && latent > 2)
    lines.push_back(fmt::format(fmt::runtime(c.tr("map.drag.pca")), anchor));
  else if (!is_linear(p.config.method)) {
    const std::string shown = ui::count(p.shown.size()), all = ui::count(p.points->ids.size());
    const bool limited = p.limit != 0 && p.shown.size() < p.points->ids.size();
    if (!low) lines.push_back(fmt::format(fmt::runtime(c.tr(limited ? "map.tsne.limited" : "map.tsne.all")), shown, all));
    lines.push_back(progress_of(c, p, low));
  }
  const ColourBy chosen = colour_chosen(c.session, c.view);
  if (chosen != colour_shown(c.session, c.view)) {
    const auto& judged = c.session.judgement;
    const bool failed = judged && judged->frame == c.session.projection && !judged->error.empty();
    if (p.shown.size() < kLeastJudged)
      lines.push_back(fmt::format(fmt::runtime(c.tr("view.quality.few")), kLeastJudged));
    else
      lines.push_back(failed ? judged->error : c.tr("map.judging"));
  } else if (has_fixed_range(chosen) && !is_of(*c.session.judgement, p)) {
    lines.push_back(fmt::format(fmt::runtime(c.tr("map.coloured_as_of")), moment_of(*c.session.judgement->frame, c.tr)));
  }
  if (colour_shown(c.session, c.view) == ColourBy::score)
    lines.push_back(
        fmt::format(fmt::runtime(c.tr("map.score.grey")), c.tr(fmt::format("split.{}", to_string(c.session.outliers->split)).c_str())));
  const OpenedRun& run = *c.session.run;
  const auto label = static_cast<size_t>(c.view.probe.label);
  const bool underlay = c.view.map.underlay == Underlay::manifold && p.linear && run.data->kind == DataKind::image;
  if (underlay && run.model->decodes_labels() && label < run.model->classes())
    lines.push_back(fmt::format(fmt::runtime(c.tr("map.decoded_as")), run.data->labels()->categories[label]));
  if (layer && layer->known > layer->marks.size())
    lines.push_back(fmt::format(fmt::runtime(c.tr("map.marks.some")), ui::count(layer->marks.size()), ui::count(layer->known)));
  else if (layer && layer->known > 0)
    lines.push_back(fmt::format(fmt::runtime(c.tr("map.marks")), ui::count(layer->known)));
  if (!p.error.empty()) lines.push_back(p.error);
  if (low && lines.size() > 1) lines.resize(1);
  return lines;
}

}  // namespace

bool free_of(const std::vector<ImVec4>& covered, const ImVec4& place) {
  return std::none_of(covered.begin(), covered.end(),
                      [&](const ImVec4& r) { return r.z > r.x && r.x < place.z && place.x < r.z && r.y < place.w && place.y < r.w; });
}

std::optional<ImVec4> place_of_notes(const std::vector<ImVec4>& covered, const MapFrame& frame, const NoteSize& size_for_width) {
  const float s = frame.scale, pad = 6.0f * s;
  const float high = frame.origin.x + frame.size.x - 12.0f * s, floor = frame.origin.y + frame.size.y - 28.0f * s;
  // At the left edge, else right of what stands there; at the bottom, else above what stands there.
  std::vector<float> lefts{frame.origin.x + 40.0f * s}, bottoms{floor};
  for (const ImVec4& r : covered) {
    if (r.z <= r.x) continue;
    if (r.z < frame.origin.x + frame.size.x * 0.5f) lefts.push_back(r.z + 2.0f * pad);
    if (r.y > frame.origin.y + frame.size.y * 0.4f) bottoms.push_back(r.y - pad);
  }
  std::sort(lefts.begin(), lefts.end());
  std::sort(bottoms.rbegin(), bottoms.rend());
  for (const float bottom : bottoms)
    for (const float left : lefts) {
      if (bottom > floor || high - left < 120.0f * s) continue;
      const ImVec2 size = size_for_width(high - left);
      const ImVec4 place{left, bottom - size.y, left + size.x, bottom};
      if (place.y > frame.origin.y && free_of(covered, {place.x - pad, place.y - 2.0f * s, place.z + pad, place.w + 2.0f * s}))
        return place;
    }
  return std::nullopt;
}

void notes(PanelContext& c, ImDrawList& list, const MapFrame& frame, const std::vector<ImVec4>& covered, const LayerAnswer* layer) {
  ImFont* font = c.fonts.small;
  const std::vector<std::string> words = lines_of(c, layer, frame.is_low());
  if (words.empty()) return;
  const float line = font->FontSize + 4.0f * c.scale;
  const auto width_of = [&](const std::string& text) { return font->CalcTextSizeA(font->FontSize, 1e6f, 0, text.c_str()).x; };
  const auto place = place_of_notes(covered, frame, [&](float width) {
    float widest = 0.0f;
    const auto lines = wrapped(words, *font, width);
    for (const std::string& text : lines) widest = std::max(widest, width_of(text));
    return ImVec2(widest, line * static_cast<float>(lines.size()));
  });
  if (!place) return;  // the controls need all the room that there is
  const float width = frame.origin.x + frame.size.x - 12.0f * c.scale - place->x;
  float y = place->y;
  for (const std::string& text : wrapped(words, *font, width)) {
    const ImVec2 at{place->x, std::round(y)};
    list.AddRectFilled({at.x - 6 * c.scale, at.y - 2 * c.scale}, {at.x + width_of(text) + 6 * c.scale, at.y + font->FontSize + 2 * c.scale},
                       (c.theme.map_background & ~IM_COL32_A_MASK) | (200u << IM_COL32_A_SHIFT), 4.0f * c.scale);
    list.AddText(font, font->FontSize, at, c.theme.text, text.c_str());
    y += line;
  }
}

}  // namespace latentscape::map_overlay
