// Built-in `mixture`: points of a few Gaussian clusters in the plane, the smallest data that a latent space can be looked at with.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/base/rng.hpp"
#include "core/data/source.hpp"

namespace latentscape {

void register_source_points(Registry<DataSource>& registry);

namespace {

constexpr size_t kDefaultRows = 5000;
constexpr size_t kMaxRows = 50'000'000;
constexpr uint64_t kLayoutStep = 1, kRowStep = 2, kTestStep = 3;

struct Cluster {
  double x, y;           // centre
  double along, across;  // standard deviations
  double angle;          // of the long axis
};
constexpr size_t kClusters = 6;

/// Centres on a ring, so that neighbours touch but no two lie on each other; radius, spread and angle by seed.
std::array<Cluster, kClusters> clusters_of(uint64_t seed) {
  Rng rng(seed, RngStream::general, kLayoutStep);
  std::array<Cluster, kClusters> out;
  for (size_t k = 0; k < kClusters; ++k) {
    const double turn = 2 * std::numbers::pi * (static_cast<double>(k) + rng.uniform(-0.2, 0.2)) / kClusters;
    const double radius = rng.uniform(3.0, 5.0);
    out[k] = {radius * std::cos(turn), radius * std::sin(turn), rng.uniform(0.5, 0.9), rng.uniform(0.2, 0.45),
              rng.uniform(0, std::numbers::pi)};
  }
  return out;
}

/// Mean 0 and variance 1 in each column.
void standardise(std::vector<float>& values) {
  for (size_t c = 0; c < 2; ++c) {
    double sum = 0, squares = 0;
    const double n = static_cast<double>(values.size() / 2);
    for (size_t i = c; i < values.size(); i += 2) sum += values[i];
    const double mean = sum / n;
    for (size_t i = c; i < values.size(); i += 2) squares += (values[i] - mean) * (values[i] - mean);
    const double scale = squares > 0 ? 1.0 / std::sqrt(squares / n) : 1.0;
    for (size_t i = c; i < values.size(); i += 2) values[i] = static_cast<float>((values[i] - mean) * scale);
  }
}

Result<Dataset> load_mixture(const DataRequest& request) {
  const size_t rows = request.count ? request.count : kDefaultRows;
  if (rows < 2 || rows > kMaxRows) return fail(ErrorCode::invalid_argument, "mixture: count is {}, expected 2 to {}", rows, kMaxRows);
  const std::array<Cluster, kClusters> clusters = clusters_of(request.seed);
  Dataset data;
  data.name = "mixture";
  data.kind = DataKind::table;
  data.shape = {2};
  data.rows = rows;
  Column label{"label", {}, std::vector<float>(rows)};
  for (size_t k = 0; k < kClusters; ++k) label.categories.push_back(std::to_string(k));
  std::vector<float> values(rows * 2);
  for (size_t i = 0; i < rows; ++i) {
    Rng rng(request.seed, RngStream::general, kRowStep, static_cast<uint32_t>(i));
    const size_t k = rng.below(kClusters);
    const Cluster& c = clusters[k];
    const double u = c.along * rng.normal(), v = c.across * rng.normal();
    values[2 * i] = static_cast<float>(c.x + u * std::cos(c.angle) - v * std::sin(c.angle));
    values[2 * i + 1] = static_cast<float>(c.y + u * std::sin(c.angle) + v * std::cos(c.angle));
    label.values[i] = static_cast<float>(k);
  }
  standardise(values);
  for (size_t c = 0; c < 2; ++c) {
    Column column{c == 0 ? "x" : "y", {}, std::vector<float>(rows)};
    for (size_t i = 0; i < rows; ++i) column.values[i] = values[2 * i + c];
    data.columns.push_back(std::move(column));
  }
  data.values = std::move(values);
  data.label_column = static_cast<int>(data.columns.size());
  data.columns.push_back(std::move(label));
  data.split.assign(rows, Split::train);
  const std::vector<uint32_t> order = random_permutation(static_cast<uint32_t>(rows), Rng(request.seed, RngStream::split, kTestStep));
  for (size_t i = 0; i < std::max<size_t>(1, rows / 5); ++i) data.split[order[i]] = Split::test;
  return data;
}

}  // namespace

void register_source_points(Registry<DataSource>& registry) {
  registry.add({"mixture", "built in: points of six Gaussian clusters in the plane, 5,000 by default", true,
                [](const std::string& spec) { return spec == "mixture"; }, load_mixture});
}

}  // namespace latentscape
