#include "app/panels/text/text_look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/gui/fonts.hpp"
#include "app/gui/text_views.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {

namespace {

constexpr size_t kMostCounted = 20'000;  // texts

void tile_ground(PanelContext& c, ImVec2 at, ImVec2 size) {
  ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + size.x, at.y + size.y}, c.theme.map_background,
                                            std::min(6.0f * c.scale, size.x * 0.12f));
}

size_t lines_in(float room, float line) { return static_cast<size_t>(std::max(1.0f, room / line)); }

}  // namespace

std::vector<float> word_frequencies(const Dataset& data) {
  const auto* counts = std::get_if<WordCounts>(&data.values);
  if (!counts) return {};
  const std::vector<uint32_t> rows = data.ids_of(Split::train);
  std::vector<double> sums(data.width(), 0.5);
  const size_t taken = std::min(rows.size(), kMostCounted);
  for (size_t k = 0; k < taken; ++k) {
    const size_t row = rows[k * rows.size() / taken];
    const auto words = counts->words_of(row);
    for (size_t i = 0; i < words.size(); ++i) sums[words[i]] += static_cast<double>(counts->counts_of(row)[i]);
  }
  const double all = std::accumulate(sums.begin(), sums.end(), 0.0);
  std::vector<float> frequencies;
  for (const double sum : sums) frequencies.push_back(static_cast<float>(sum / all));
  return frequencies;
}

std::vector<StandingWord> standing_words(std::span<const float> numbers, std::span<const float> frequencies,
                                         const std::vector<std::string>& words, size_t most) {
  const size_t n = std::min({numbers.size(), frequencies.size(), words.size()});
  const float all = std::accumulate(numbers.begin(), numbers.end(), 0.0f);
  std::vector<StandingWord> standing;
  if (!(all > 0.0f)) return standing;
  for (size_t k = 0; k < n; ++k) {
    const float share = numbers[k] / all, lift = share / frequencies[k];
    if (lift > 1.0f) standing.push_back({words[k], share, lift, (share - frequencies[k]) / std::sqrt(frequencies[k])});
  }
  std::stable_sort(standing.begin(), standing.end(), [](const StandingWord& a, const StandingWord& b) { return a.excess > b.excess; });
  if (standing.size() > most) standing.resize(most);
  return standing;
}

std::vector<StandingWord> TextLook::words(const OpenedRun& run, std::span<const float> x, size_t most) {
  if (run_ != run.id) {
    run_ = run.id;
    frequencies_ = word_frequencies(*run.data);
  }
  return standing_words(x, frequencies_, run.data->preprocessing.words, most);
}

void TextLook::bars(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x) {
  const float s = c.scale, pad = 10.0f * s, line = 17.0f * s, share_w = 48.0f * s, lift_w = 46.0f * s;
  const std::vector<StandingWord> standing = words(*c.session.run, x, lines_in(size.y - 2.0f * pad, line));
  if (standing.empty()) return;
  const float room = size.x - 2.0f * pad - share_w - lift_w, right = at.x + size.x - pad;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImFont* font = c.fonts.small;
  ImGui::PushFont(font);
  float y = at.y + pad;
  for (const StandingWord& w : standing) {
    const float text_y = std::floor(y + (line - font->FontSize) * 0.5f), bar = room * w.excess / standing[0].excess;
    list.AddRectFilled({at.x + pad - 3.0f * s, y + 1.0f * s}, {at.x + pad + bar, y + line - 1.0f * s}, ui::faded(c.theme.accent, 0.3f),
                       2.0f * s);
    ui::draw_text(at.x + pad, text_y, c.theme.text, ui::elided(w.word, room));
    const std::string share = fmt::format("{} %", ui::number(100.0 * static_cast<double>(w.share), 1));
    const std::string lift = fmt::format("×{}", ui::number(static_cast<double>(w.lift), w.lift < 9.95f ? 1 : 0));
    ui::draw_text(right - lift_w - ImGui::CalcTextSize(share.c_str()).x, text_y, c.theme.muted, share);
    ui::draw_text(right - ImGui::CalcTextSize(lift.c_str()).x, text_y, c.theme.text, lift);
    y += line;
  }
  ImGui::PopFont();
}

void TextLook::tile(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x) {
  tile_ground(c, at, size);
  if (!ImGui::IsRectVisible(at, {at.x + size.x, at.y + size.y})) return;
  const float pad = 4.0f * c.scale, line = c.fonts.small->FontSize + 1.0f * c.scale;
  ImGui::PushFont(c.fonts.small);
  float y = at.y + pad;
  for (const StandingWord& w : words(*c.session.run, x, lines_in(size.y - 2.0f * pad, line))) {
    ui::draw_text(at.x + pad, std::floor(y), y == at.y + pad ? c.theme.text : c.theme.muted, ui::elided(w.word, size.x - 2.0f * pad));
    y += line;
  }
  ImGui::PopFont();
}

std::string TextLook::line(const OpenedRun& run, std::span<const float> x, size_t most) {
  std::string text;
  for (const StandingWord& w : words(run, x, most)) text += (text.empty() ? "" : ", ") + std::string(w.word);
  return text;
}

void text_tile(PanelContext& c, ImVec2 at, ImVec2 size, std::string_view text) {
  tile_ground(c, at, size);
  const float pad = 5.0f * c.scale;
  ImGui::SetCursorScreenPos({at.x + pad, at.y + pad});
  ImGui::PushFont(c.fonts.small);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0.0f, 0.0f});
  ImGui::BeginGroup();
  ui::text_block(text, size.x - 2.0f * pad, lines_in(size.y - 2.0f * pad, ImGui::GetTextLineHeight()));
  ImGui::EndGroup();
  ImGui::PopStyleVar();
  ImGui::PopFont();
}

}  // namespace latentscape
