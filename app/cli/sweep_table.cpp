// A sweep as a table for people and as CSV.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/cli/sweep_rows.hpp"

namespace latentscape {
namespace {

std::string text_of(const Spread& spread, int decimals) {
  if (!std::isfinite(spread.mean)) return "-";
  if (!std::isfinite(spread.deviation)) return fmt::format("{:.{}f}", spread.mean, decimals);
  return fmt::format("{:.{}f} ± {:.{}f}", spread.mean, decimals, spread.deviation, decimals);
}

/// Columns on screen: UTF-8 continuation bytes take none.
size_t columns_of(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string aligned(const std::vector<std::vector<std::string>>& lines, size_t left_aligned) {
  std::vector<size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], columns_of(line[c]));
  }
  std::string text;
  for (const auto& line : lines) {
    std::string row;
    for (size_t c = 0; c < line.size(); ++c) {
      const std::string space(widths[c] - columns_of(line[c]), ' ');
      row += (c ? "  " : "") + (c < left_aligned ? line[c] + space : space + line[c]);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

/// Numbers with all their digits; nothing where there is none.
std::string csv_number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

/// How many of the others the spread of the best one does not tell from it.
std::string close_text(const SweepResult& result, const std::vector<RankedRow>& order) {
  const SweepRow& first = result.rows[order.front().index];
  const Spread best = first.ranked(*result.ranking);
  if (!first.done() || !std::isfinite(best.deviation)) return "";
  size_t close = 0;
  for (const RankedRow& other : std::span(order).subspan(1)) {
    const SweepRow& row = result.rows[other.index];
    if (row.done() && std::abs(row.ranked(*result.ranking).mean - best.mean) <= best.deviation) ++close;
  }
  return close ? fmt::format("{} more within a standard deviation of the best: not told apart by {} runs\n", close, first.runs.size()) : "";
}

}  // namespace

std::string table_from(const SweepResult& result) {
  const std::vector<RankedRow> order = order_of(result.rows, *result.ranking);
  std::vector<std::vector<std::string>> lines(1, {"#"});
  for (const GridAxis& axis : result.plan.grid) lines[0].push_back(axis.key);
  for (const MeasureName& measure : kMeasures) lines[0].emplace_back(measure.title);
  const bool whole_units = result.plan.folds == 0 && result.plan.seeds == 1;
  std::string failures;
  size_t left = 0;
  for (const auto& [index, rank] : order) {
    const SweepRow& row = result.rows[index];
    if (row.error) failures += fmt::format("failed: {}: {}\n", row.label(result.plan), row.error->message);
    if (!row.done()) {
      left += row.error ? 0 : 1;
      continue;
    }
    std::vector<std::string> line = {rank ? std::to_string(rank) : "-"};
    line.insert(line.end(), row.combination.values.begin(), row.combination.values.end());
    for (size_t m = 0; m < kMeasureCount; ++m) {
      const auto measure = static_cast<MeasureIndex>(m);
      line.push_back(text_of(row.spread(measure), measure == kActiveUnits && whole_units ? 0 : kMeasures[m].decimals));
    }
    lines.push_back(std::move(line));
  }
  std::string text = fmt::format("ranked by {}, {} ({} is better{}); {}; never on test\n", result.ranking->title, result.ranking->unit,
                                 result.ranking->higher_is_better ? "higher" : "lower", result.ranking->ties, validation_text(result.plan));
  if (lines.size() > 1) text += aligned(lines, 1 + result.plan.grid.size());
  text += close_text(result, order) + failures;
  if (left) text += fmt::format("{} of {} combinations not trained yet\n", left, result.rows.size());
  return text;
}

std::string csv_from(const SweepResult& result) {
  std::string text = "rank";
  for (const GridAxis& axis : result.plan.grid) text += "," + quoted(axis.key);
  text += ",runs";
  for (const MeasureName& measure : kMeasures) text += fmt::format(",heldout_{0},heldout_{0}_sd", measure.key);
  text += ",name,error\n";
  for (const auto& [index, rank] : order_of(result.rows, *result.ranking)) {
    const SweepRow& row = result.rows[index];
    text += rank ? std::to_string(rank) : "";
    for (const std::string& value : row.combination.values) text += "," + quoted(value);
    text += fmt::format(",{}", row.runs.size());
    for (size_t m = 0; m < kMeasureCount; ++m) {
      const Spread spread = row.done() ? row.spread(static_cast<MeasureIndex>(m)) : Spread();
      text += "," + csv_number(spread.mean) + "," + csv_number(spread.deviation);
    }
    text += "," + row.combination.name + "," + (row.error ? quoted(row.error->message) : "") + "\n";
  }
  return text;
}

}  // namespace latentscape
