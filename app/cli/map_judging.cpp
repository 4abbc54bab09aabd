#include "app/cli/map_judging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

#include "app/cli/decoding.hpp"
#include "app/cli/output.hpp"
#include "app/cli/projecting.hpp"
#include "core/base/rows.hpp"
#include "core/formats/npy.hpp"
#include "core/metrics/knn.hpp"
#include "core/projection/map_change.hpp"
#include "core/projection/quality.hpp"

namespace latentscape {
namespace {

double mean(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Status write_scattered(const std::string& path, size_t n, const std::vector<uint32_t>& rows, const std::vector<float>& values) {
  std::vector<float> all(n, std::numeric_limits<float>::quiet_NaN());
  for (size_t i = 0; i < rows.size(); ++i) all[rows[i]] = values[i];
  return write_array(path, std::vector<size_t>{n}, all);
}

Status add_quality(const FloatArray& points, const FloatArray& map, const std::vector<int>& labels, uint64_t seed, ComputePool& pool,
                   std::stop_token stop, Report& report) {
  QualityConfig config;
  config.k = std::min(kJudgedNeighbours, (points.rows - 1) / 2);
  config.seed = seed;
  LS_TRY(const MapQuality quality, map_quality(points, map, config, pool, stop));
  report.json["quality"] = {{"k", quality.k},
                            {"judged", quality.judged},
                            {"recall", quality.recall},
                            {"trustworthiness", quality.trustworthiness},
                            {"continuity", quality.continuity}};
  report.text += fmt::format("of {} neighbours of {} points: recall {:.4f}, trustworthiness {:.4f}, continuity {:.4f}\n", quality.k,
                             quality.judged, quality.recall, quality.trustworthiness, quality.continuity);
  LS_TRY(const std::optional<KnnAccuracy> knn, map_label_accuracy(map, labels, pool, stop));
  if (!knn) return {};
  report.json["quality"]["label_accuracy"] = {{"k", knn->k}, {"value", knn->value}, {"n", knn->n}};
  report.text += fmt::format("label accuracy {:.4f} by {} neighbours on the map, {} points\n", knn->value, knn->k, knn->n);
  return {};
}

Status add_trust(const std::string& out, const FloatArray& points, const FloatArray& map, size_t n, const std::vector<uint32_t>& rows,
                 ComputePool& pool, std::stop_token stop, Report& report) {
  GraphConfig config;
  config.k = std::min(kTrustedNeighbours, points.rows - 1);
  LS_TRY(const NeighbourGraph graph, neighbour_graph(points, config, pool, stop));
  LS_TRY(const PlaneTree tree, PlaneTree::make(map));
  LS_TRY(const std::vector<float> trust, point_trust(graph, tree, std::min(kJudgedNeighbours, points.rows - 1), pool, stop));
  LS_CHECK(write_scattered(out, n, rows, trust));
  report.json["trust"] = {{"mean", mean(trust)}, {"out", out}};
  report.text += fmt::format("{}: trust of each point, {:.4f} on average\n", out, mean(trust));
  return {};
}

Status add_change(const MapJudging& judging, const FloatArray& map, ComputePool& pool, std::stop_token stop, Report& report) {
  LS_TRY(const FloatArray earlier, read_points(judging.against));
  if (earlier.rows != map.rows || earlier.cols != 2)
    return fail(ErrorCode::invalid_argument, "{}: {} x {} numbers, expected {} x 2 as the map has", judging.against, earlier.rows,
                earlier.cols, map.rows);
  const std::vector<uint32_t> rows = finite_rows(map, &earlier);
  if (rows.size() < 2)
    return fail(ErrorCode::invalid_argument, "{}: {} rows have a place on both maps, expected at least 2", judging.against, rows.size());
  LS_TRY(const MapChange change,
         map_change(rows_of(earlier, rows), rows_of(map, rows), std::min(kJudgedNeighbours, rows.size() - 1), pool, stop));
  if (!judging.moved.empty()) LS_CHECK(write_scattered(judging.moved, map.rows, rows, change.moved));
  report.json["against"] = {
      {"n", rows.size()}, {"kept", change.kept}, {"moved", mean(change.moved)}, {"displacement", change.displacement}};
  report.text += fmt::format("since {}: {:.4f} of the neighbours kept, moved {:.4f} on average, displacement {:.4f} of the map's side\n",
                             judging.against, change.kept, mean(change.moved), change.displacement);
  return {};
}

}  // namespace

void add_judging_options(CLI::App& command, MapJudging& judging) {
  command.add_flag("--quality", judging.quality,
                   "recall, trustworthiness and continuity of the map, and label accuracy where there are labels");
  command.add_option("--labels", judging.labels, "a class a row, for --quality; a run's data has its own")->type_name("FILE.npy");
  command.add_option("--trust", judging.trust, "write how far each point's neighbours on the map can be believed, 0 to 1")
      ->type_name("FILE.npy");
  CLI::Option* against =
      command.add_option("--against", judging.against, "an earlier map of the same rows: what moved since")->type_name("FILE.npy");
  command.add_option("--moved", judging.moved, "write how far each point went from its neighbours of then, 0 to 1")
      ->type_name("FILE.npy")
      ->needs(against);
}

Status check_judging_names(const MapJudging& judging, const std::string& map_out) {
  for (const std::string* file : {&judging.labels, &judging.trust, &judging.against, &judging.moved})
    if (!file->empty()) LS_CHECK(check_extension(*file, "a number a row", {"npy"}));
  const std::array<const std::string*, 3> outs = {&map_out, &judging.trust, &judging.moved};
  for (size_t a = 0; a < outs.size(); ++a)
    for (size_t b = 0; b < a; ++b)
      if (!outs[a]->empty() && *outs[a] == *outs[b])
        return fail(ErrorCode::invalid_argument, "{} is to be written twice, expected a file each for --out, --trust and --moved",
                    *outs[a]);
  return {};
}

Status check_judging_outputs(const MapJudging& judging, const std::vector<std::string>& inputs) {
  for (const std::string* file : {&judging.trust, &judging.moved})
    if (!file->empty()) LS_CHECK(check_output(*file, inputs));
  return {};
}

Result<std::vector<int>> judging_labels(const MapJudging& judging, std::vector<int> own, size_t n) {
  if (judging.labels.empty()) return own;
  LS_TRY(const NpyArray array, read_npy(judging.labels));
  if (array.values.size() != n)
    return fail(ErrorCode::invalid_argument, "{}: {} labels, expected {}, one a row", judging.labels, array.values.size(), n);
  std::map<float, int> classes;
  for (const float v : array.values)
    if (v >= 0.0f) classes.emplace(v, 0);  // NaN is not
  int next = 0;
  for (auto& [value, index] : classes) index = next++;
  std::vector<int> labels(n, -1);
  for (size_t i = 0; i < n; ++i)
    if (array.values[i] >= 0.0f) labels[i] = classes[array.values[i]];
  return labels;
}

Status judge_map(const MapJudging& judging, const FloatArray& points, const FloatArray& map, std::span<const int> labels, uint64_t seed,
                 ComputePool& pool, std::stop_token stop, Report& report) {
  if (judging.quality || !judging.trust.empty()) {
    const std::vector<uint32_t> rows = finite_rows(points, &map);
    if (rows.size() < 3)
      return fail(ErrorCode::invalid_argument, "quality: {} rows have a place on the map, expected at least 3", rows.size());
    const FloatArray some = rows_of(points, rows), places = rows_of(map, rows);
    std::vector<int> classes;
    if (!labels.empty())
      for (const uint32_t row : rows) classes.push_back(labels[row]);
    if (judging.quality) LS_CHECK(add_quality(some, places, classes, seed, pool, stop, report));
    if (!judging.trust.empty()) LS_CHECK(add_trust(judging.trust, some, places, points.rows, rows, pool, stop, report));
  }
  if (!judging.against.empty()) LS_CHECK(add_change(judging, map, pool, stop, report));
  return {};
}

}  // namespace latentscape
