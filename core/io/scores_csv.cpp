#include "core/io/scores_csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "core/base/number_text.hpp"

namespace latentscape {

std::string csv_cell(const Column& column, uint32_t row) {
  const float value = column.values[row];
  if (std::isnan(value)) return "";
  return column.categorical() ? csv_field(column.categories[static_cast<size_t>(value)])
                              : number_text(column.offset, static_cast<double>(value));
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string scores_csv(const Dataset& data, std::span<const uint32_t> rows, const AnomalyScores& scores, const std::string& also) {
  std::vector<const Column*> columns;
  for (const Column& column : data.columns)
    if (column.categorical() || (!also.empty() && column.name == also)) columns.push_back(&column);
  fmt::memory_buffer out;
  const auto put = std::back_inserter(out);
  const bool named = !data.row_names.empty();
  fmt::format_to(put, "row,split{}", named ? ",file" : "");
  for (const Column* column : columns) fmt::format_to(put, ",{}", csv_field(column->name));
  fmt::format_to(put, ",score,reconstruction,kl{}\n", data.texts.empty() ? "" : ",text");
  for (size_t i = 0; i < rows.size(); ++i) {
    fmt::format_to(put, "{},{}", data.row_number(rows[i]), to_string(data.split[rows[i]]));
    if (named) fmt::format_to(put, ",{}", csv_field(data.row_names[rows[i]]));
    for (const Column* column : columns) fmt::format_to(put, ",{}", csv_cell(*column, rows[i]));
    fmt::format_to(put, ",{},{},{}", scores.score[i], scores.reconstruction[i], scores.kl[i]);
    if (!data.texts.empty()) fmt::format_to(put, ",{}", csv_field(data.texts[rows[i]]));
    fmt::format_to(put, "\n");
  }
  return fmt::to_string(out);
}

}  // namespace latentscape
