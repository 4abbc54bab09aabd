// Scores of examples as a table of comma-separated values.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/data/dataset.hpp"
#include "core/metrics/anomaly.hpp"

namespace latentscape {

/// A field as RFC 4180 quotes it.
std::string csv_field(const std::string& text);
/// The column's value in that row: a category, a number with all its digits, or nothing where it is missing.
std::string csv_cell(const Column& column, uint32_t row);

/// row,split,CLASSES...,score,reconstruction,kl: one line a row; its columns of classes, and the column named `also`; of texts the text
/// too.
std::string scores_csv(const Dataset& data, std::span<const uint32_t> rows, const AnomalyScores& scores, const std::string& also = {});

}  // namespace latentscape
