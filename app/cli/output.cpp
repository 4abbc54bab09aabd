#include "app/cli/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "core/base/lower.hpp"
#include "core/data/download_list.hpp"
#include "core/data/preview.hpp"
#include "core/data/table_fit.hpp"
#include "core/data/vocabulary.hpp"
#include "core/formats/file.hpp"
#include "core/formats/image.hpp"
#include "core/formats/npy.hpp"
#include "core/io/run_directory.hpp"
#include "core/io/scores_csv.hpp"

namespace latentscape {
namespace {

std::string table_text(const FloatArray& x) {
  fmt::memory_buffer out;
  for (size_t j = 0; j < x.cols; ++j) fmt::format_to(std::back_inserter(out), "{}x{}", j ? "," : "", j + 1);
  out.push_back('\n');
  for (size_t i = 0; i < x.rows; ++i) {
    for (size_t j = 0; j < x.cols; ++j) fmt::format_to(std::back_inserter(out), "{}{}", j ? "," : "", x(i, j));
    out.push_back('\n');
  }
  return fmt::to_string(out);
}

/// With the names and the words of the columns.
std::string table_text(const FloatArray& x, const Preprocessing& preprocessing) {
  std::string text;
  const auto add_line = [&text](const std::vector<std::string>& cells) {
    for (size_t j = 0; j < cells.size(); ++j) text += (j ? "," : "") + csv_field(cells[j]);
    text += '\n';
  };
  std::vector<std::string> names;
  for (const TableInput& input : preprocessing.inputs) names.push_back(input.name);
  add_line(names);
  for (size_t i = 0; i < x.rows; ++i) add_line(cells_of(preprocessing, x.row(i)));
  return text;
}

constexpr size_t kLikeliestWords = 10;

/// A line of each row of words' probabilities: "film 0.041, story 0.023, ...".
std::string word_lines(const FloatArray& x, const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < x.rows; ++i) {
    std::string line;
    for (const WordShare& w : largest_words(x.row(i), words, kLikeliestWords))
      line += fmt::format("{}{} {:.4f}", line.empty() ? "" : ", ", w.word, w.share);
    text += line + '\n';
  }
  return text;
}

/// The same as a table: word_1, probability_1, ...
std::string word_table(const FloatArray& x, const std::vector<std::string>& words) {
  const size_t most = std::min(kLikeliestWords, words.size());
  std::string text;
  for (size_t k = 1; k <= most; ++k) text += fmt::format("{}word_{},probability_{}", k > 1 ? "," : "", k, k);
  text += '\n';
  for (size_t i = 0; i < x.rows; ++i) {
    const std::vector<WordShare> likeliest = largest_words(x.row(i), words, most);
    for (size_t k = 0; k < most; ++k) {
      text += k ? "," : "";
      text += k < likeliest.size() ? fmt::format("{},{}", csv_field(std::string(likeliest[k].word)), likeliest[k].share) : ",";
    }
    text += '\n';
  }
  return text;
}

/// Where the record that begins at `at` ends: line breaks in quotes are of a cell.
size_t end_of_record(const std::string& table, size_t at) {
  bool quoted = false;
  for (; at < table.size() && (quoted || table[at] != '\n'); ++at) quoted = quoted != (table[at] == '"');
  return at;
}

/// One column more, of classes, under a name that no other has.
std::string with_classes(const std::string& table, std::span<const std::string> classes, const Preprocessing& preprocessing) {
  const auto taken = [&](const std::string& name) {
    const auto called_so = [&](const TableInput& input) { return input.name == name; };
    return std::any_of(preprocessing.inputs.begin(), preprocessing.inputs.end(), called_so) ||
           std::find(preprocessing.words.begin(), preprocessing.words.end(), name) != preprocessing.words.end();
  };
  std::string name = "class";
  while (taken(name)) name += '_';
  std::string text;
  size_t begin = 0;
  for (size_t line = 0; line <= classes.size(); ++line) {
    const size_t end = end_of_record(table, begin);
    text += table.substr(begin, end - begin) + ',' + (line == 0 ? name : csv_field(classes[line - 1])) + '\n';
    begin = end + 1;
  }
  return text;
}

/// Data that was fetched goes by its name.
std::filesystem::path place_of(const std::string& input) {
  std::error_code error;
  if (input.empty() || std::filesystem::exists(input, error)) return input;
  return downloaded(input).value_or(input);
}

/// Is the file `out`, which need not be one itself, somewhere in the folder of data `input`? Runs, too, are folders that are read, and
/// have room for figures.
bool is_inside_data(const std::filesystem::path& out, const std::filesystem::path& input) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(input, error) || fs::exists(input / "run.json", error)) return false;
  const fs::path folder = fs::canonical(input, error);
  const fs::path holder = fs::canonical(fs::absolute(out, error).parent_path(), error);
  return !folder.empty() && std::mismatch(folder.begin(), folder.end(), holder.begin(), holder.end()).first == folder.end();
}

}  // namespace

