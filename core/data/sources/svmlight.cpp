// Word counts in svmlight's format: a file or a folder with train and test, the words in vocab.txt beside them.
#include "core/formats/svmlight.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/data/classes.hpp"
#include "core/data/source.hpp"
#include "core/data/split_files.hpp"
#include "core/formats/text_table.hpp"
#include "core/formats/utf8.hpp"

namespace latentscape {

void register_source_svmlight(Registry<DataSource>& registry);

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kExtensions = {".svm", ".libsvm", ".svmlight"};

/// The first word of each line of vocab.txt; none: there is no such file.
Result<std::vector<std::string>> read_words(const fs::path& folder) {
  std::vector<std::string> words;
  const fs::path path = folder / "vocab.txt";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return words;
  LS_TRY(const Bytes bytes, read_unpacked(path));
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (const auto bad = first_bad_byte(text)) return fail(ErrorCode::corrupt, "{}: byte {} is not UTF-8", path.string(), *bad);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    words.emplace_back(line.substr(0, line.find_first_of(" \t\r")));
    // Not passed over: all words behind it would have the numbers of others.
    if (words.back().empty()) return fail(ErrorCode::corrupt, "{}: line {} begins with no word", path.string(), words.size());
  }
  return words;
}

Result<Dataset> load_svmlight(const DataRequest& request) {
  const std::vector<SplitFile> files = split_files(request.spec, kExtensions);
  if (files.empty()) return fail(ErrorCode::unsupported, "{}: expected a .svm file, .gz of it, or a folder with train.svm", request.spec);
  Dataset data;
  data.name = name_of_files(request.spec);
  data.kind = DataKind::text;
  data.reason = "svmlight's format holds word counts";
  WordCounts counts;
  std::vector<float> labels;
  size_t width = 0;
  for (const SplitFile& file : files) {
    if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: reading was stopped", request.spec);
    LS_TRY(const Bytes bytes, read_unpacked(file.path));
    LS_TRY(const SvmRows rows, parse_svmlight(bytes, file.path.string()));
    for (size_t i = 0; i < rows.rows(); ++i) {
      const size_t begin = rows.start[i], n = rows.start[i + 1] - begin;
      counts.add_row(std::span(rows.index).subspan(begin, n), std::span(rows.count).subspan(begin, n));
    }
    labels.insert(labels.end(), rows.labels.begin(), rows.labels.end());
    data.split.resize(labels.size(), file.split);
    width = std::max<size_t>(width, rows.width);
  }
  LS_TRY(std::vector<std::string> words, read_words(files[0].path.parent_path()));
  if (words.empty())
    for (size_t k = 0; k < width; ++k) words.push_back(fmt::format("word {}", k + 1));
  if (words.empty()) return fail(ErrorCode::corrupt, "{}: counts no word at all", request.spec);
  if (words.size() < width)
    return fail(ErrorCode::corrupt, "{}: counts word {}, but vocab.txt has {} words", request.spec, width, words.size());
  if (files.size() == 1) data.split.clear();
  data.rows = labels.size();
  data.shape = {words.size()};
  data.preprocessing.words = std::move(words);
  data.values = std::move(counts);
  data.columns.push_back(class_column("label", labels));
  const size_t classes = data.columns[0].categories.size();
  if (classes == data.rows && classes > 1) {
    data.columns.clear();
    data.warnings.push_back("the label is different in every row, and so it is none");
  } else {
    data.label_column = 0;
    if (classes == 1) data.warnings.push_back("the label has one class alone");
  }
  return data;
}

}  // namespace

void register_source_svmlight(Registry<DataSource>& registry) {
  registry.add({"svmlight", "word counts: a .svm file or a folder with train.svm and test.svm, .gz of them, the words in vocab.txt", false,
                [](const std::string& spec) { return !split_files(spec, kExtensions).empty(); }, load_svmlight});
}

}  // namespace latentscape
