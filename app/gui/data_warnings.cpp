#include "app/gui/data_warnings.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <vector>

namespace latentscape {
namespace {

/// A sentence as core says it, with {} for what differs, and the key of the window's words for it; `key`.one where the first is 1.
struct Saying {
  std::string_view pattern;
  const char* key;
};

constexpr Saying kSayings[] = {
    {"column '{}' is empty and is left out", "told.empty"},
    {"column '{}' is the same in every row and is left out", "told.same"},
    {"column '{}' only numbers the rows and is left out", "told.numbers_rows"},
    {"column '{}' is text ({} different values, more than {}) and is left out", "told.text_column"},
    {"column '{}' is different in every row and is left out", "told.all_different"},
    {"column '{}' has {} different words, more than {}, and is left out", "told.many_words"},
    {"column '{}': {} infinite values count as missing", "told.infinite"},
    {"column '{}': {} missing values are taken for the train rows' mean, {}", "told.filled_mean"},
    {"column '{}': {} missing values are taken for '{}', the commonest", "told.filled_commonest"},
    {"column '{}': {} values are no category that the model knows and are taken for '{}', the commonest", "told.unknown_category"},
    {"the first line is numbers, not names: it is a row, and columns are called 'column 1' and so on", "told.no_header"},
    {"column '{}': some of its cells are like numbers with a decimal comma, and all are words", "told.comma_words"},
    {"a comma is the decimal point in the column {}", "told.comma"},
    {"a comma is the decimal point in the columns {}", "told.commas"},
    {"there is no column '{}', and so no label", "told.label_absent"},
    {"unknown column '{}'; known: {}; it is read without", "told.column_absent"},
    {"unknown column '{}', did you mean '{}'? known: {}; it is read without", "told.column_absent"},
    {"the label '{}' is missing in {} of {} rows", "told.label_missing"},
    {"column '{}' has {} different whole numbers in {} rows, a quantity more than a class (as setting `label` it is one): it is neither a "
     "label nor trained on",
     "told.label_quantity"},
    {"column '{}' holds numbers that are not whole: it is neither a label nor trained on", "told.label_not_whole"},
    {"column '{}' is different in every row: it is neither a label nor trained on", "told.label_different"},
    {"column '{}' has {} different values, more than {}: it is neither a label nor trained on", "told.label_many"},
    {"column '{}' is empty: it is neither a label nor trained on", "told.label_empty"},
    {"column '{}' is empty: it is not the label", "told.text_label_empty"},
    {"column '{}' is different in every row: it is not the label", "told.text_label_different"},
    {"column '{}' has {} different values, more than {}: it is not the label", "told.text_label_many"},
    {"the label '{}' has one class alone", "told.one_class"},
    {"there is one class alone, '{}'", "told.one_folder"},
    {"the label has one class alone", "told.one_class_counts"},
    {"the label is different in every row, and so it is none", "told.label_none"},
    {"{}: row {} is {}, which is no class, so it is a column to colour by and no label", "told.array_label_row"},
    {"{}: has more than {} different values, so it is a column to colour by and no label", "told.array_label_many"},
    {"{}: {} of {} rows have no label", "told.array_label_missing"},
    {"its numbers are whole ones from 0 to 255, as of pixels, and are divided by 255; setting `standardise` to yes or no reads them "
     "otherwise",
     "told.as_pixels"},
    {"{} of {} rows have missing values and are left out; the others keep their numbers", "told.dropped"},
    {"{} words are in more than {} % of the train texts and are not counted (setting `common` to 1 takes them)", "told.common"},
    {"{} word is in more than {} % of the train texts and is not counted (setting `common` to 1 takes it)", "told.common"},
    {"{} of {} rows have none of the {} words that are counted; they stay, and all look alike", "told.no_words"},
    {"{} of {} rows has none of the {} words that are counted; it stays", "told.no_words"},
    {"{} images have no class", "told.no_class"},
    {"{} of {} images cannot be read and are left out: {}", "told.unreadable"},
    {"images have different sizes, {} is {} x {} and {} is {} x {} (height x width): all are made {} x {}", "told.sizes"},
    {"{} images have 16 bits a channel and are read with 8", "told.sixteen_bits"},
    {"{} images are copies of another, byte for byte, {} of them in another split", "told.copies_across"},
    {"{} images are copies of another, byte for byte", "told.copies"},
    {"{} images are not in labels.csv: {}", "told.not_listed"},
    {"{} files of labels.csv are no images here: {}", "told.absent"},
    {"{} files are not called like images and are left out: {}", "told.other_files"},
    {"{} files or folders cannot be read and are left out: {}", "told.unreadable_files"},
    {"{} folders are links to a folder above them and are left out: {}", "told.loops"},
    {"its {} are more than the {} of memory for data and are read from the disk as they are needed, from {}", "told.on_disk"},
    {"its {} are more than the {} of memory for data and are read from the disk as they are needed, where they lie: {}",
     "told.on_disk_own"},
    {"heldout is {}, which is not used: {} says itself which rows are held out", "told.heldout_own"},
    {"{} has no labels: {} is not there", "told.no_labels_file"},
    {"column '{}' holds {} words a row", "told.column_words"},
    {"column '{}' holds {} words a row, and the first line is a text, not names of columns", "told.column_words_bare"},
    {"its name ends in .txt, a text a line", "told.text_lines"},
    {"svmlight's format holds word counts", "told.word_counts"},
    {"{}: column '{}' holds numbers that are not whole, expected a label of a few classes", "told.asked_not_whole"},
    {"{}: column '{}' is different in every row, expected a label of a few classes", "told.asked_different"},
    {"{}: column '{}' has {} different values, more than {}, expected a label of a few classes", "told.asked_many"},
    {"{}: column '{}' holds too many different numbers to be classes", "told.asked_numbers"},
    {"{}: column '{}' holds too many different numbers to be classes, expected one of {}", "told.asked_numbers"},
    {"{}: no column is left to train on: {}", "told.nothing_left"},
    {"{}: every row has a missing value, and missing=drop leaves such out", "told.all_missing"},
    {"{}: there is no word in its {} train texts, expected texts", "told.no_word"},
    {"{}: no row is left for training", "told.no_train"},
};

/// What stands in the places of {}; none: the sentence is another one.
std::optional<std::vector<std::string>> parts_of(std::string_view pattern, std::string_view sentence) {
  constexpr std::string_view kPlace = "{}";
  std::vector<std::string> parts;
  size_t place = pattern.find(kPlace);
  if (sentence.substr(0, place) != pattern.substr(0, place)) return std::nullopt;
  while (place != std::string_view::npos) {
    sentence.remove_prefix(place);
    pattern.remove_prefix(place + kPlace.size());
    place = pattern.find(kPlace);
    const std::string_view words = pattern.substr(0, place);
    // Behind the last place the words end the sentence; before it, they are looked for.
    size_t end = sentence.find(words);
    if (place == std::string_view::npos) {
      if (sentence.size() < words.size() || sentence.substr(sentence.size() - words.size()) != words) return std::nullopt;
      end = sentence.size() - words.size();
    }
    if (end == std::string_view::npos) return std::nullopt;
    parts.emplace_back(sentence.substr(0, end));
    sentence.remove_prefix(end);
  }
  if (sentence != pattern) return std::nullopt;
  return parts;
}

}  // namespace

std::string told(const Strings& tr, const std::string& sentence) {
  for (const Saying& saying : kSayings) {
    const auto parts = parts_of(saying.pattern, sentence);
    if (!parts) continue;
    std::string key = saying.key;
    if (!parts->empty() && parts->front() == "1" && tr.has(key + ".one")) key += ".one";
    fmt::dynamic_format_arg_store<fmt::format_context> words;
    for (const std::string& part : *parts) words.push_back(part);
    return fmt::vformat(tr(key), words);
  }
  // Of rows that were added: the name of their data comes first.
  constexpr std::string_view kBehindName = ": ";
  const size_t name = sentence.find(kBehindName);
  if (name == std::string::npos) return sentence;
  const size_t rest = name + kBehindName.size();
  return sentence.substr(0, rest) + told(tr, sentence.substr(rest));
}

}  // namespace latentscape
