#include "app/panels/text/text_look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "app/gui/fonts.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/data/vocabulary.hpp"

namespace latentscape {

namespace {

/// As many words as there are lines of `line` pixels in `room`.
std::vector<WordShare> words_that_fit(PanelContext& c, std::span<const float> x, float room, float line) {
  const auto fit = static_cast<size_t>(std::max(1.0f, room / line));
  return largest_words(x, c.session.run->data->preprocessing.words, fit);
}

}  // namespace

void word_bars(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x) {
  const float s = c.scale, pad = 10.0f * s, line = 17.0f * s, value_w = 40.0f * s;
  const std::vector<WordShare> words = words_that_fit(c, x, size.y - 2.0f * pad, line);
  if (words.empty()) return;
  const float all = std::accumulate(x.begin(), x.end(), 0.0f), room = size.x - 2.0f * pad - value_w;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImFont* font = c.fonts.small;
  ImGui::PushFont(font);
  float y = at.y + pad;
  for (const WordShare& w : words) {
    const float text_y = std::floor(y + (line - font->FontSize) * 0.5f), bar = room * w.share / words[0].share;
    list.AddRectFilled({at.x + pad - 3.0f * s, y + 1.0f * s}, {at.x + pad + bar, y + line - 1.0f * s}, ui::faded(c.theme.accent, 0.3f),
                       2.0f * s);
    ui::draw_text(at.x + pad, text_y, c.theme.text, ui::elided(w.word, room));
    const std::string share = fmt::format("{} %", ui::number(100.0 * static_cast<double>(w.share / all), 1));
    ui::draw_text(at.x + size.x - pad - ImGui::CalcTextSize(share.c_str()).x, text_y, c.theme.muted, share);
    y += line;
  }
  ImGui::PopFont();
}

void word_tile(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x) {
  const ImVec2 end{at.x + size.x, at.y + size.y};
  ImGui::GetWindowDrawList()->AddRectFilled(at, end, c.theme.map_background, std::min(6.0f * c.scale, size.x * 0.12f));
  if (!ImGui::IsRectVisible(at, end)) return;
  const float pad = 4.0f * c.scale, line = c.fonts.small->FontSize + 1.0f * c.scale;
  ImGui::PushFont(c.fonts.small);
  float y = at.y + pad;
  for (const WordShare& w : words_that_fit(c, x, size.y - 2.0f * pad, line)) {
    ui::draw_text(at.x + pad, std::floor(y), y == at.y + pad ? c.theme.text : c.theme.muted, ui::elided(w.word, size.x - 2.0f * pad));
    y += line;
  }
  ImGui::PopFont();
}

}  // namespace latentscape
