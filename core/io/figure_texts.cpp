#include "core/io/figure_texts.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "core/formats/utf8.hpp"
#include "core/io/figure_axes.hpp"

namespace latentscape {

namespace {

constexpr double kText = 16.0, kLabel = 13.0, kLineHeight = 22.0, kPad = 14.0, kGap = 14.0;  // units
constexpr double kMostHeight = 16000.0;
constexpr size_t kMostRest = 200;  // bytes behind the last line, of which what fits is shown

/// The next piece that a line may end behind: a word with its blanks, or one character of those that are written without blanks.
std::string_view next_piece(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && text[at] != ' ') {
    const Character c = character_at(text, at);
    if (c.code >= 0x2e80) return text.substr(0, at ? at : c.bytes);
    at += c.bytes;
  }
  while (at < text.size() && text[at] == ' ') ++at;
  return text.substr(0, at);
}

std::string_view without_blanks(std::string_view line) { return line.substr(0, line.find_last_not_of(' ') + 1); }

std::vector<std::string> wrapped(Canvas& c, std::string_view text, double size, double width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::string_view piece = next_piece(text);
    const std::string longer = lines.back() + std::string(piece);
    const bool fits = c.text_width(without_blanks(longer), size) <= width;
    if (!fits && !lines.back().empty()) {
      if (lines.size() == kMostCardLines) {
        lines.back() = c.fitted(longer + std::string(first_bytes(text.substr(piece.size()), kMostRest)), size, width);
        break;
      }
      lines.emplace_back(piece);
    } else {
      lines.back() = longer;
    }
    text.remove_prefix(piece.size());
  }
  for (std::string& line : lines) line = c.fitted(without_blanks(line), size, width);  // a word may be longer than the card
  return lines;
}

struct Placed {
  const TextCard* card = nullptr;
  std::vector<std::string> lines;
  FigureRect rect;
};

/// Each card goes to the column that ends first; stops where the figure would be too high.
std::vector<Placed> place(Canvas& c, const TextsFigure& f, double top, double& bottom) {
  const double u = c.unit(), width = (c.width() - (2 * kMargin + kGap) * u) / 2;
  std::array<double, 2> end = {top, top};
  std::vector<Placed> placed;
  for (const TextCard& card : f.cards) {
    Placed p{&card, wrapped(c, card.text, kText * u, width - (2 * kPad + 6) * u), {}};
    const size_t column = end[1] < end[0];
    const double label = card.label.empty() ? 0.0 : kLineHeight * u;
    p.rect = {kMargin * u + static_cast<double>(column) * (width + kGap * u), end[column], width,
              2 * kPad * u + label + static_cast<double>(p.lines.size()) * kLineHeight * u};
    if (p.rect.bottom() + 60 * u > kMostHeight) break;
    end[column] = p.rect.bottom() + kGap * u;
    placed.push_back(std::move(p));
  }
  bottom = std::max(end[0], end[1]);
  return placed;
}

void draw_card(Canvas& c, const Placed& p) {
  const double u = c.unit(), left = p.rect.x + (kPad + 6) * u;
  c.fill_rect(p.rect, c.ink().line, 8 * u);
  c.fill_rect({p.rect.x + u, p.rect.y + u, p.rect.w - 2 * u, p.rect.h - 2 * u}, c.ink().page, 7 * u);
  c.fill_rect({p.rect.x + u, p.rect.y + 10 * u, 4 * u, p.rect.h - 20 * u}, p.card->colour, 2 * u);
  double y = p.rect.y + (kPad + kLineHeight / 2) * u;
  if (!p.card->label.empty()) {
    c.text(left, y - 2 * u, c.fitted(p.card->label, kLabel * u, p.rect.w - (2 * kPad + 6) * u, true), kLabel * u, p.card->colour,
           Align::left, true);
    y += kLineHeight * u;
  }
  for (const std::string& line : p.lines) {
    c.text(left, y, line, kText * u, c.ink().text);
    y += kLineHeight * u;
  }
}

}  // namespace

Result<size_t> write_figure(const std::string& path, const TextsFigure& f, const FigureStyle& style) {
  // The height follows from the lines, and those from a canvas of the width: one to measure, one to draw.
  LS_TRY(const std::unique_ptr<Canvas> measure, Canvas::create(path, style.width, style.height, style.dark));
  const double unit = style.width / 1200.0;
  measure->set_unit(unit);
  const double top = draw_title(*measure, f.title);
  double bottom = 0.0;
  const std::vector<Placed> placed = place(*measure, f, top, bottom);
  LS_TRY(const std::unique_ptr<Canvas> canvas, Canvas::create(path, style.width, std::max(200.0, bottom + 44 * unit), style.dark));
  canvas->set_unit(unit);
  draw_title(*canvas, f.title);
  for (const Placed& p : placed) draw_card(*canvas, p);
  canvas->text(kMargin * unit, bottom + 16 * unit, f.note, kLabel * unit, canvas->ink().muted);
  LS_CHECK(canvas->finish());
  return placed.size();
}

}  // namespace latentscape
