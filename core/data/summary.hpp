// DataSummary: what there is to say about data at a glance: splits, classes, and each column in its own units.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace latentscape {

inline constexpr size_t kSummaryBins = 24;
inline constexpr size_t kMostCommonWords = 40;
/// Numbers that are looked at where examples have no named columns; of more, evenly taken rows.
inline constexpr size_t kMostSummarised = 20'000'000;

enum class ColumnRole { label, input, other };  // input: the model is trained on it

/// A column of the data, or one of the numbers (one of the one-hot groups) of examples without names: those are called x1, x2, ...
struct ColumnSummary {
  std::string name;
  ColumnRole role = ColumnRole::other;
  std::vector<std::string> categories;  // empty: numbers
  size_t first = 0;                     // of an input: its first number in an example
  double centre = 0.0, unit = 1.0;      // of an input of numbers: its own value is centre + unit * the example's number
  bool can_be_label = false;            // words, or whole numbers, of a few kinds
  size_t missing = 0;                   // rows
  double least = 0.0, most = 0.0;       // of numbers; 0 where all are missing
  double mean = 0.0, deviation = 0.0;   // the same
  std::vector<size_t> counts;           // rows of each category; of numbers: of equal parts from least to most
  bool categorical() const { return !categories.empty(); }
  size_t width() const { return categorical() ? categories.size() : 1; }
};

/// Of texts, by the words of them that are counted.
struct WordSummary {
  size_t vocabulary = 0;
  double words = 0.0, words_a_text = 0.0;
  struct Common {
    std::string word;
    size_t texts = 0;  // that have it
  };
  std::vector<Common> commonest;  // those in the most texts, at most kMostCommonWords
};

struct DataSummary {
  std::array<size_t, 3> splits{};      // rows of train, held-out, test
  std::vector<size_t> classes;         // rows of each class; empty: no labels
  size_t unlabelled = 0;               // rows, where there are labels
  std::vector<ColumnSummary> columns;  // the label, then inputs in the order of an example, then others
  std::optional<WordSummary> words;    // of texts
  size_t rows_seen = 0;                // that the columns without names were made from; else all
};

/// Of a table's inputs, the words of texts, and all columns of any data. Numbers that are not finite count as missing.
DataSummary summarise(const Dataset& data);
/// None where the data is not word counts.
std::optional<WordSummary> summarise_words(const Dataset& data);

}  // namespace latentscape
