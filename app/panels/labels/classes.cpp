#include "app/panels/labels/classes.hpp"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/base/likeliest.hpp"
#include "core/io/figure.hpp"

namespace latentscape {

namespace {

constexpr size_t kMostChips = 20, kMostBars = 12;

}  // namespace

bool class_choice(PanelContext& c, const char* name, const char* tip, int& label) {
  const std::vector<std::string>& classes = c.session.run->data->labels()->categories;
  return classes.size() <= kMostChips ? ui::chips(c, name, tip, label, classes) : ui::choice(c, name, {}, tip, label, classes);
}

std::vector<size_t> bars_shown(std::span<const float> probabilities, size_t most) {
  std::vector<size_t> classes(probabilities.size());
  std::iota(classes.begin(), classes.end(), size_t{0});
  if (classes.size() <= most) return classes;
  std::stable_sort(classes.begin(), classes.end(), [&](size_t a, size_t b) { return probabilities[a] > probabilities[b]; });
  classes.resize(most);
  return classes;
}

void class_bars(PanelContext& c, const char* name, std::span<const float> probabilities) {
  const std::vector<std::string>& names = c.session.run->data->labels()->categories;
  const std::vector<size_t> classes = bars_shown(probabilities, kMostBars);
  if (classes.empty() || names.size() < probabilities.size()) return;
  const auto count = static_cast<float>(classes.size());
  const float gap = 4.0f * c.scale, room = ImGui::GetContentRegionAvail().x, width = std::min((room + gap) / count - gap, 40.0f * c.scale);
  ImFont* font = c.fonts.small;
  const float bar = 34.0f * c.scale, height = bar + font->FontSize * 2.0f + 6.0f * c.scale;
  const ImVec2 start = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const size_t best = likeliest(probabilities);
  const auto centred = [&](const std::string& text, float x, float y, ImU32 colour) {
    const float w = font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, text.c_str()).x;
    list.AddText(font, font->FontSize, {std::floor(x + (width - w) * 0.5f), std::floor(y)}, colour, text.c_str());
  };
  ImGui::PushFont(font);
  for (size_t i = 0; i < classes.size(); ++i) {
    const size_t k = classes[i];
    const float x = start.x + static_cast<float>(i) * (width + gap), top = start.y + font->FontSize + 2.0f * c.scale, foot = top + bar;
    const float filled = bar * std::clamp(probabilities[k], 0.0f, 1.0f);
    const Rgba colour = categorical_colour(k, c.theme.dark);
    list.AddRectFilled({x, top}, {x + width, foot}, c.theme.raised, 3.0f * c.scale);
    if (filled >= 0.5f)
      list.AddRectFilled({x, foot - filled}, {x + width, foot}, IM_COL32(colour.r, colour.g, colour.b, 255), 2.0f * c.scale);
    if (k == best) centred(ui::number(static_cast<double>(probabilities[k]), 2), x, start.y, c.theme.text);
    centred(ui::elided(names[k], width), x, foot + 2.0f * c.scale, k == best ? c.theme.text : c.theme.muted);
  }
  ImGui::PopFont();
  ImGui::Dummy({room, height});
  c.controls.add(name, {start.x, start.y, start.x + room, start.y + height});
  ui::tooltip(c, "probe.likely.tip");
}

}  // namespace latentscape
