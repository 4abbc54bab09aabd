// Built-in `mixture` and its variants (`mixture:rings`): points whose density or coordinates are known, the smallest data that a latent
// space can be looked at with.
#include "core/data/mixture.hpp"

#include <algorithm>
#include <cmath>

#include "core/data/source.hpp"

namespace latentscape {

void register_source_mixture(Registry<DataSource>& registry);

namespace {

constexpr size_t kDefaultRows = 5000;
constexpr size_t kMaxNumbers = 100'000'000;
constexpr size_t kNamedDimensions = 3;  // as many coordinates are columns too
constexpr uint64_t kRowStep = 2, kTestStep = 3;

/// Mean 0 and variance 1 in each column; returns what was divided by.
std::vector<double> standardise(std::vector<float>& values, size_t width) {
  std::vector<double> scales;
  const double n = static_cast<double>(values.size() / width);
  for (size_t c = 0; c < width; ++c) {
    double sum = 0, squares = 0;
    for (size_t i = c; i < values.size(); i += width) sum += values[i];
    const double mean = sum / n;
    for (size_t i = c; i < values.size(); i += width) squares += (values[i] - mean) * (values[i] - mean);
    const double scale = squares > 0 ? 1.0 / std::sqrt(squares / n) : 1.0;
    for (size_t i = c; i < values.size(); i += width) values[i] = static_cast<float>((values[i] - mean) * scale);
    scales.push_back(1.0 / scale);
  }
  return scales;
}

/// Points and what is known of them, row by row.
struct Drawn {
  std::vector<float> values;
  Column label, log_density;
  std::vector<Column> factors;
};

/// Row i depends on the cloud, the seed and i alone (before standardising).
Drawn draw_rows(const PointCloud& cloud, size_t rows, uint64_t seed, const std::stop_token& stop) {
  const size_t d = cloud.dimensions();
  Drawn out{std::vector<float>(rows * d), {"label", cloud.classes(), std::vector<float>(rows)}, {"log_density", {}, {}}, {}};
  for (const std::string& name : cloud.factors()) out.factors.push_back({name, {}, std::vector<float>(rows)});
  std::vector<double> point(d), factors(out.factors.size());
  for (size_t i = 0; i < rows && !stop.stop_requested(); ++i) {
    Rng rng(seed, RngStream::general, kRowStep, static_cast<uint32_t>(i));
    out.label.values[i] = static_cast<float>(cloud.draw(rng, point, factors));
    for (size_t j = 0; j < d; ++j) out.values[i * d + j] = static_cast<float>(point[j]);
    for (size_t k = 0; k < factors.size(); ++k) out.factors[k].values[i] = static_cast<float>(factors[k]);
    if (const auto density = cloud.log_density(point)) out.log_density.values.push_back(static_cast<float>(*density));
  }
  return out;
}

std::string variant_of(const std::string& spec) {
  const size_t colon = spec.find(':');
  return colon == std::string::npos ? "" : spec.substr(colon + 1);
}

Result<Dataset> load_mixture(const DataRequest& request) {
  LS_TRY(const auto cloud, make_point_cloud(variant_of(request.spec), request.seed));
  const size_t rows = request.count ? request.count : kDefaultRows, d = cloud->dimensions();
  if (rows < 2 || rows > kMaxNumbers / d)
    return fail(ErrorCode::invalid_argument, "{}: count is {}, expected 2 to {}", request.spec, rows, kMaxNumbers / d);
  Drawn drawn = draw_rows(*cloud, rows, request.seed, request.stop);
  if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: drawing was stopped", request.spec);
  double log_volume = 0;  // a narrower space is a denser one
  for (const double scale : standardise(drawn.values, d)) log_volume += std::log(scale);
  Dataset data;
  data.name = request.spec;
  data.kind = DataKind::table;
  data.shape = {d};
  data.rows = rows;
  for (size_t c = 0; c < d && d <= kNamedDimensions; ++c) {
    Column column{std::string(1, "xyz"[c]), {}, std::vector<float>(rows)};
    for (size_t i = 0; i < rows; ++i) column.values[i] = drawn.values[d * i + c];
    data.columns.push_back(std::move(column));
  }
  data.values = std::move(drawn.values);
  data.label_column = static_cast<int>(data.columns.size());
  data.columns.push_back(std::move(drawn.label));
  for (Column& factor : drawn.factors) data.columns.push_back(std::move(factor));
  if (!drawn.log_density.values.empty()) {
    for (float& v : drawn.log_density.values) v = static_cast<float>(static_cast<double>(v) + log_volume);
    data.columns.push_back(std::move(drawn.log_density));
  }
  data.split.assign(rows, Split::train);
  const std::vector<uint32_t> order = random_permutation(static_cast<uint32_t>(rows), Rng(request.seed, RngStream::split, kTestStep));
  for (size_t i = 0; i < std::max<size_t>(1, rows / 5); ++i) data.split[order[i]] = Split::test;
  return data;
}

Status check_variant(const std::string& variant) {
  LS_TRY([[maybe_unused]] const auto cloud, make_point_cloud(variant, 1));
  return {};
}

}  // namespace

void register_source_mixture(Registry<DataSource>& registry) {
  registry.add({"mixture",
                "built in: six Gaussian clusters in the plane, 5,000 points by default; also mixture:8d (any number of dimensions), "
                "mixture:rings, mixture:swiss-roll",
                true, [](const std::string& spec) { return spec.substr(0, spec.find(':')) == "mixture"; }, load_mixture, check_variant});
}

}  // namespace latentscape
