// One contract over everything registered: models, data sources and projections. What is added by one file is held to it by itself.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "core/base/rng.hpp"
#include "core/data/source.hpp"
#include "core/io/checkpoint.hpp"
#include "core/models/model.hpp"
#include "core/nn/gradient_check.hpp"
#include "core/projection/projection.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {
namespace {

template <class Entry>
std::vector<std::string> names_of(const Registry<Entry>& registry) {
  return registry.names();
}

std::string test_name(const testing::TestParamInfo<std::string>& info) { return info.param; }

FloatArray random_points(size_t n, size_t d, uint64_t seed) {
  FloatArray x(n, d);
  Rng rng(seed, RngStream::general, n, static_cast<uint32_t>(d));
  for (float& v : x.values) v = rng.normal();
  return x;
}

// ---- models ----

class EveryModel : public testing::TestWithParam<std::string> {
 protected:
  ModelConfig config() const {
    ModelConfig c;
    use_family(c, family());
    const NetworkSpec own = c.encoder;
    c.latent = 2;
    c.encoder = parse_network_spec("6 norm dropout 0.2, res 6").value();
    c.decoder = {5};
    if (c.conditional || c.classify > 0.0) c.classes = 3;
    // A family of convolutions is tried with them.
    if (!own.empty() && own[0].kind == LayerSpec::Kind::conv) {
      c.encoder = parse_network_spec("conv 3x3s2 norm, resconv 3x3 dropout 0.2, dense 6").value();
      c.decoder = mirrored(c.encoder);
      c.activation = Activation::silu;
    }
    return c;
  }
  const ModelFamily& family() const { return *model_families().find(GetParam()); }
  static std::shared_ptr<Dataset> images(size_t n) {
    auto data = std::make_shared<Dataset>();
    data->name = "contract";
    data->shape = {4, 4};
    data->rows = n;
    std::vector<uint8_t> bytes(n * 16);
    Rng rng(3, RngStream::general);
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(rng.below(256));
    data->values = std::move(bytes);
    data->split.assign(n, Split::train);
    for (size_t i = 0; i < n; i += 5) data->split[i] = Split::heldout;
    for (size_t i = 1; i < n; i += 5) data->split[i] = Split::test;
    data->columns.push_back({"label", {"a", "b", "c"}, {}});
    for (size_t i = 0; i < n; ++i) data->columns[0].values.push_back(static_cast<float>(rng.below(3)));
    data->label_column = 0;
    set_fingerprint(*data);
    return data;
  }
  std::unique_ptr<Trainer> trainer(size_t threads) const { return trainer(threads, images(120)); }
  std::unique_ptr<Trainer> trainer(size_t threads, std::shared_ptr<const Dataset> data) const {
    RunConfig run;
    run.model = config();
    if (family().semi_supervised) run.labels = LabelBudget{9};
    run.batch = 40;  // several groups of images, where a model cuts a batch into such
    auto made = Trainer::create(run, std::move(data), std::make_shared<ComputePool>(threads));
    EXPECT_TRUE(made.ok()) << made.error().message;
    return std::move(made).value();
  }
};

TEST_P(EveryModel, GradientAgreesWithCentralDifferences) {
  const std::vector<size_t> shape{2, 3};
  const auto made = family().make_double(config(), shape);
  ASSERT_TRUE(made.ok()) << made.error().message;
  const Model<double>& model = **made;
  const size_t n = 4;
  std::vector<double> parameters(model.parameter_count()), gradients(parameters.size()), x(n * model.width()), noise(n * model.latent());
  model.initialise(parameters, 2);
  Rng rng(9, RngStream::general);
  for (double& v : parameters) v += rng.uniform(-0.05, 0.05);  // off the rectifiers' kinks, where biases of 0 may stand
  for (double& v : x) v = rng.uniform();
  for (double& v : noise) v = rng.uniform(-2.0, 2.0);
  Pass<double> io;
  io.x = View2<const double>(x.data(), n, model.width());
  io.noise = View2<const double>(noise.data(), n, model.latent());
  io.beta = 0.7;
  const std::vector<int32_t> labels = {0, 2, -1, -1};
  if (model.classes() > 0) io.rows.labels = labels;
  io.rows.training = true;
  ComputePool pool(1);
  Workspace<double> work;
  model.pass(pool, work, parameters, io, gradients);
  const auto check =
      check_gradient([&](std::span<const double> p) { return model.pass(pool, work, p, io, {}).objective; }, parameters, gradients);
  EXPECT_LT(check.relative_error, 1e-5) << "parameter " << check.index;
}

TEST_P(EveryModel, BlocksCoverTheParametersWithoutGapOrOverlap) {
  const std::vector<size_t> shape{4, 4};
  const auto model = make_model(config(), shape);
  ASSERT_TRUE(model.ok());
  size_t next = 0;
  for (const ParameterBlock& b : (*model)->blocks()) {
    EXPECT_EQ(b.offset, next) << b.name;
    size_t size = 1;
    for (const size_t s : b.shape) size *= s;
    EXPECT_EQ(size, b.size) << b.name;
    next += b.size;
  }
  EXPECT_EQ(next, (*model)->parameter_count());
}

TEST_P(EveryModel, TheSameSeedTrainsToTheSameBitsAtAnyThreadCount) {
  auto one = trainer(1), three = trainer(3);
  for (int i = 0; i < 7; ++i) {
    const auto a = one->step(), b = three->step();
    ASSERT_TRUE(a.ok() && b.ok());
    EXPECT_EQ(a->terms.objective, b->terms.objective) << "step " << i;
  }
  EXPECT_EQ(one->state(), three->state());
}

// A number that is not finite gets into the data while training runs: the loss says so, the weights stay sound, and training goes on.
TEST_P(EveryModel, ALossThatIsNotFiniteIsRecoveredFrom) {
  const auto data = images(120);
  std::vector<float> values(data->rows * 16);
  for (size_t i = 0; i < data->rows; ++i) data->copy_row(i, values.data() + i * 16);
  data->values = values;
  const auto trained = trainer(1, data);
  ASSERT_TRUE(trained->step().ok());
  std::get<std::vector<float>>(data->values).assign(values.size(), std::numeric_limits<float>::infinity());
  const auto broken = trained->step();
  ASSERT_TRUE(broken.ok()) << broken.error().message;
  EXPECT_TRUE(broken->recovered);
  EXPECT_EQ(trained->step_count(), 0u);
  EXPECT_EQ(trained->state().learning_rate_scale, 0.5);
  for (const float p : trained->parameters()) ASSERT_TRUE(std::isfinite(p));
  data->values = values;
  for (int i = 0; i < 4; ++i) {
    const auto report = trained->step();
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_FALSE(report->recovered) << report->message;
  }
  EXPECT_EQ(trained->step_count(), 4u);
  for (const float p : trained->parameters()) ASSERT_TRUE(std::isfinite(p));
}

TEST_P(EveryModel, ACheckpointBringsBackEveryBitAndGoesOnAlike) {
  auto a = trainer(1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(a->step().ok());
  Checkpoint saved;
  saved.config = a->config();
  saved.state = a->state();
  saved.shape = a->data().shape;
  saved.data_fingerprint = a->data().fingerprint;
  const auto path = std::filesystem::temp_directory_path() / ("latentscape-contract-" + GetParam() + ".safetensors");
  ASSERT_TRUE(write_checkpoint(path.string(), saved, *a->model()).ok());
  const auto loaded = read_checkpoint(path.string());
  std::filesystem::remove(path);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->state, saved.state);
  EXPECT_EQ(loaded->config, saved.config);
  auto b = trainer(1);
  ASSERT_TRUE(b->restore(loaded->state).ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(a->step()->terms.objective, b->step()->terms.objective);
}

TEST_P(EveryModel, RefusesWhatCannotBe) {
  const std::vector<size_t> shape{4, 4};
  ModelConfig none = config();
  none.latent = 0;
  const auto refused = make_model(none, shape);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("latent"), std::string::npos) << refused.error().message;
  ModelConfig huge = config();
  huge.encoder = {size_t{1} << 40};
  EXPECT_FALSE(make_model(huge, shape).ok()) << "a model larger than any memory is refused before it is allocated";
}

INSTANTIATE_TEST_SUITE_P(Registered, EveryModel, testing::ValuesIn(names_of(model_families())), test_name);

// ---- data sources ----

class EverySource : public testing::TestWithParam<std::string> {
 protected:
  const DataSource& source() const { return *data_sources().find(GetParam()); }
};

TEST_P(EverySource, BuiltInDataIsWholeAndTheSameForTheSameSeed) {
  if (!source().builtin) GTEST_SKIP() << "reads files; see RefusesWhatIsNotThere";
  DataRequest request;
  request.spec = GetParam();
  request.count = 200;
  const auto a = load_dataset(request), b = load_dataset(request);
  ASSERT_TRUE(a.ok()) << a.error().message;
  const Dataset& data = **a;
  EXPECT_EQ(data.fingerprint, (*b)->fingerprint);
  EXPECT_EQ(data.split.size(), data.rows);
  EXPECT_FALSE(data.ids_of(Split::train).empty());
  EXPECT_FALSE(data.ids_of(Split::heldout).empty());
  EXPECT_FALSE(data.ids_of(Split::test).empty());
  for (const Column& c : data.columns) EXPECT_EQ(c.values.size(), data.rows) << c.name;
  std::vector<float> row(data.width());
  for (size_t i = 0; i < data.rows; ++i) {
    data.copy_row(i, row.data());
    for (const float v : row) ASSERT_TRUE(std::isfinite(v));
  }
  request.seed = 2;
  EXPECT_NE((*load_dataset(request))->fingerprint, data.fingerprint) << "another seed is other data";
}

TEST_P(EverySource, RefusesWhatIsNotThere) {
  if (source().builtin) GTEST_SKIP() << "needs no file";
  DataRequest request;
  request.spec = "no/such/place";
  request.kind = GetParam();
  const auto refused = load_dataset(request);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("no/such/place"), std::string::npos) << refused.error().message;
}

