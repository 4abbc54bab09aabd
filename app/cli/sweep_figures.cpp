#include "app/cli/sweep_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "core/io/figure_sweep.hpp"

namespace latentscape {
namespace {

constexpr size_t kMostLines = 8;  // more cannot be told apart

Measured measured(const SweepRow& row, const Ranking& ranking) {
  Measured m;
  if (!row.done()) return m;
  const Spread spread = row.ranked(ranking);
  m.mean = spread.mean;
  m.deviation = spread.deviation;
  for (const auto& run : row.runs) m.repeats.push_back(ranking.value(*run));
  return m;
}

/// Positions of the values of an axis in ascending order.
std::vector<size_t> ascending(const std::vector<double>& numbers) {
  std::vector<size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return numbers[a] < numbers[b]; });
  return order;
}

/// What stands below each of them.
std::string note_of(const SweepResult& result, const char* shown = "mean, standard deviation and repeats: ") {
  const bool repeated = result.plan.folds || result.plan.seeds > 1;
  return fmt::format("{}{}; {} is better{}", repeated ? shown : "", validation_text(result.plan),
                     result.ranking->higher_is_better ? "higher" : "lower", result.ranking->ties);
}

std::string axis_of(const Ranking& ranking) { return fmt::format("{}, {}", ranking.title, ranking.unit); }

std::string title_of(const SweepResult& result) {
  std::string keys;
  for (const GridAxis& axis : result.plan.grid) keys += (keys.empty() ? "" : " and ") + axis.key;
  const std::string data = std::filesystem::path(result.plan.data + "/").parent_path().filename().string();  // of a path, its last folder
  return fmt::format("{}: {} by {}", data, result.ranking->title, keys);
}

/// The row of a combination by the place of each value in its axis.
const SweepRow& row_at(const SweepResult& result, const std::vector<size_t>& places) {
  size_t index = 0;
  for (size_t i = 0; i < places.size(); ++i) index = index * result.plan.grid[i].values.size() + places[i];
  return result.rows[index];
}

LinesFigure lines_of(const SweepResult& result, size_t across, size_t best) {
  const auto& grid = result.plan.grid;
  const GridAxis& axis = grid[across];
  const std::vector<double> numbers = axis.numbers();
  LinesFigure f;
  f.title = title_of(result);
  f.x_label = axis.key;
  f.y_label = axis_of(*result.ranking);
  f.note = note_of(result);
  const std::vector<size_t> order = ascending(numbers);
  for (const size_t i : order) {
    f.x.push_back(numbers[i]);
    f.x_names.push_back(axis.values[i]);
  }
  const size_t lines = grid.size() == 1 ? 1 : grid[1 - across].values.size();
  for (size_t l = 0; l < lines; ++l) {
    MeasuredLine line;
    if (grid.size() > 1) line.name = grid[1 - across].key + " " + grid[1 - across].values[l];
    for (size_t i = 0; i < order.size(); ++i) {
      std::vector<size_t> places = {order[i]};
      if (grid.size() > 1) places.insert(across == 0 ? places.end() : places.begin(), l);
      const SweepRow& row = row_at(result, places);
      line.values.push_back(measured(row, *result.ranking));
      if (&row == &result.rows[best] && std::isfinite(line.values.back().mean)) f.best = std::pair(f.lines.size(), i);
    }
    const bool any = std::any_of(line.values.begin(), line.values.end(), [](const Measured& m) { return std::isfinite(m.mean); });
    if (any || lines == 1)
      f.lines.push_back(std::move(line));
    else
      f.note += fmt::format("; {} has none", line.name);
  }
  return f;
}

HeatFigure heat_of(const SweepResult& result, size_t best) {
  HeatFigure f;
  const GridAxis &x = result.plan.grid[0], &y = result.plan.grid[1];
  f.title = title_of(result);
  f.x_label = x.key;
  f.y_label = y.key;
  f.value_label = axis_of(*result.ranking);
  f.note = note_of(result, "mean and standard deviation: ") + "; outlined: the best";
  f.higher_is_better = result.ranking->higher_is_better;
  const std::vector<size_t> columns = ascending(x.numbers()), rows = ascending(y.numbers());
  for (const size_t i : columns) f.x.push_back(x.values[i]);
  for (const size_t j : rows) {
    f.y.push_back(y.values[j]);
    for (const size_t i : columns) {
      const SweepRow& row = row_at(result, {i, j});
      if (&row == &result.rows[best] && row.done()) f.best = f.cells.size();
      f.cells.push_back(measured(row, *result.ranking));
    }
  }
  return f;
}

RowsFigure rows_of(const SweepResult& result, const std::vector<RankedRow>& order) {
  RowsFigure f;
  f.title = title_of(result);
  f.x_label = axis_of(*result.ranking);
  f.note = note_of(result);
  for (const RankedRow& ranked : order)
    if (const SweepRow& row = result.rows[ranked.index]; row.done())
      f.rows.emplace_back(row.label(result.plan), measured(row, *result.ranking));
  return f;
}

}  // namespace

Result<std::vector<std::string>> draw_sweep(const SweepResult& result, const std::string& out) {
  const std::vector<RankedRow> order = order_of(result.rows, *result.ranking);
  std::vector<std::string> paths;
  if (!result.rows[order.front().index].done()) return paths;
  const auto& grid = result.plan.grid;
  std::vector<size_t> numeric;
  for (size_t i = 0; i < grid.size(); ++i)
    if (grid[i].values.size() > 1 && !grid[i].numbers().empty()) numeric.push_back(i);
  const bool few_lines = grid.size() == 1 || (grid.size() == 2 && numeric.size() == 1 && grid[1 - numeric[0]].values.size() <= kMostLines);
  FigureStyle style;
  style.height = 750;
  for (const char* name : {"/sweep.svg", "/sweep.png"}) {
    paths.push_back(out + name);
    if (numeric.size() == 2 && grid.size() == 2)
      LS_CHECK(write_figure(paths.back(), heat_of(result, order.front().index), style));
    else if (numeric.size() == 1 && few_lines)
      LS_CHECK(write_figure(paths.back(), lines_of(result, numeric.front(), order.front().index), style));
    else
      LS_CHECK(write_figure(paths.back(), rows_of(result, order), style));
  }
  return paths;
}

}  // namespace latentscape
