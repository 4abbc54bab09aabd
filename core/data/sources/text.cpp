// Texts: a .txt file with one a line, a .csv or .tsv table of texts and labels, gzip of each, or a folder whose files are the splits.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "core/data/classes.hpp"
#include "core/data/source.hpp"
#include "core/data/split_files.hpp"
#include "core/data/text_columns.hpp"

namespace latentscape {

void register_source_text(Registry<DataSource>& registry);

namespace {

constexpr size_t kMostCategories = 100;  // of a column that is not the label

bool accepts_text(const std::string& spec) {
  const auto files = split_files(spec, kTextExtensions);
  return !files.empty() && look_for_text(files[0].path.string()).text;
}

/// A column of words as classes; empty cells have none.
Column words_column(const std::string& name, const std::vector<std::string>& cells) {
  std::unordered_map<std::string, uint32_t> known;
  std::vector<std::string> words;
  std::vector<uint32_t> index;
  for (const std::string& cell : cells) {
    if (cell.empty()) {
      index.push_back(std::numeric_limits<uint32_t>::max());
      continue;
    }
    const auto [place, added] = known.emplace(cell, static_cast<uint32_t>(words.size()));
    if (added) words.push_back(cell);
    index.push_back(place->second);
  }
  return class_column(name, words, index);
}

class TextLoader {
 public:
  explicit TextLoader(const DataRequest& request) : request_(request) {}

  Result<Dataset> load() {
    const std::vector<SplitFile> files = split_files(request_.spec, kTextExtensions);
    if (files.empty())
      return fail(ErrorCode::unsupported, "{}: expected a .txt, .tsv or .csv file of texts, or a folder with train.tsv; .gz of them too",
                  request_.spec);
    for (const SplitFile& file : files) LS_CHECK(add_file(file));
    data_.name = name_of_files(request_.spec);
    data_.kind = DataKind::text;
    data_.rows = data_.texts.size();
    if (request_.kind == "text") data_.reason = "it was said to be; " + data_.reason;
    if (files.size() == 1) data_.split.clear();
    LS_CHECK(add_columns());
    return std::move(data_);
  }

 private:
  Status add_file(const SplitFile& file) {
    const TextLayout layout = text_layout_of(file.path);
    LS_TRY(TextCells cells, read_text(file.path, layout, 0, request_.stop, request_.progress));
    const std::string where = file.path.string();
    if (data_.texts.empty()) LS_CHECK(choose_columns(cells, layout).context(where));
    LS_TRY(const std::vector<size_t> places, places_in(cells, where));
    for (size_t k = 0; k < places.size(); ++k) {
      std::vector<std::string>& from = cells.columns[places[k]];
      std::vector<std::string>& to = k == columns_.text ? data_.texts : cells_[k];
      to.insert(to.end(), std::make_move_iterator(from.begin() + columns_.header), std::make_move_iterator(from.end()));
    }
    data_.split.resize(data_.texts.size(), file.split);
    if (data_.texts.empty()) return fail(ErrorCode::corrupt, "{}: has a header, but no rows", where);
    return {};
  }

  Status choose_columns(const TextCells& cells, TextLayout layout) {
    Reading reading = request_.reading;
    if (layout == TextLayout::lines) {
      if (!reading.label.empty() && reading.label != kNoLabel && !request_.preprocessing)
        return fail(ErrorCode::not_found, "is a text a line, and so there is no column '{}'", reading.label);
      columns_ = {false, {"text"}, 0, {}, "its name ends in .txt, a text a line"};
    } else {
      auto found = find_text_columns(cells, reading, request_.kind == "text");
      if (!found.ok() && found.error().code == ErrorCode::not_found && request_.preprocessing) {  // later data may lack what training had
        data_.warnings.push_back(fmt::format("{}; it is read without", found.error().message));
        reading.label.clear();
        reading.text.clear();
        found = find_text_columns(cells, reading, true);
      }
      if (!found.ok()) return std::move(found).error();
      columns_ = std::move(found).value();
    }
    data_.reason = columns_.reason;
    cells_.resize(columns_.names.size());
    return {};
  }

