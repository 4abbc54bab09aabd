// What `latentscape project` does besides making a map: judges it, compares it, places points into it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "core/base/rng.hpp"
#include "core/formats/npy.hpp"
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

class MapCommand : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_ / name; }
  void write(const std::string& name, const NpyArray& array) const {
    const Bytes bytes = npy_bytes(array);
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  NpyArray read(const std::string& name) const {
    auto array = read_npy(path(name));
    EXPECT_TRUE(array.ok()) << name;
    return array.ok() ? std::move(array).value() : NpyArray{};
  }
  /// z.npy: two groups of 60 points in 4-D, even and odd rows; classes.npy: which; y.npy: their first two dimensions.
  void write_groups() const {
    NpyArray z{{120, 4}, std::vector<float>(480)}, y{{120, 2}, {}}, classes{{120}, {}};
    Rng(1, RngStream::general).fill_normal(z.values);
    for (size_t i = 0; i < 120; ++i) {
      z.values[4 * i] += i % 2 ? 20.0f : 0.0f;
      for (size_t j = 2; j < 4; ++j) z.values[4 * i + j] *= 0.01f;
      y.values.insert(y.values.end(), z.values.begin() + std::ptrdiff_t(4 * i), z.values.begin() + std::ptrdiff_t(4 * i + 2));
      classes.values.push_back(i % 2 ? 7.0f : 3.0f);
    }
    write("z.npy", z);
    write("y.npy", y);
    write("classes.npy", classes);
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(MapCommand, QualityAndTrustOfAMapThatIsMadeAndOfOneThatIsThere) {
  write_groups();
  const Finished made = run_program({"project", path("z.npy"), "--method", "raw", "--out", path("made.npy"), "--quality", "--labels",
                                     path("classes.npy"), "--trust", path("t.npy"), "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Json quality = made.json()["quality"];
  EXPECT_EQ(quality["k"], 15);
  EXPECT_EQ(quality["judged"], 120);
  EXPECT_GT(quality["recall"].get<double>(), 0.9);
  EXPECT_GT(quality["trustworthiness"].get<double>(), 0.99);
  EXPECT_GT(quality["continuity"].get<double>(), 0.99);
  EXPECT_EQ(quality["label_accuracy"]["value"], 1.0);
  EXPECT_EQ(quality["label_accuracy"]["n"], 120);
  const NpyArray trust = read("t.npy");
  EXPECT_EQ(trust.dims, (std::vector<size_t>{120}));
  double sum = 0.0;
  for (const float t : trust.values) sum += double(t);
  EXPECT_NEAR(made.json()["trust"]["mean"].get<double>(), sum / 120.0, 1e-6);
  EXPECT_GT(sum / 120.0, 0.9);

  const Finished given = run_program({"project", path("z.npy"), "--map", path("made.npy"), "--quality", "--json"});
  ASSERT_EQ(given.exit_code, 0) << given.err;
  EXPECT_EQ(given.json()["quality"]["recall"], quality["recall"]);
  EXPECT_FALSE(given.json()["quality"].contains("label_accuracy"));
  const Finished text = run_program({"project", path("z.npy"), "--map", path("made.npy"), "--quality"});
  EXPECT_NE(text.out.find("recall 1.0000, trustworthiness 1.0000"), std::string::npos) << text.out;
}

TEST_F(MapCommand, AMapOfDirectionsIsJudgedByDirections) {
  // Directions on a half circle, of any length, and a zero row; the map shows the directions.
  NpyArray z{{101, 2}, {}}, y{{101, 2}, {}};
  Rng rng(2, RngStream::general);
  for (size_t i = 0; i < 100; ++i) {
    const double angle = 3.0 * rng.uniform(0.0, 1.0), length = std::exp(3.0 * double(rng.normal()));
    for (const double v : {std::cos(angle), std::sin(angle)}) {
      z.values.push_back(static_cast<float>(length * v));
      y.values.push_back(static_cast<float>(v));
    }
  }
  z.values.insert(z.values.end(), {0.0f, 0.0f});
  y.values.insert(y.values.end(), {0.0f, 0.0f});
  write("z.npy", z);
  write("y.npy", y);
  const auto judged = [&](const std::string& metric) {
    const Finished run = run_program(
        {"project", path("z.npy"), "--map", path("y.npy"), "--metric", metric, "--quality", "--trust", path("t.npy"), "--json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.exit_code == 0 ? run.json() : Json();
  };
  const Json cosine = judged("cosine"), euclidean = judged("euclidean");
  EXPECT_GT(cosine["quality"]["recall"].get<double>(), 0.99);
  EXPECT_GT(cosine["trust"]["mean"].get<double>(), 0.99);
  EXPECT_LT(euclidean["quality"]["recall"].get<double>(), 0.6);
  EXPECT_LT(euclidean["trust"]["mean"].get<double>(), 0.9);
  EXPECT_EQ(run_program({"project", path("z.npy"), "--map", path("y.npy"), "--metric", "sine"}).exit_code, 2);
}

TEST_F(MapCommand, WhatMovedSinceAnEarlierMap) {
  write_groups();
  NpyArray later = read("y.npy");
  for (float& v : later.values) v = 2.0f * v + 1.0f;
  later.values[0] = later.values[2] + 0.1f;  // row 0 joins the group of row 1
  later.values[1] = later.values[3];
  later.values[20] = NAN;  // row 10 has no place
  write("later.npy", later);
  const Finished finished =
      run_program({"project", path("z.npy"), "--map", path("later.npy"), "--against", path("y.npy"), "--moved", path("m.npy"), "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.json()["against"]["n"], 119);
  EXPECT_EQ(finished.json()["dropped"], 1);
  EXPECT_GT(finished.json()["against"]["kept"].get<double>(), 0.9);
  EXPECT_LT(finished.json()["against"]["displacement"].get<double>(), 0.05);
  const NpyArray moved = read("m.npy");
  ASSERT_EQ(moved.dims, (std::vector<size_t>{120}));
  EXPECT_TRUE(std::isnan(moved.values[10]));
  for (size_t i = 1; i < 120; ++i)
    if (i != 10) {
      EXPECT_LT(moved.values[i], 0.3f) << i;
    }
  EXPECT_GT(moved.values[0], 0.8f);
}

TEST_F(MapCommand, NewRowsArePlacedIntoAFinishedMap) {
  write_groups();
  NpyArray fresh{{3, 4}, {0.1f, 0.2f, 0.0f, 0.0f, 20.3f, -0.4f, 0.0f, 0.0f, NAN, 0.0f, 0.0f, 0.0f}};
  write("new.npy", fresh);
  std::vector<std::string> words = {"project", path("new.npy"), "--into", path("z.npy") + "," + path("y.npy"), "--perplexity", "10",
                                    "--out",   path("p.npy"),   "--json"};
  const Finished finished = run_program(words);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.json()["method"], "placing");
  EXPECT_EQ(finished.json()["n"], 3);
  EXPECT_EQ(finished.json()["dropped"], 1);
  EXPECT_NE(finished.err.find("not finite"), std::string::npos) << finished.err;
  const NpyArray placed = read("p.npy");
  ASSERT_EQ(placed.dims, (std::vector<size_t>{3, 2}));
  EXPECT_NEAR(placed.values[0], 0.1, 0.7);
  EXPECT_NEAR(placed.values[1], 0.2, 0.7);
  EXPECT_NEAR(placed.values[2], 20.3, 0.7);
  EXPECT_NEAR(placed.values[3], -0.4, 0.7);
  EXPECT_TRUE(std::isnan(placed.values[4]));
  const std::string bytes = text_of_file(path("p.npy"));
  words.insert(words.end(), {"--threads", "1"});
  ASSERT_EQ(run_program(words).exit_code, 0);
  EXPECT_EQ(text_of_file(path("p.npy")), bytes);
}

TEST_F(MapCommand, ARunIsProjectedByItsLatents) {
  ASSERT_EQ(run_program({"train", "--data", "strokes", "--set", "count=200", "--set", "hidden=8", "--latent", "3", "--epochs", "1", "--out",
                         path("run")})
                .exit_code,
            0);
  for (const std::string method : {"raw", "pca", "tsne", "umap"}) {
    const Finished made = run_program({"project", path("run"), "--method", method, "--split", "train", "--out", path("y.npy"), "--json"});
    ASSERT_EQ(made.exit_code, 0) << method << ": " << made.err;
    const Json json = made.json();
    EXPECT_EQ(json["n"], read("y.npy").dims[0]);
    EXPECT_EQ(json["kl"].is_number(), method == "tsne") << json.dump();
    EXPECT_EQ(json["kl_curve"].empty(), method != "tsne");
    EXPECT_EQ(json.contains("explained_variance"), method == "pca");
  }
}

TEST_F(MapCommand, AnInterruptedLayoutIsWrittenAsFarAsItCame) {
  write_groups();
  bool sent = false;
  const Finished stopped = run_program({"project", path("z.npy"), "--method", "tsne", "--iterations", "1000000", "--out", path("y.npy")},
                                       [&](pid_t child, const std::string& err) {
                                         if (sent || err.find("tsne 1/1000000") == std::string::npos) return;
                                         kill(child, SIGINT);
                                         sent = true;
                                       });
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_NE(stopped.err.find("holds the map so far"), std::string::npos) << stopped.err;
  EXPECT_EQ(read("y.npy").dims, (std::vector<size_t>{120, 2}));
}

TEST_F(MapCommand, ALayoutBeginsAtAGivenMap) {
  write_groups();
  NpyArray mirrored = read("y.npy");  // the groups change sides
  for (size_t i = 0; i < mirrored.values.size(); i += 2) mirrored.values[i] = -mirrored.values[i];
  mirrored.values[8] = std::nanf("");  // has no place there
  write("mirrored.npy", mirrored);
  const auto side = [&](const std::string& init) {
    const Finished made = run_program({"project", path("z.npy"), "--method", "tsne", "--perplexity", "10", "--iterations", "300", "--init",
                                       init, "--out", path("m.npy")});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    const NpyArray map = read("m.npy");
    double odd = 0.0;
    for (size_t i = 1; i < 120; i += 2) odd += static_cast<double>(map.values[2 * i]);
    EXPECT_TRUE(std::isfinite(map.values[8]));
    return odd > 0.0;
  };
  EXPECT_NE(side(path("y.npy")), side(path("mirrored.npy")));
  write("short.npy", NpyArray{{5, 2}, std::vector<float>(10)});
  const Finished refused = run_program({"project", path("z.npy"), "--method", "umap", "--init", path("short.npy"), "--out", path("m.npy")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("short.npy: 5 x 2 numbers, expected 120 x 2"), std::string::npos) << refused.err;
}

TEST_F(MapCommand, AnOptionOfAnotherMethodIsRefused) {
  const std::vector<std::string> begin = {"project", "no.npy", "--out", path("x.npy"), "--method"};
  for (const std::vector<std::string>& rest : std::vector<std::vector<std::string>>{
           {"umap", "--perplexity", "5"}, {"tsne", "--axes", "1,3"}, {"pca", "--epochs", "9"}, {"tsne", "--neighbours", "5"}}) {
    std::vector<std::string> words = begin;
    words.insert(words.end(), rest.begin(), rest.end());
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_NE(finished.err.find(rest[1] + " says nothing to " + rest[0]), std::string::npos) << finished.err;
  }
}

TEST_F(MapCommand, WrongUseIsSaidBeforeAnythingIsRead) {
  const std::string z = path("no.npy"), y = path("no-map.npy");
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"--out", y},
                                             {"--method", "raw"},
                                             {"--method", "raw", "--map", y},
                                             {"--map", y, "--out", path("o.npy")},
                                             {"--into", z, "--out", y},
                                             {"--into", z + "," + y, "--out", path("o.npy"), "--quality"},
                                             {"--map", y, "--moved", path("m.npy")},
                                             {"--map", y, "--trust", path("t.csv")},
                                             {"--method", "raw", "--out", y, "--trust", y}}) {
    std::vector<std::string> words = {"project", z};
    words.insert(words.end(), more.begin(), more.end());
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 2) << more[0] << " " << more[1] << finished.err;
  }
}

TEST_F(MapCommand, FilesThatDoNotFitAreNamed) {
  write_groups();
  write("short.npy", {{2, 2}, {1, 2, 3, 4}});
  write("few.npy", {{2}, {1, 2}});
  for (const auto& [words, expected] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--map", path("short.npy")}, "short.npy: 2 x 2 numbers, expected 120 x 2"},
           {{"--map", path("y.npy"), "--quality", "--labels", path("few.npy")}, "few.npy: 2 labels, expected 120"},
           {{"--map", path("y.npy"), "--against", path("short.npy")}, "short.npy: 2 x 2 numbers, expected 120 x 2"},
           {{"--into", path("z.npy") + "," + path("short.npy"), "--out", path("o.npy")}, "short.npy: 2 x 2 numbers, expected 120 x 2"},
           {{"--map", path("y.npy"), "--trust", path("z.npy")}, "z.npy: is what is read"}}) {
    std::vector<std::string> all = {"project", path("z.npy")};
    all.insert(all.end(), words.begin(), words.end());
    const Finished finished = run_program(all);
    EXPECT_EQ(finished.exit_code, 1) << expected;
    EXPECT_NE(finished.err.find(expected), std::string::npos) << finished.err;
  }
}

TEST_F(MapCommand, TheBenchFollowsAnArrayToALaterOne) {
  write_groups();
  const std::vector<std::string> bench = {"bench", "tsne", "--points", "120", "--iterations", "300", "--data", path("z.npy"), "--json"};
  const auto moved_to = [&](const std::string& later) {
    std::vector<std::string> words = bench;
    words.insert(words.end(), {"--moved-to", later});
    return run_program(words);
  };
  const Finished still = moved_to(path("z.npy"));
  ASSERT_EQ(still.exit_code, 0) << still.err;
  const Json following = still.json()["by_points"][0]["following"];
  EXPECT_EQ(following["iterations"], 100);
  EXPECT_LT(following["kl"].get<double>(), 1.05 * following["cold_kl"].get<double>());
  const Finished other = moved_to(path("y.npy"));
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("y.npy: 120 x 2 numbers, expected 120 x 4"), std::string::npos) << other.err;
}

}  // namespace
}  // namespace latentscape
