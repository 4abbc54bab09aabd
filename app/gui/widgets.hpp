// The few controls that every panel is built from, so that all of them look and register alike.
// `name` is the control's script name ("train.lr"); it is also its ImGui id. `tip` is a key of the strings table.
#pragma once

#include <imgui.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/gui/panel.hpp"

namespace latentscape::ui {

/// 11 px, capitals, spaced, muted.
void section(PanelContext& c, std::string_view title, std::string_view right = {});
/// A section's title that shows or hides what follows it; `summary` stands at its right while that is hidden. True while it is shown.
bool fold(PanelContext& c, const char* name, std::string_view title, std::string_view summary, bool open_at_first = false);
/// Label left in text colour, value right-aligned and muted; one row.
void value_row(PanelContext& c, std::string_view label, std::string_view value, bool old = false);
/// Wrapped muted text.
void note(PanelContext& c, std::string_view text);
/// What is wrong with the settings above it, in the colour of warnings.
void problem(PanelContext& c, std::string_view text);
/// The line of a text field as wide as the panel around the word that is wrong, underlined; nothing where all of it is seen in the field.
void wrong_word(PanelContext& c, std::string_view line, size_t at);
/// What a panel shows where it has nothing: an icon, a title and a sentence of what to do, in the middle of the room that is left.
void placeholder(PanelContext& c, const char* icon, std::string_view title, std::string_view text);
/// The placeholder of a panel without a run: what is loading, or that nothing is open; `text` is a key that says what will be here.
void placeholder_without_run(PanelContext& c, const char* icon, const char* text);
/// Vertical space in pixels at UI scale 1.
void space(PanelContext& c, float height);

enum class ButtonKind { plain, primary, quiet, danger };
/// `icon` is a Font Awesome glyph (icons.hpp) or empty; width 0: as needed, -1: all there is.
bool button(PanelContext& c, const char* name, const char* icon, std::string_view label, const char* tip,
            ButtonKind kind = ButtonKind::plain, float width = 0.0f, bool enabled = true);
bool icon_button(PanelContext& c, const char* name, const char* icon, const char* tip, bool active = false, bool enabled = true);

/// What a typed value has to be; an error tells what was expected. Where none is given: a number within the field's own range.
using TypedCheck = std::function<Status(const std::string& typed)>;
/// Reads a number that was typed. Nonsense and what the check refuses give a toast that says what was expected, and nothing.
std::optional<double> accepted(PanelContext& c, std::string_view label, const std::string& typed, double low, double high,
                               const TypedCheck& check = {}, std::string* refused = nullptr);

/// Label, thin track with a round knob, right-aligned value that can be typed (double click). True while it changes; `done` at the end of
/// the drag. Dragging keeps within the range; a typed value is taken as it is or refused.
struct SliderResult {
  bool changed = false;
  bool done = false;
  std::optional<double> typed = {};
};
SliderResult slider(PanelContext& c, const char* name, std::string_view label, const char* tip, float& value, float low, float high,
                    const char* format, bool logarithmic = false, const TypedCheck& check = {});
/// Label and a field of numbers; true when another one is entered. What is out of range is refused like in a slider; where `refused` is
/// given, the sentence goes there instead of into a toast. `zero`: a word that stands there for 0.
bool integer(PanelContext& c, const char* name, std::string_view label, const char* tip, int64_t& value, int64_t low, int64_t high,
             const TypedCheck& check = {}, std::string_view zero = {}, std::string* refused = nullptr);
/// `wrong_at`: the character from which on the text is wrong; the field is marked.
bool text_field(PanelContext& c, const char* name, std::string_view label, const char* tip, std::string& value,
                const char* hint_key = nullptr, std::optional<size_t> wrong_at = {});
/// Label and a drop-down; true when another one is chosen. `unchosen` stands there while the index is none of the options.
bool choice(PanelContext& c, const char* name, std::string_view label, const char* tip, int& index, std::span<const std::string> options,
            std::string_view unchosen = {});
/// A row of a list with a check mark before it; true when it is clicked.
bool check(PanelContext& c, const char* name, std::string_view label, const char* tip, bool& value);
bool toggle(PanelContext& c, const char* name, std::string_view label, const char* tip, bool& value);
/// Pills side by side, one active.
bool segmented(PanelContext& c, const char* name, const char* tip, int& index, std::span<const std::string> options);
/// Small pills of one width in as few lines as fit, one active; true when another is chosen.
bool chips(PanelContext& c, const char* name, const char* tip, int& index, std::span<const std::string> options);
/// An image tile with rounded corners on black/white ground; registers its rectangle; true when clicked.
bool image(PanelContext& c, const char* name, ImTextureID texture, ImVec2 size, const char* tip = nullptr, bool clickable = false);
/// The last item's tooltip: after a short rest of the pointer.
void tooltip(PanelContext& c, const char* tip);
/// "60,000", "1.0e-3", "0:41", "+0.42" with a real minus sign.
std::string count(uint64_t n);
std::string number(double v, int decimals);
/// The same, in powers of ten where it would have more than five digits before the point.
std::string compact(double v, int decimals);
/// A loss or a part of one: with one decimal, small ones with two.
int loss_decimals(double v);
std::string loss(double v);
std::string duration(double seconds);
std::string scientific(double v);

}  // namespace latentscape::ui
