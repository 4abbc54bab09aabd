#include "core/data/download_list.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <numeric>

#include "core/base/user_folders.hpp"
#include "core/data/text_sets.hpp"

namespace latentscape {

std::string_view downloads_table();  // generated from assets/downloads.tsv

namespace {

std::vector<std::string_view> fields_of(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  for (size_t start = 0;;) {
    const size_t end = std::min(line.find(separator, start), line.size());
    fields.push_back(line.substr(start, end - start));
    if (end == line.size()) return fields;
    start = end + 1;
  }
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<DownloadFile> file_from(const std::vector<std::string_view>& fields) {
  if (fields.size() != 6) return fail(ErrorCode::corrupt, "{} fields, expected 6", fields.size());
  DownloadFile file;
  file.name = fields[2];
  const std::string_view bytes = fields[3];
  if (file.name.empty() || file.name[0] == '.' || file.name.find('/') != std::string::npos)
    return fail(ErrorCode::corrupt, "file name '{}', expected one without a folder", file.name);
  if (std::from_chars(bytes.data(), bytes.data() + bytes.size(), file.bytes).ptr != bytes.data() + bytes.size() || file.bytes == 0)
    return fail(ErrorCode::corrupt, "size '{}', expected a number of bytes", bytes);
  if (fields[4] != "packed" && fields[4] != "unpacked") return fail(ErrorCode::corrupt, "'{}', expected packed or unpacked", fields[4]);
  file.unpacked = fields[4] == "unpacked";
  file.sha256 = fields[5];
  if (!is_sha256(file.sha256)) return fail(ErrorCode::corrupt, "'{}' is no SHA-256, expected 64 digits in lower case", file.sha256);
  return file;
}

Status add_line(std::vector<DownloadSet>& sets, std::string_view line) {
  const auto fields = fields_of(line, '\t');
  if (fields.size() < 3 || fields[0].empty()) return fail(ErrorCode::corrupt, "expected a name, a word and its values, with tabs between");
  if (sets.empty() || sets.back().name != fields[0]) {
    if (find_download(sets, fields[0])) return fail(ErrorCode::corrupt, "{} is in two places", fields[0]);
    sets.emplace_back().name = fields[0];
  }
  DownloadSet& set = sets.back();
  const std::string_view word = fields[1];
  if (word == "file") {
    LS_TRY(DownloadFile file, file_from(fields));
    set.files.push_back(std::move(file));
    return {};
  }
  if (fields.size() != 3) return fail(ErrorCode::corrupt, "{} fields, expected 3", fields.size());
  std::string value(fields[2]);
  if (word == "mirror") {
    if (!(value.starts_with("https://") || value.starts_with("http://")) || value.back() != '/')
      return fail(ErrorCode::corrupt, "mirror '{}', expected an address with http or https that ends with /", value);
    set.mirrors.push_back(std::move(value));
    return {};
  }
  std::string* const text = word == "title"     ? &set.title
                            : word == "credit"  ? &set.credit
                            : word == "licence" ? &set.licence
                            : word == "page"    ? &set.page
                            : word == "texts"   ? &set.texts
                                                : nullptr;
  if (!text) return fail(ErrorCode::corrupt, "unknown word '{}', expected title, credit, licence, page, texts, mirror or file", word);
  if (word == "texts" && !is_text_layout(value)) return fail(ErrorCode::corrupt, "texts '{}', expected the name of a layout", value);
  *text = std::move(value);
  return {};
}

}  // namespace

uint64_t DownloadSet::bytes() const {
  return std::accumulate(files.begin(), files.end(), uint64_t{0}, [](uint64_t sum, const DownloadFile& f) { return sum + f.bytes; });
}

Result<std::vector<DownloadSet>> downloads_from_table(std::string_view text, std::string_view name) {
  std::vector<DownloadSet> sets;
  size_t number = 0;
  for (std::string_view line : fields_of(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    LS_CHECK(add_line(sets, line).context(fmt::format("{}:{}", name, number)));
  }
  for (const DownloadSet& set : sets) {
    if (set.mirrors.empty() || set.files.empty())
      return fail(ErrorCode::corrupt, "{}: {} has no {}", name, set.name, set.files.empty() ? "file" : "mirror");
    if (!set.texts.empty() && set.files.size() != 1)
      return fail(ErrorCode::corrupt, "{}: {} has {} files, expected one archive of texts", name, set.name, set.files.size());
  }
  return sets;
}

const std::vector<DownloadSet>& known_downloads() {
  static const std::vector<DownloadSet> sets = [] {
    auto read = downloads_from_table(downloads_table(), "assets/downloads.tsv");
    return read.ok() ? std::move(read).value() : std::vector<DownloadSet>();  // a test reads the table, too
  }();
  return sets;
}

const DownloadSet* find_download(const std::vector<DownloadSet>& sets, std::string_view name) {
  const auto found = std::find_if(sets.begin(), sets.end(), [&](const DownloadSet& set) { return set.name == name; });
  return found == sets.end() ? nullptr : &*found;
}

Result<std::string> downloads_folder() {
  LS_TRY(const std::filesystem::path cache, user_folder(UserFolder::cache));
  return (cache / "data").string();
}

std::optional<std::string> downloaded(std::string_view name) {
  const DownloadSet* set = find_download(known_downloads(), name);
  const auto base = downloads_folder();
  if (!set || !base.ok()) return std::nullopt;
  const std::filesystem::path folder = std::filesystem::path(*base) / set->name;
  if (!set->texts.empty()) return texts_unpacked(folder.string()) ? std::optional(folder.string()) : std::nullopt;
  std::error_code ignored;
  for (const DownloadFile& file : set->files)
    if (!std::filesystem::is_regular_file(folder / file.name, ignored)) return std::nullopt;
  return folder.string();
}

}  // namespace latentscape