TEST_P(EverySource, AnEmptyFileOrFolderIsAnErrorThatNamesIt) {
  if (source().builtin) GTEST_SKIP() << "needs no file";
  const auto folder = std::filesystem::temp_directory_path() / ("latentscape-empty-" + GetParam());
  std::filesystem::create_directories(folder);
  const auto file = folder / "empty.npy";
  std::ofstream(file).close();
  for (const auto& path : {folder, file}) {
    DataRequest request;
    request.spec = path.string();
    request.kind = GetParam();
    const auto refused = load_dataset(request);
    ASSERT_FALSE(refused.ok()) << path;
    EXPECT_NE(refused.error().message.find(folder.filename().string()), std::string::npos) << refused.error().message;
  }
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Registered, EverySource, testing::ValuesIn(names_of(data_sources())), test_name);

// ---- projections ----

class EveryProjection : public testing::TestWithParam<std::string> {
 protected:
  static constexpr size_t kPoints = 150, kWidth = 4;
  std::unique_ptr<Projection> make() const {
    ProjectionConfig config;
    config.method = GetParam();
    config.perplexity = 10;
    config.iterations = 60;
    auto made = make_projection(config, kPoints, kWidth);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return std::move(made).value();
  }
};

TEST_P(EveryProjection, GivesAFiniteMapOfEveryPointTheSameAtAnyThreadCount) {
  const FloatArray points = random_points(kPoints, kWidth, 4);
  FloatArray maps[2];
  for (const size_t threads : {size_t{1}, size_t{3}}) {
    ComputePool pool(threads);
    auto projection = make();
    ASSERT_TRUE(projection->set_points(points, pool, {}).ok());
    size_t calls = 0;
    for (bool more = true; more; ++calls) {
      const auto advanced = projection->advance(pool, {});
      ASSERT_TRUE(advanced.ok()) << advanced.error().message;
      more = *advanced;
      ASSERT_LE(calls, 1000u) << "never done";
    }
    const FloatArray& map = projection->positions();
    ASSERT_EQ(map.rows, kPoints);
    ASSERT_EQ(map.cols, 2u);
    for (const float v : map.values) ASSERT_TRUE(std::isfinite(v));
    maps[threads == 1 ? 0 : 1] = map;
  }
  EXPECT_EQ(maps[0].values, maps[1].values);
}

