// A person's own table and folder of images, all the way: trained, encoded, decoded, and refused where they do not fit.
#include <gmock/gmock.h>

#include <cmath>

#include "core/formats/csv.hpp"
#include "core/formats/image.hpp"
#include "core/formats/npy.hpp"
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string table_text(size_t n) {
  std::string text = "height;colour;weight;class\n";
  for (size_t i = 0; i < n; ++i)
    text += fmt::format("{};\"{}\";{};{}\n", 150 + i * 7 % 50, i % 3 ? "green; light" : "red", 4000 + i * 11 % 60, i % 2 ? "cat" : "dog");
  return text;
}

TEST(OwnData, ATableIsTrainedOnAndDecodedInItsOwnUnits) {
  const TemporaryFolder folder;
  const std::string table = folder / "people.csv", run = folder / "run";
  ASSERT_TRUE(atomic_write_file(table, std::string_view(table_text(120))).ok());
  const Json info = run_program({"data", "info", table, "--json"}).json();
  EXPECT_EQ(info["kind"], "table");
  EXPECT_EQ(info["shape"], Json({4}));
  EXPECT_EQ(info["label"], "class");
  EXPECT_EQ(info["inputs"].size(), 3u);
  const Finished trained = run_program(
      {"train", "--data", table, "--label", "class", "--latent", "2", "--set", "hidden=8", "--epochs", "2", "--out", run, "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  ASSERT_EQ(run_program({"encode", run, "--out", folder / "z.npy"}).exit_code, 0);
  EXPECT_THAT(read_npy(folder / "z.npy")->dims, ElementsAre(120, 2));

  ASSERT_EQ(run_program({"decode", run, "--z", folder / "z.npy", "--out", folder / "x.csv"}).exit_code, 0);
  const auto decoded = read_csv(folder / "x.csv");
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  ASSERT_EQ(decoded->columns.size(), 3u);
  EXPECT_EQ(decoded->columns[0].name, "height");
  for (const float v : decoded->columns[0].numbers) EXPECT_TRUE(v > 100 && v < 250) << v;
  const CsvColumn& weight = decoded->columns[2];
  for (const float v : weight.numbers) EXPECT_TRUE(weight.offset + v > 3900 && weight.offset + v < 4200) << weight.offset + v;
  for (const std::string& word : decoded->columns[1].dictionary) EXPECT_TRUE(word == "red" || word == "green; light") << word;
  ASSERT_EQ(run_program({"decode", run, "--z", folder / "z.npy", "--out", folder / "x.npy"}).exit_code, 0);
  EXPECT_FLOAT_EQ(read_npy(folder / "x.npy")->values[3], static_cast<float>(weight.offset + weight.numbers[0])) << "in the same units";

  // Other rows of the same columns in another order, without a class, are taken by the run's own fit.
  ASSERT_TRUE(atomic_write_file(folder / "new.csv", std::string_view("weight,height,colour\n4000,150,red\n4011,157,green; light\n")).ok());
  const Finished encoded = run_program({"encode", run, "--data", folder / "new.csv", "--split", "all", "--out", folder / "n.npy"});
  ASSERT_EQ(encoded.exit_code, 0) << encoded.err;
  const NpyArray z = *read_npy(folder / "z.npy"), n = *read_npy(folder / "n.npy");
  for (size_t k = 0; k < 4; ++k) EXPECT_NEAR(n.values[k], z.values[k], 1e-4) << "the first two rows are those of the table";
  const std::string odd = "weight,height,colour\n4000,,red\ninf,157,blue\n4011,157,pink\n4000,150,red\n";
  ASSERT_TRUE(atomic_write_file(folder / "odd.csv", std::string_view(odd)).ok());
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"encode", run, "--out", folder / "o.npy"}, {"outliers", run, "--out", folder / "o.csv"}, {"eval", run, "--split", "train"}}) {
    std::vector<std::string> of_odd = words;
    of_odd.insert(of_odd.end(), {"--data", folder / "odd.csv"});
    const Finished told = run_program(of_odd);
    EXPECT_EQ(told.exit_code, 0) << told.err;
    for (const char* warning : {"column 'weight': 1 infinite values count as missing", "column 'height': 1 missing values are taken for",
                                "column 'weight': 1 missing values are taken for", "column 'colour': 2 values are no category"})
      EXPECT_THAT(told.err, HasSubstr(warning)) << words[0];
  }
  ASSERT_TRUE(atomic_write_file(folder / "bad.csv", std::string_view("weight,colour\n4000,red\n4011,red\n")).ok());
  const Finished refused = run_program({"encode", run, "--data", folder / "bad.csv", "--out", folder / "b.npy", "--json"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.json()["error"]["message"].get<std::string>(), HasSubstr("has no column 'height'"));
  EXPECT_EQ(run_program({"train", "--out", run, "--resume", "--epochs", "3"}).exit_code, 0) << "fitted again, to the same numbers";
}

