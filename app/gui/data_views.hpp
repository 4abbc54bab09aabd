// How data is shown at a glance: its splits, warnings, examples, first rows and classes. For the Data panel and the form before training.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "app/gui/panel.hpp"
#include "core/data/summary.hpp"

namespace latentscape::ui {

/// Train, held-out and test rows as parts of one bar, with their numbers below.
void split_bar(PanelContext& c, const std::array<size_t, 3>& rows);

/// One below the other on a ground of their own, each with a mark.
void warning_list(PanelContext& c, std::span<const std::string> warnings);

/// Puts example `row` into out[0 .. width).
using ExampleReader = std::function<void(uint32_t row, float* out)>;

/// columns x lines evenly taken examples of image data, as they are or as `read` gives them. Controls are called name.0, ...; the row that
/// was clicked. `key` is another one for other data.
std::optional<size_t> example_grid(PanelContext& c, const char* name, uint64_t key, const Dataset& data, size_t columns, size_t lines,
                                   const char* tip, const ExampleReader& read = {});

/// The first rows of a table with its columns in their own units, as far as there is room; it scrolls sideways.
void first_rows(PanelContext& c, const char* name, const Dataset& data, const DataSummary& summary, size_t rows);

/// Rows of each class: its name, a bar in its colour, a number; the first `most`, and how many more.
void class_histogram(PanelContext& c, const Dataset& data, const DataSummary& summary, size_t most);

/// The words of the most texts: the word, a bar, in how many texts it is; the first `most`.
void common_words(PanelContext& c, const WordSummary& words, size_t most);

/// "28 × 28 × 3"
std::string shape_text(const std::vector<size_t>& shape);
/// A number of a column for the eye: four digits, no zeros at the end.
std::string value_text(double value);
/// A column's value in a row; a dash where it is missing.
std::string cell_text(const Column& column, size_t row);

}  // namespace latentscape::ui
