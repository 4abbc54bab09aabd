#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stop_token>

#include "core/data/glyphs.hpp"
#include "core/data/pen.hpp"
#include "core/data/source.hpp"

namespace latentscape {
namespace {

std::shared_ptr<const Dataset> strokes(size_t count, uint64_t seed = 1) {
  DataRequest request;
  request.spec = "strokes";
  request.count = count;
  request.seed = seed;
  auto result = load_dataset(request);
  EXPECT_TRUE(result.ok());
  return *result;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  const double ma = std::accumulate(a.begin(), a.end(), 0.0) / n, mb = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

const std::vector<uint8_t>& pixels(const Dataset& data) { return std::get<std::vector<uint8_t>>(data.values); }

TEST(Glyphs, EveryDigitHasSeveralStylesWithNamesOfTheirOwn) {
  std::vector<int> styles(10);
  std::set<std::string> names;
  for (const GlyphStyle& style : digit_glyphs()) {
    ++styles[static_cast<size_t>(style.digit)];
    EXPECT_TRUE(names.insert(style.name).second) << style.name;
    EXPECT_EQ(style.name[0], '0' + style.digit);
    EXPECT_GT(style.weight, 0);
    for (const GlyphStroke& stroke : style.strokes) EXPECT_GE(stroke.size(), 2u) << style.name;
  }
  EXPECT_GE(*std::min_element(styles.begin(), styles.end()), 3);
}

TEST(Pen, PathGoesThroughItsNodesAndIsStraightBetweenTwoCorners) {
  const std::vector<PathNode> nodes = {{0, 0, false}, {4, 0, true}, {4, 4, true}, {9, 1, false}};
  const PenPath path = smooth_path(nodes, 5);
  ASSERT_EQ(path.size(), 16u);
  for (size_t i = 0; i < nodes.size(); ++i) {
    EXPECT_NEAR(path[5 * i].x, nodes[i].x, 1e-5);
    EXPECT_NEAR(path[5 * i].y, nodes[i].y, 1e-5);
  }
  for (size_t i = 5; i <= 10; ++i) EXPECT_NEAR(path[i].x, 4.0f, 1e-5);
  EXPECT_TRUE(smooth_path(std::vector<PathNode>{{1, 1, false}}, 5).empty());
}

TEST(Pen, InkIsFullInsideAndNoneOutside) {
  const PenPath line = {{2, 5, 1.5f}, {8, 5, 1.5f}};
  std::vector<uint8_t> image(100);
  draw_paths(std::vector<PenPath>{line}, 0.5f, 10, 10, image.data());
  EXPECT_EQ(image[4 * 10 + 5], 255);
  EXPECT_EQ(image[1 * 10 + 5], 0);
  EXPECT_GT(image[3 * 10 + 5], 0);  // the edge, at distance 1.5 of radius 1.5
  EXPECT_LT(image[3 * 10 + 5], 255);
  const PenPath outside = {{-50, -50, 2}, {-40, 70, 2}};
  draw_paths(std::vector<PenPath>{outside}, 0.5f, 10, 10, image.data());
  EXPECT_EQ(*std::max_element(image.begin(), image.end()), 0);
}

TEST(Strokes, CountsSplitsAndColumns) {
  const auto data = strokes(1000);
  EXPECT_EQ(data->rows, 1200u);
  EXPECT_EQ(data->shape, (std::vector<size_t>{28, 28}));
  for (size_t i = 0; i < 1200; ++i) EXPECT_EQ(data->split[i] == Split::test, i >= 1000);
  EXPECT_EQ(data->labels()->name, "label");
  EXPECT_EQ(data->classes(), 10u);
  std::set<std::string> names;
  for (const Column& column : data->columns) names.insert(column.name);
  for (const char* name : {"label", "style", "slant", "width", "thickness", "rotation", "scale", "pressure", "wobble", "bow"})
    EXPECT_EQ(names.count(name), 1u) << name;
  std::vector<size_t> counts(10);
  for (size_t i = 0; i < data->rows; ++i) ++counts[static_cast<size_t>(data->label(i))];
  EXPECT_GT(*std::min_element(counts.begin(), counts.end()), 80u);
}

TEST(Strokes, DefaultHasItsOwnTestSet) {
  const auto data = strokes(0);
  EXPECT_EQ(data->rows, 24'000u);
  EXPECT_EQ(data->ids_of(Split::test).size(), 4'000u);
  EXPECT_EQ(data->ids_of(Split::heldout).size(), 1'000u);
}

TEST(Strokes, ARowDependsOnSeedAndIndexAlone) {
  const auto few = strokes(50), many = strokes(300), other = strokes(50, 2);
  EXPECT_TRUE(std::equal(pixels(*few).begin(), pixels(*few).end(), pixels(*many).begin()));
  EXPECT_NE(pixels(*few), pixels(*other));
  EXPECT_EQ(few->fingerprint, strokes(50)->fingerprint);
}

TEST(Strokes, InkIsThereStaysOffTheBorderAndLiesInTheMiddle) {
  const auto data = strokes(2000);
  double total = 0;
  for (size_t i = 0; i < data->rows; ++i) {
    const uint8_t* image = pixels(*data).data() + i * 784;
    double ink = 0, x = 0, y = 0;
    for (size_t p = 0; p < 784; ++p) {
      ink += image[p];
      x += image[p] * (static_cast<double>(p % 28) + 0.5);
      y += image[p] * (static_cast<double>(p / 28) + 0.5);
      if (p < 28 || p >= 756 || p % 28 == 0 || p % 28 == 27) {
        ASSERT_LT(image[p], 128) << "row " << i;
      }
    }
    ASSERT_GT(ink, 255 * 15) << "row " << i;
    ASSERT_NEAR(x / ink, 14, 4) << "row " << i;
    ASSERT_NEAR(y / ink, 14, 4) << "row " << i;
    total += ink;
  }
  // MNIST's mean is 0.131.
  EXPECT_NEAR(total / 255 / static_cast<double>(data->rows * 784), 0.13, 0.03);
}

TEST(Strokes, FactorsAreInThePictures) {
  // Among the zeros: thicker pens leave more ink; digits that lean right have their upper half further right.
  const auto data = strokes(3000);
  std::vector<double> ink, lean, thickness, slant;
  const auto column = [&](const char* name) {
    return std::find_if(data->columns.begin(), data->columns.end(), [&](const Column& c) { return c.name == name; })->values;
  };
  const std::vector<float> all_thickness = column("thickness"), all_slant = column("slant");
  for (size_t i = 0; i < data->rows; ++i) {
    if (data->label(i) != 0) continue;
    double sum = 0, moment = 0, spread = 0;
    for (size_t p = 0; p < 784; ++p) {
      const double v = pixels(*data)[i * 784 + p], x = static_cast<double>(p % 28) - 13.5, y = static_cast<double>(p / 28) - 13.5;
      sum += v;
      moment -= v * x * y;
      spread += v * y * y;
    }
    ink.push_back(sum);
    lean.push_back(moment / spread);
    thickness.push_back(all_thickness[i]);
    slant.push_back(all_slant[i]);
  }
  ASSERT_GT(ink.size(), 200u);
  EXPECT_GT(correlation(ink, thickness), 0.85);
  EXPECT_GT(correlation(lean, slant), 0.8);
}

TEST(Strokes, RefusesAbsurdCountsAndStopsWhenAsked) {
  DataRequest request;
  request.spec = "strokes";
  request.count = size_t{1} << 40;
  EXPECT_EQ(load_dataset(request).error().code, ErrorCode::invalid_argument);
  request.count = 1000;
  std::stop_source stop;
  stop.request_stop();
  request.stop = stop.get_token();
  EXPECT_EQ(load_dataset(request).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