TEST_P(EveryProjection, OneCallIsAtMostOneIteration) {
  const FloatArray points = random_points(kPoints, kWidth, 4);
  ComputePool pool(1);
  auto projection = make();
  ASSERT_TRUE(projection->set_points(points, pool, {}).ok());
  size_t before = projection->iteration();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(projection->advance(pool, {}).ok());
    EXPECT_LE(projection->iteration(), before + 1);
    before = projection->iteration();
  }
}

TEST_P(EveryProjection, TakesNewPointsWarmAndStaysFinite) {
  FloatArray points = random_points(kPoints, kWidth, 4);
  ComputePool pool(1);
  auto projection = make();
  ASSERT_TRUE(projection->set_points(points, pool, {}).ok());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(projection->advance(pool, {}).ok());
  for (float& v : points.values) v += 0.01f;
  ASSERT_TRUE(projection->set_points(points, pool, {}).ok());
  ASSERT_TRUE(projection->advance(pool, {}).ok());
  for (const float v : projection->positions().values) ASSERT_TRUE(std::isfinite(v));
}

TEST_P(EveryProjection, ALinearOneIsItsOwnInverse) {
  const FloatArray points = random_points(kPoints, kWidth, 4);
  ComputePool pool(1);
  auto projection = make();
  ASSERT_TRUE(projection->set_points(points, pool, {}).ok());
  ASSERT_TRUE(projection->advance(pool, {}).ok());
  const LinearMap* map = projection->linear();
  if (!map) GTEST_SKIP() << "has no linear map";
  const auto place = map->map_from_latent(points.row(7));
  EXPECT_NEAR(place[0], projection->positions()(7, 0), 1e-4);
  EXPECT_NEAR(place[1], projection->positions()(7, 1), 1e-4);
  const auto back = map->latent_from_map(place, points.row(7));
  for (size_t j = 0; j < kWidth; ++j) EXPECT_NEAR(back[j], points(7, j), 1e-4) << "the anchor's residual is kept";
  const auto moved = map->map_from_latent(map->latent_from_map({place[0] + 1.0f, place[1] - 2.0f}, points.row(7)));
  EXPECT_NEAR(moved[0], place[0] + 1.0f, 1e-4);
  EXPECT_NEAR(moved[1], place[1] - 2.0f, 1e-4);
}

TEST_P(EveryProjection, RefusesPointsThatAreNotFinite) {
  FloatArray points = random_points(kPoints, kWidth, 4);
  points(3, 1) = std::nanf("");
  ComputePool pool(1);
  auto projection = make();
  const auto set = projection->set_points(points, pool, {});
  ASSERT_FALSE(set.ok());
  EXPECT_FALSE(set.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(Registered, EveryProjection, testing::ValuesIn(names_of(projection_methods())), test_name);

TEST(Registries, AreFilledAndSuggestTheNearestName) {
  EXPECT_NE(model_families().find("mlp"), nullptr);
  EXPECT_NE(data_sources().find("strokes"), nullptr);
  EXPECT_NE(data_sources().find("idx"), nullptr);
  EXPECT_NE(projection_methods().find("tsne"), nullptr);
  ModelConfig config;
  config.name = "mpl";
  const std::vector<size_t> shape{4, 4};
  EXPECT_NE(make_model(config, shape).error().message.find("did you mean 'mlp'"), std::string::npos);
}

}  // namespace
}  // namespace latentscape
