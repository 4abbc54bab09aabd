#include "core/data/text_sets.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "core/formats/archive.hpp"
#include "core/formats/utf8.hpp"

namespace latentscape {

namespace {

namespace fs = std::filesystem;

constexpr std::array kNames = {"test.tsv", "train.tsv"};  // train last: it says that both are there

std::vector<std::string_view> split_at(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t start = 0;;) {
    const size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    if (end == text.size()) return parts;
    start = end + 1;
  }
}

/// One line of UTF-8, words with one space between.
std::string line_from_latin1(std::string_view text) {
  std::string line;
  for (const char signed_c : text) {
    const auto c = static_cast<unsigned char>(signed_c);
    const bool space = c <= ' ' || (c >= 0x7f && c <= 0xa0);  // with the control characters
    if (space) {
      if (!line.empty() && line.back() != ' ') line += ' ';
    } else if (c < 0x80) {
      line += static_cast<char>(c);
    } else {
      line += static_cast<char>(0xc0 | c >> 6);
      line += static_cast<char>(0x80 | (c & 0x3f));
    }
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

bool is_rule(std::string_view line) { return line.find_first_not_of(" \t\r-") == std::string_view::npos; }

/// A line of another's post, or the one that announces it.
bool is_quote(std::string_view line) {
  for (const std::string_view begin : {">", "|", "In article", "Quoted from"})
    if (line.starts_with(begin)) return true;
  for (const std::string_view word : {"writes in", "writes:", "wrote:", "says:", "said:"})
    if (line.find(word) != std::string_view::npos) return true;
  return false;
}

/// What its author wrote: headers end at the first empty line, the signature begins at the last line that is empty or of hyphens alone, as
/// in scikit-learn's fetch_20newsgroups(remove=...).
std::string text_of_post(std::string_view post) {
  const size_t body = post.find("\n\n");
  if (body == std::string_view::npos) return {};
  post.remove_prefix(body + 2);
  const size_t first = post.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  post = post.substr(first, post.find_last_not_of(" \t\r\n") + 1 - first);
  std::vector<std::string_view> lines = split_at(post, '\n');
  const auto rule = std::find_if(lines.rbegin(), lines.rend(), is_rule);
  if (rule != lines.rend() && rule.base() - 1 != lines.begin()) lines.erase(rule.base() - 1, lines.end());
  std::string kept;
  for (const std::string_view line : lines)
    if (!is_quote(line)) kept.append(line).append("\n");
  return line_from_latin1(kept);
}

struct Tables {
  std::array<std::string, 2> text = {"label\ttext\n", "label\ttext\n"};  // as kNames
  std::array<size_t, 2> rows{};
  void add(bool train, std::string_view label, std::string_view line) {
    text[train].append(label).append("\t").append(line).append("\n");
    ++rows[train];
  }
};

/// "20news-bydate-train/sci.space/60000".
Status add_post(const std::string& name, ByteView bytes, Tables& tables) {
  const auto parts = split_at(name, '/');
  const bool train = parts[0].ends_with("-train");
  if (parts.size() != 3 || !(train || parts[0].ends_with("-test"))) return {};
  const std::string line = text_of_post({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!line.empty()) tables.add(train, line_from_latin1(parts[1]), line);
  return {};
}

/// "SST-2/train.tsv".
Status add_sentences(const std::string& name, ByteView bytes, Tables& tables) {
  const std::string_view file = split_at(name, '/').back();
  const bool train = file == "train.tsv";
  if (split_at(name, '/').size() != 2 || !(train || file == "dev.tsv")) return {};
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const auto bad = first_bad_byte(text)) return fail(ErrorCode::corrupt, "{}: byte {} is not UTF-8", name, *bad);
  size_t number = 0;
  for (std::string_view line : split_at(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (++number == 1 || line.empty()) continue;  // the header
    const auto cells = split_at(line, '\t');
    if (cells.size() != 2 || (cells[1] != "0" && cells[1] != "1"))
      return fail(ErrorCode::corrupt, "{}, line {}: expected a sentence, a tab and 0 or 1", name, number);
    tables.add(train, cells[1] == "1" ? "positive" : "negative", cells[0].substr(0, cells[0].find_last_not_of(' ') + 1));
  }
  return {};
}

struct Layout {
  std::string_view name;
  Status (*add)(const std::string& name, ByteView bytes, Tables& tables);
};
constexpr Layout kLayouts[] = {{"newsgroups", add_post}, {"glue-sentiment", add_sentences}};

const Layout* layout_named(std::string_view name) {
  const auto found = std::find_if(std::begin(kLayouts), std::end(kLayouts), [&](const Layout& layout) { return layout.name == name; });
  return found == std::end(kLayouts) ? nullptr : found;
}

}  // namespace

bool is_text_layout(std::string_view layout) { return layout_named(layout) != nullptr; }

Status unpack_texts(std::string_view name, const std::string& archive, const std::string& folder) {
  const Layout* layout = layout_named(name);
  if (!layout) return fail(ErrorCode::internal, "{}: there is no layout '{}'", archive, name);
  Tables tables;
  LS_CHECK(read_archive(archive, {}, [&](const std::string& file, ByteView bytes) { return layout->add(file, bytes, tables); }));
  for (size_t i = 0; i < kNames.size(); ++i)
    if (tables.rows[i] == 0) return fail(ErrorCode::corrupt, "{}: holds no texts for {}", archive, kNames[i]);
  for (size_t i = 0; i < kNames.size(); ++i) LS_CHECK(atomic_write_file(fs::path(folder) / kNames[i], std::string_view(tables.text[i])));
  return {};
}

bool texts_unpacked(const std::string& folder) {
  std::error_code ignored;
  return std::all_of(kNames.begin(), kNames.end(), [&](const char* name) { return fs::is_regular_file(fs::path(folder) / name, ignored); });
}

}  // namespace latentscape