/// Times of day in milliseconds, a few numbers beside them and a class.
std::string times_text(size_t n) {
  std::string text = "millis,size,class\n";
  for (size_t i = 0; i < n; ++i) text += fmt::format("{},{},{}\n", 1700000000000 + i * 37 % 101 * 1000, i % 11, i % 2 ? "a" : "b");
  return text;
}

TEST(OwnData, TimesInMillisecondsComeBackAsSuch) {
  const TemporaryFolder folder;
  const std::string table = folder / "times.csv", run = folder / "run";
  ASSERT_TRUE(atomic_write_file(table, std::string_view(times_text(120))).ok());
  const Finished trained = run_program({"train", "--data", table, "--model", "cvae", "--latent", "2", "--set", "hidden=8", "--set",
                                        "heldout=0", "--epochs", "2", "--out", run, "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("epoch 2/2  train ")) << "also where no row is held out";
  ASSERT_EQ(run_program({"sample", run, "-n", "6", "--out", folder / "x.csv"}).exit_code, 0);
  const auto sampled = read_csv(folder / "x.csv");
  ASSERT_TRUE(sampled.ok()) << sampled.error().message;
  ASSERT_EQ(sampled->columns.size(), 3u);
  EXPECT_EQ(sampled->columns[2].name, "class") << "which each was sampled as";
  EXPECT_EQ(sampled->columns[2].dictionary.size(), 2u);
  EXPECT_GT(sampled->columns[0].least, 1.6999e12);
  EXPECT_LT(sampled->columns[0].most, 1.7001e12);
  EXPECT_GT(sampled->columns[0].most - sampled->columns[0].least, 0.0);
  ASSERT_EQ(run_program({"sample", run, "-n", "6", "--out", folder / "x.npy"}).exit_code, 0);
  const Bytes array = *read_file(folder / "x.npy");
  EXPECT_THAT(std::string(array.begin(), array.begin() + 60), HasSubstr("<f8")) << "floats would lose them";
  // The run goes on with its own fit, and what is encoded keeps the numbers of the file's rows.
  EXPECT_EQ(run_program({"train", "--out", run, "--resume", "--epochs", "3"}).exit_code, 0);
  ASSERT_EQ(run_program({"encode", run, "--split", "test", "--out", folder / "z.npy", "--rows", folder / "rows.npy"}).exit_code, 0);
  const NpyArray rows = *read_npy(folder / "rows.npy"), z = *read_npy(folder / "z.npy");
  ASSERT_EQ(rows.dims, (std::vector<size_t>{z.dims[0]}));
  EXPECT_GT(rows.values.back(), static_cast<float>(z.dims[0])) << "places in the file, not among the test rows";
}

TEST(OwnData, AnArrayIsProjectedWhereverItsOriginIsAndAFolderMayBeCalledLikeOne) {
  const TemporaryFolder folder;
  std::vector<double> far;
  std::vector<float> near;
  for (size_t i = 0; i < 40; ++i)
    for (size_t j = 0; j < 3; ++j) {
      near.push_back(static_cast<float>(i * (j + 3) % 17));
      far.push_back(1.7e12 + static_cast<double>(near.back()));
    }
  const std::vector<size_t> dims = {40, 3};
  ASSERT_TRUE(atomic_write_file(folder / "far.npy", npy_bytes(dims, far)).ok());
  ASSERT_TRUE(atomic_write_file(folder / "near.npy", npy_bytes(dims, near)).ok());
  const Finished projected = run_program({"project", folder / "far.npy", "--method", "pca", "--out", folder / "y.npy"});
  ASSERT_EQ(projected.exit_code, 0) << projected.err;
  EXPECT_THAT(projected.err, HasSubstr("the least of each column is subtracted"));
  ASSERT_EQ(run_program({"project", folder / "near.npy", "--method", "pca", "--out", folder / "n.npy"}).exit_code, 0);
  const NpyArray y = *read_npy(folder / "y.npy"), n = *read_npy(folder / "n.npy");
  for (size_t i = 0; i < y.values.size(); ++i) ASSERT_NEAR(std::abs(y.values[i]), std::abs(n.values[i]), 1e-3) << i;
  const std::string run = folder / "run.npy";
  ASSERT_EQ(
      run_program({"train", "--data", folder / "far.npy", "--latent", "3", "--set", "hidden=8", "--epochs", "1", "--out", run}).exit_code,
      0);
  const Finished of_run = run_program({"project", run, "--method", "pca", "--out", folder / "r.npy"});
  EXPECT_EQ(of_run.exit_code, 0) << of_run.err;
}

TEST(OwnData, ClassesOfOtherDataAreTheRunsByName) {
  const TemporaryFolder folder;
  const auto rows_of = [](const std::string& classes) {
    std::string text = "x,y,class\n";
    for (size_t i = 0; i < 60; ++i) {
      const char name = "abc"[i % 3];
      if (classes.find(name) != std::string::npos) text += fmt::format("{},{},{}\n", i % 3 * 10 + i % 7, i % 5, name);
    }
    return text;
  };
  const std::string all = folder / "all.csv", some = folder / "some.csv", none = folder / "none.csv", run = folder / "run";
  ASSERT_TRUE(atomic_write_file(all, std::string_view(rows_of("abc"))).ok());
  ASSERT_TRUE(atomic_write_file(some, std::string_view(rows_of("bc"))).ok());
  ASSERT_TRUE(atomic_write_file(none, std::string_view("x,y,class\n1,2,b\n1,3,d\n1,4,b\n2,3,d\n")).ok());
  ASSERT_EQ(run_program({"train", "--data", all, "--model", "cvae", "--set", "hidden=8", "--latent", "2", "--epochs", "1", "--out", run})
                .exit_code,
            0);
  ASSERT_EQ(run_program({"encode", run, "--split", "all", "--out", folder / "all.npy"}).exit_code, 0);
  const Finished encoded = run_program({"encode", run, "--data", some, "--split", "all", "--out", folder / "some.npy"});
  ASSERT_EQ(encoded.exit_code, 0) << encoded.err;
  const NpyArray a = *read_npy(folder / "all.npy"), s = *read_npy(folder / "some.npy");
  for (size_t k = 0; k < 4; ++k) EXPECT_FLOAT_EQ(s.values[k], a.values[2 + k]) << "rows 1 and 2 of all are 0 and 1 of some";
  const Finished refused = run_program({"eval", run, "--data", none, "--split", "train"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("its class 'd' is not one of"));
  ASSERT_TRUE(atomic_write_file(none, std::string_view("x,y\n1,2\n1,3\n")).ok());
  const Finished unlabelled = run_program({"encode", run, "--data", none, "--split", "all", "--out", folder / "none.npy"});
  EXPECT_EQ(unlabelled.exit_code, 0) << unlabelled.err;
  EXPECT_THAT(unlabelled.err, HasSubstr("has no labels, which the model 'cvae' reads"));
}

TEST(OwnData, AFolderOfImagesOfAnySizeIsTrainedOnWithSize) {
  const TemporaryFolder folder;
  const std::string photos = folder / "photos";
  for (size_t i = 0; i < 24; ++i) {
    const std::string place = photos + (i % 2 ? "/a" : "/b");
    std::filesystem::create_directories(place);
    Image image{10 + i % 3, 12, 3, {}};
    for (size_t k = 0; k < image.width * image.height * 3; ++k) image.pixels.push_back(static_cast<uint8_t>(k * (i + 3)));
    ASSERT_TRUE(atomic_write_file(place + fmt::format("/{}.png", i), *encode_png(image)).ok());
  }
  const std::vector<std::string> train = {"train",    "--data", photos,  "--set",        "hidden=8",
                                          "--epochs", "1",      "--out", folder / "run", "--json"};
  const Finished mixed = run_program(train);
  EXPECT_EQ(mixed.exit_code, 1);
  EXPECT_THAT(mixed.json()["error"]["message"].get<std::string>(), HasSubstr("a/1.png is 12 x 11 and a/11.png is 12 x 12"));
  std::vector<std::string> sized = train;
  sized.insert(sized.end(), {"--set", "size=8"});
  const Finished trained = run_program(sized);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("all are made 8 x 8"));
  ASSERT_EQ(run_program({"encode", folder / "run", "--out", folder / "z.npy"}).exit_code, 0) << "the run knows its size";
  const std::string picture = photos + "/a/1.png", list = photos + "/list.csv", before = text_of_file(picture);
  ASSERT_TRUE(atomic_write_file(list, std::string_view("mine")).ok());
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"data", "preview", photos, "--set", "size=8", "--out", picture},
                                             {"outliers", folder / "run", "--out", list},
                                             {"outliers", folder / "run", "--data", photos, "--out", photos + "/a/../list.csv"},
                                             {"interpolate", folder / "run", "--from", "0", "--to", "1", "--out", picture},
                                             {"sample", folder / "run", "-n", "4", "--out", picture},
                                             {"plot", folder / "run", "--what", "losses", "--out", picture}}) {
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 1) << words[0];
    EXPECT_THAT(finished.err, HasSubstr("is a file in the folder of the data")) << words[0];
  }
  EXPECT_EQ(text_of_file(picture), before);
  EXPECT_EQ(text_of_file(list), "mine");
  const Json info = run_program({"data", "info", photos, "--set", "size=8", "--set", "colour=grey", "--json"}).json();
  EXPECT_EQ(info["shape"], Json({8, 8}));
  EXPECT_EQ(info["classes"], 2);
  EXPECT_EQ(run_program({"data", "info", photos, "--set", "colour=green"}).exit_code, 2);
}

}  // namespace
}  // namespace latentscape
