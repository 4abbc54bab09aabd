#include "app/gui/toasts.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <string_view>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"

namespace latentscape {
namespace {

constexpr size_t kMost = 4;

double life_of(LogLevel level) { return level == LogLevel::error ? 14.0 : level == LogLevel::warning ? 9.0 : 5.0; }

}  // namespace

void Toasts::add(LogLevel level, std::string text, double now) {
  if (text.empty()) return;
  ++total_;
  if (level == LogLevel::error) ++errors_;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  last_ = text;
  // The same sentence again only lives longer, with the newest detail.
  const auto sentence = [](const std::string& s) { return std::string_view(s).substr(0, s.find('\n')); };
  const auto same = std::find_if(toasts_.begin(), toasts_.end(), [&](const Toast& t) { return sentence(t.text) == sentence(text); });
  if (same != toasts_.end()) toasts_.erase(same);
  toasts_.push_back({level, std::move(text), now, total_});
  while (toasts_.size() > kMost) toasts_.pop_front();
}

void Toasts::draw(PanelContext& c, ImVec2 corner, float top) {
  std::erase_if(toasts_, [&](const Toast& t) { return c.seconds - t.born > life_of(t.level); });
  float y = corner.y;
  const float width = std::min(380.0f * c.scale, ImGui::GetIO().DisplaySize.x - 28.0f * c.scale);
  size_t closed = 0;
  for (auto it = toasts_.rbegin(); it != toasts_.rend(); ++it) {
    const float text_width = width - 62.0f * c.scale;
    // The first line is the sentence; what stands below is what core said of it.
    const size_t cut = std::min(it->text.find('\n'), it->text.size());
    const char *words = it->text.c_str(), *end = words + cut, *detail = cut < it->text.size() ? end + 1 : end;
    const float sentence = ImGui::CalcTextSize(words, end, false, text_width).y;
    const float below = *detail ? c.fonts.small->CalcTextSizeA(c.fonts.small->FontSize, 1e6f, text_width, detail).y + 4.0f * c.scale : 0.0f;
    const float height = sentence + below + 20.0f * c.scale;
    y -= height + 8.0f * c.scale;
    if (y < top && it != toasts_.rbegin()) break;
    const float age = static_cast<float>(c.seconds - it->born), left = static_cast<float>(life_of(it->level)) - age;
    const float alpha = c.view.look.reduced_motion ? 1.0f : std::clamp(std::min(age * 6.0f, left * 3.0f), 0.0f, 1.0f);
    ImGui::SetNextWindowPos(ImVec2(std::max(corner.x - width, 14.0f * c.scale), std::max(y, 8.0f * c.scale)));
    ImGui::SetNextWindowSize(ImVec2(width, height));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    const std::string name = fmt::format("toast.{}", it->id);
    ImGui::Begin(name.c_str(), nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav);
    const ImU32 ink = it->level == LogLevel::error ? c.theme.error : it->level == LogLevel::warning ? c.theme.warning : c.theme.good;
    const char* glyph = it->level == LogLevel::error ? icon::kError : it->level == LogLevel::warning ? icon::kWarning : icon::kCheckCircle;
    const ImVec2 at = ImGui::GetWindowPos();
    if (ImGui::InvisibleButton("##close", ImVec2(width, height))) closed = it->id;
    c.controls.add("toast.latest", {at.x, at.y, at.x + width, at.y + height});
    // Below the card under the pointer; above a dialog, which would lie over it.
    const bool dialog = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel);
    ImDrawList* draw = dialog ? ImGui::GetForegroundDrawList() : ImGui::GetWindowDrawList();
    draw->AddRectFilled(at, ImVec2(at.x + width, at.y + height), ui::faded(c.theme.raised, alpha), 6.0f * c.scale);
    draw->AddRect(at, ImVec2(at.x + width, at.y + height), ui::faded(c.theme.line, alpha), 6.0f * c.scale);
    draw->AddText(ImVec2(at.x + 12.0f * c.scale, at.y + 10.0f * c.scale), ui::faded(ink, alpha), glyph);
    draw->AddText(ImGui::GetFont(), ImGui::GetFontSize(), ImVec2(at.x + 36.0f * c.scale, at.y + 10.0f * c.scale),
                  ui::faded(c.theme.text, alpha), words, end, text_width);
    if (*detail)
      draw->AddText(c.fonts.small, c.fonts.small->FontSize, ImVec2(at.x + 36.0f * c.scale, at.y + 14.0f * c.scale + sentence),
                    ui::faded(c.theme.muted, alpha), detail, nullptr, text_width);
    ImGui::End();
    ImGui::PopStyleVar();
  }
  if (closed) std::erase_if(toasts_, [&](const Toast& t) { return t.id == closed; });
}

}  // namespace latentscape
