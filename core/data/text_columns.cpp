#include "core/data/text_columns.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "core/base/lower.hpp"
#include "core/base/registry.hpp"
#include "core/data/split_files.hpp"
#include "core/data/tokens.hpp"

namespace latentscape {

namespace {

constexpr size_t kLookRows = 100;
constexpr size_t kMostLabels = 100;     // different values of a column that is a label because it is the only other one
constexpr size_t kMostNumbers = 2;      // columns of numbers beside sentences
constexpr double kSentence = 3.0;       // words a cell, of a column that is not called text
constexpr double kNamedSentence = 1.5;  // of one that is
constexpr std::array<std::string_view, 13> kTextNames = {"text",  "sentence", "review", "content",  "body",     "comment",    "message",
                                                         "title", "document", "tweet",  "question", "abstract", "description"};
constexpr std::array<std::string_view, 6> kLabelNames = {"label", "class", "target", "sentiment", "category", "topic"};

template <size_t N>
bool is_one_of(const std::string& name, const std::array<std::string_view, N>& names) {
  const std::string own = lower(name);
  return std::find(names.begin(), names.end(), own) != names.end();
}

size_t words_in(const std::string& text) {
  Tokens tokens(text);
  std::string word;
  size_t n = 0;
  while (tokens.next(word)) ++n;
  return n;
}

bool is_number(const std::string& cell) {
  double value = 0.0;
  const std::string text(trimmed(cell));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// What the first cells of a column are like.
struct Look {
  double words = 0.0;  // a cell
  bool numbers = false;
};
Look look_at(const std::vector<std::string>& cells, size_t first) {
  Look look;
  const size_t end = std::min(cells.size(), first + kLookRows);
  size_t numbers = 0, filled = 0;
  for (size_t i = first; i < end; ++i) {
    look.words += static_cast<double>(words_in(cells[i]));
    numbers += is_number(cells[i]);
    filled += !trimmed(cells[i]).empty();
  }
  if (end > first) look.words /= static_cast<double>(end - first);
  look.numbers = filled > 0 && numbers == filled;
  return look;
}

bool is_header(const TextCells& cells, const Reading& reading) {
  bool sentence = false;
  for (const auto& column : cells.columns) {
    const std::string name(trimmed(column[0]));
    if (is_one_of(name, kTextNames) || is_one_of(name, kLabelNames)) return true;
    if (!name.empty() && (name == reading.text || name == reading.label)) return true;
    sentence = sentence || static_cast<double>(words_in(name)) >= kSentence;
  }
  return !sentence;
}

std::vector<std::string> names_in(const TextCells& cells, bool header) {
  std::vector<std::string> names;
  for (const auto& column : cells.columns) {
    const std::string name(header ? trimmed(column[0]) : "");
    names.push_back(name.empty() ? fmt::format("column {}", names.size() + 1) : name);
  }
  return names;
}

Result<size_t> column_named(const TextColumns& columns, const std::string& name) {
  const auto found = std::find(columns.names.begin(), columns.names.end(), name);
  if (found != columns.names.end()) return static_cast<size_t>(found - columns.names.begin());
  Error error = unknown_name("column", name, columns.names);
  error.code = ErrorCode::not_found;
  return error;
}

Result<std::optional<size_t>> label_of(const TextCells& cells, const TextColumns& columns, const Reading& reading) {
  if (reading.label == kNoLabel) return std::optional<size_t>();
  if (!reading.label.empty()) {
    LS_TRY(const size_t asked, column_named(columns, reading.label));
    if (asked == columns.text)
      return fail(ErrorCode::invalid_argument, "column '{}' holds the texts and cannot be their label", reading.label);
    return std::optional<size_t>(asked);
  }
  for (const std::string_view known : kLabelNames)
    for (size_t k = 0; k < columns.names.size(); ++k)
      if (k != columns.text && lower(columns.names[k]) == known) return std::optional<size_t>(k);
  if (columns.names.size() != 2) return std::optional<size_t>();
  const size_t other = 1 - columns.text;
  const std::set<std::string> values(cells.columns[other].begin() + columns.header, cells.columns[other].end());
  const bool few = values.size() <= kMostLabels && 2 * values.size() <= cells.rows();
  return few ? std::optional<size_t>(other) : std::nullopt;
}

}  // namespace

Result<TextColumns> find_text_columns(const TextCells& cells, const Reading& reading, bool forced) {
  TextColumns out;
  out.header = is_header(cells, reading);
  const size_t first = out.header;
  out.names = names_in(cells, out.header);
  std::vector<Look> looks;
  for (const auto& column : cells.columns) looks.push_back(look_at(column, first));
  size_t longest = 0, numbers = 0;
  std::optional<size_t> chosen;
  for (size_t k = 0; k < looks.size(); ++k) {
    if (looks[k].words > looks[longest].words) longest = k;
    numbers += looks[k].numbers && !is_one_of(out.names[k], kLabelNames);
  }
  if (!reading.text.empty()) {
    LS_TRY(chosen, column_named(out, reading.text));
  }
  for (const std::string_view known : kTextNames)
    for (size_t k = 0; k < looks.size(); ++k)
      if (!chosen && lower(out.names[k]) == known && looks[k].words >= kNamedSentence) chosen = k;
  const bool sentences = looks[longest].words >= kSentence;
  if (!chosen && forced && looks[longest].words > 0.0) chosen = longest;
  if (!chosen && sentences && numbers <= kMostNumbers) chosen = longest;
  if (!chosen && sentences)
    return fail(ErrorCode::unsupported, "has {} columns of numbers beside the sentences of '{}'", numbers, out.names[longest]);
  if (!chosen) return fail(ErrorCode::unsupported, "has no column of texts ({})", fmt::join(out.names, ", "));
  out.text = *chosen;
  out.reason = fmt::format("column '{}' holds {:.1f} words a row{}", out.names[out.text], looks[out.text].words,
                           out.header ? "" : ", and the first line is a text, not names of columns");
  LS_TRY(out.label, label_of(cells, out, reading));
  return out;
}

TextLook look_for_text(const std::string& path) {
  const TextLayout layout = text_layout_of(path);
  if (layout == TextLayout::lines) return {true, "its name ends in .txt, a text a line"};
  auto cells = read_text(path, layout, kLookRows + 1);
  if (!cells.ok()) return {false, cells.error().message};
  const auto columns = find_text_columns(*cells, {}, false);
  return columns.ok() ? TextLook{true, columns->reason} : TextLook{false, columns.error().message};
}

std::vector<std::string> text_column_names(const std::string& spec, const Reading& reading) {
  const std::vector<SplitFile> files = split_files(spec, kTextExtensions);
  if (files.empty() || text_layout_of(files[0].path) == TextLayout::lines) return {};
  const auto cells = read_text(files[0].path, text_layout_of(files[0].path), kLookRows + 1);
  if (!cells.ok() || cells->columns.empty()) return {};
  return names_in(*cells, is_header(*cells, reading));
}

}  // namespace latentscape