  /// Where the columns of the first file are in this one.
  Result<std::vector<size_t>> places_in(const TextCells& cells, const std::string& where) const {
    std::vector<size_t> places;
    for (size_t k = 0; k < columns_.names.size(); ++k) {
      size_t place = k;
      const auto is_it = [&](const std::vector<std::string>& column) { return trimmed(column[0]) == columns_.names[k]; };
      if (columns_.header && !(k < cells.columns.size() && is_it(cells.columns[k])))  // two may have one name
        place = static_cast<size_t>(std::find_if(cells.columns.begin(), cells.columns.end(), is_it) - cells.columns.begin());
      const bool unnamed = columns_.header && place == cells.columns.size() && k < place && trimmed(cells.columns[k][0]).empty();
      if (unnamed) place = k;
      if (place >= cells.columns.size())
        return fail(ErrorCode::corrupt, "{}: has no column '{}', expected it as in the first file", where, columns_.names[k]);
      if (std::find(places.begin(), places.end(), place) != places.end())
        return fail(ErrorCode::corrupt, "{}: has one column '{}', expected two of that name as in the first file", where,
                    columns_.names[k]);
      places.push_back(place);
    }
    return places;
  }

  Status add_columns() {
    for (size_t k = 0; k < cells_.size(); ++k) {
      if (k == columns_.text) continue;
      if (columns_.label == k)
        LS_CHECK(add_label(k));
      else
        add_column(k);
    }
    return {};
  }

  Status add_label(size_t k) {
    Column column = words_column(columns_.names[k], cells_[k]);
    const size_t classes = column.categories.size();
    std::string fault;
    if (classes == 0) fault = "is empty";
    if (classes == data_.rows && classes > 1) fault = "is different in every row";
    if (classes > kMostLabelClasses) fault = fmt::format("has {} different values, more than {}", classes, kMostLabelClasses);
    if (!fault.empty() && !request_.reading.label.empty())
      return fail(ErrorCode::invalid_argument, "{}: column '{}' {}, expected a label of a few classes", request_.spec, column.name, fault);
    if (!fault.empty()) {
      data_.warnings.push_back(fmt::format("column '{}' {}: it is not the label", column.name, fault));
      return {};
    }
    if (classes == 1) data_.warnings.push_back(fmt::format("the label '{}' has one class alone", column.name));
    data_.label_column = static_cast<int>(data_.columns.size());
    data_.columns.push_back(std::move(column));
    return {};
  }

  /// Numbers, or words of a few kinds, to colour by.
  void add_column(size_t k) {
    const std::vector<std::string>& cells = cells_[k];
    Column numbers{columns_.names[k], {}, {}};
    bool all = true;
    for (const std::string& cell : cells) {
      const std::string_view text = trimmed(cell);
      float value = std::numeric_limits<float>::quiet_NaN();
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (!text.empty() && (error != std::errc() || end != text.data() + text.size())) all = false;
      if (!all) break;
      numbers.values.push_back(std::isfinite(value) ? value : std::numeric_limits<float>::quiet_NaN());
    }
    if (all) return data_.columns.push_back(std::move(numbers));
    Column words = words_column(columns_.names[k], cells);
    if (words.categories.size() <= kMostCategories) return data_.columns.push_back(std::move(words));
    data_.warnings.push_back(fmt::format("column '{}' has {} different words, more than {}, and is left out", words.name,
                                         words.categories.size(), kMostCategories));
  }

  const DataRequest& request_;
  TextColumns columns_;
  std::vector<std::vector<std::string>> cells_;  // of all columns but the texts, all files one after the other
  Dataset data_;
};

Result<Dataset> load_text(const DataRequest& request) { return TextLoader(request).load(); }

}  // namespace

void register_source_text(Registry<DataSource>& registry) {
  registry.add({"text", "a .txt file of a text a line, a .tsv or .csv table of texts and labels, or a folder with train.tsv; .gz of them",
                false, accepts_text, load_text});
}

}  // namespace latentscape