std::string extension_of(const std::string& path) {
  std::string extension = lower(std::filesystem::path(path).extension().string());
  if (!extension.empty()) extension.erase(0, 1);
  return extension;
}

Status check_extension(const std::string& out, const std::string& what, std::initializer_list<const char*> extensions) {
  if (out.empty()) return fail(ErrorCode::invalid_argument, "the name of the file to write is empty");
  std::string expected;
  for (const char* extension : extensions) {
    if (extension_of(out) == extension) return {};
    expected += (expected.empty() ? "." : " or .") + std::string(extension);
  }
  return fail(ErrorCode::invalid_argument, "{}: expected a name that ends in {} for {}", out, expected, what);
}

Status check_output(const std::string& out, const std::vector<std::string>& inputs) {
  namespace fs = std::filesystem;
  std::error_code error;
  const std::string run = run_that_owns(out);
  if (!run.empty()) return fail(ErrorCode::exists, "{}: is a file of the run {}, choose another name", out, run);
  if (fs::is_directory(out, error)) return fail(ErrorCode::exists, "{}: is a folder, expected the name of a file", out);
  const bool there = fs::exists(fs::symlink_status(out, error));
  for (const std::string& input : inputs) {
    if (!there) break;
    const fs::path place = place_of(input);
    if (fs::equivalent(out, place, error)) return fail(ErrorCode::exists, "{}: is what is read, choose another name", out);
    if (is_inside_data(out, place))
      return fail(ErrorCode::exists, "{}: is a file in the folder of the data {}, choose another name", out, input);
  }
  const fs::path folder = fs::absolute(out, error).parent_path();
  if (!fs::is_directory(folder, error)) return fail(ErrorCode::not_found, "{}: there is no folder {}", out, folder.string());
  return {};
}

Status write_array(const std::string& path, std::span<const size_t> dims, std::span<const float> values) {
  return atomic_write_file(path, npy_bytes(dims, values));
}

Status write_array(const std::string& path, const FloatArray& array) { return atomic_write_file(path, npy_bytes(array)); }

Status check_examples_path(const std::string& path, const std::vector<size_t>& shape, const Preprocessing& preprocessing) {
  const std::string extension = extension_of(path);
  if (!preprocessing.words.empty()) {
    if (extension == "npy" || extension == "csv" || extension == "txt") return {};
    return fail(ErrorCode::invalid_argument,
                "{}: the extension is '{}', expected .txt (the likeliest words, a line each), .csv or .npy for texts", path, extension);
  }
  const bool image = shape.size() >= 2;
  if (extension == "npy" || extension == (image ? "png" : "csv")) return {};
  return fail(ErrorCode::invalid_argument, "{}: the extension is '{}', expected {} for {}", path, extension,
              image ? ".png (a grid) or .npy" : ".csv or .npy", image ? "images" : "a table");
}

Status write_examples(const std::string& path, const FloatArray& x, const std::vector<size_t>& shape, const Preprocessing& preprocessing,
                      size_t columns, std::span<const std::string> classes) {
  LS_CHECK(check_examples_path(path, shape, preprocessing));
  const std::string extension = extension_of(path);
  if (extension == "txt") return atomic_write_file(path, std::string_view(word_lines(x, preprocessing.words)));
  if (extension == "csv") {
    const std::string text = !preprocessing.words.empty() ? word_table(x, preprocessing.words)
                             : preprocessing.empty()      ? table_text(x)
                                                          : table_text(x, preprocessing);
    return atomic_write_file(path, std::string_view(classes.empty() ? text : with_classes(text, classes, preprocessing)));
  }
  if (extension == "npy") {
    std::vector<size_t> dims = {x.rows};
    dims.insert(dims.end(), shape.begin(), shape.end());
    if (preprocessing.inputs.empty()) return write_array(path, dims, x.values);
    const Array2<double> units = in_units(preprocessing, x);
    if (has_offsets(preprocessing)) return atomic_write_file(path, npy_bytes(dims, units.values));
    return write_array(path, dims, std::vector<float>(units.values.begin(), units.values.end()));
  }
  LS_TRY(Bytes bytes, encode_png(make_grid(x, shape[0], shape[1], shape.size() > 2 ? shape[2] : 1, columns)));
  return atomic_write_file(path, bytes);
}

std::string text_of(const LossTerms& terms, bool prior) {
  if (!prior) return fmt::format("loss {:.4f}  reconstruction {:.4f}", terms.loss(), terms.reconstruction);
  return fmt::format("loss {:.4f}  elbo {:.4f}  reconstruction {:.4f}  KL {:.4f}", terms.loss(), terms.elbo(), terms.reconstruction,
                     terms.kl);
}

}  // namespace latentscape
