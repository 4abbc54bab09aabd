// What is done with a finished run: evaluating, encoding, decoding, pictures, figures, exports.
#include <cmath>

#include "core/formats/npy.hpp"
#include "core/nn/kernels.hpp"
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

/// One small 2-D run for all of these tests.
class Explore : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const Finished trained = run_program(small_training({"--epochs", "20", "--set", "lr=0.01", "--out", run(), "--json"}));
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    trained_ = trained.json();
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static std::string run() { return path("run"); }
  static std::string path(const std::string& name) { return *folder_ / name; }
  static NpyArray array(const std::string& name) {
    auto read = read_npy(path(name));
    EXPECT_TRUE(read.ok());
    return read.ok() ? *read : NpyArray();
  }

  static void write_npy(const std::string& name, const NpyArray& array) {
    const Bytes bytes = npy_bytes(array);
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  static std::unique_ptr<TemporaryFolder> folder_;
  static Json trained_;
};
std::unique_ptr<TemporaryFolder> Explore::folder_;
Json Explore::trained_;

TEST_F(Explore, EvalRepeatsTheNumbersOfTraining) {
  const Finished finished = run_program({"eval", run(), "--metrics", "au,mi,knn", "--iwae", "5", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  EXPECT_EQ(report["split"], "test");
  for (const char* key : {"n", "loss", "elbo", "reconstruction", "kl"}) EXPECT_EQ(report[key], trained_["test"][key]) << key;
  EXPECT_EQ(report["kl_per_dim"].size(), 2u);
  EXPECT_TRUE(report.contains("active_units"));
  EXPECT_EQ(report["knn_accuracy"]["k"], 5);
  EXPECT_GT(report["knn_accuracy"]["value"].get<double>(), 0.15) << "ten classes: chance is 0.1";
  EXPECT_LE(report["mutual_information"]["value"].get<double>(), report["mutual_information"]["cap"].get<double>());
  EXPECT_EQ(report["iw_nll"]["k"], 5);
  EXPECT_LT(report["iw_nll"]["value"].get<double>(), report["loss"].get<double>() + 1.0);
  EXPECT_EQ(run_program({"eval", run(), "--metrics", "kmm", "--json"}).exit_code, 2);
}

TEST_F(Explore, DataThatMovedIsNamedWithTheWayOut) {
  const Finished moved = run_program({"eval", run(), "--data", "/nowhere", "--json"});
  EXPECT_EQ(moved.exit_code, 1);
  EXPECT_EQ(moved.json()["error"]["code"], "not_found");
  EXPECT_EQ(run_program({"eval", run(), "--data", "mixture", "--json"}).json()["error"]["code"], "invalid_argument") << "another shape";
}

// --data says what to take, so other data of the same shape is taken with a warning; without it the run's own data is promised.
TEST_F(Explore, OtherDataIsTakenWhereItIsNamedAndOnlyThere) {
  const NpyArray images = {{40, 28, 28}, std::vector<float>(40 * 784, 0.25f)};
  write_npy("images.npy", images);
  ASSERT_EQ(run_program({"train", "--data", path("images.npy"), "--epochs", "1", "--set", "hidden=8", "--out", path("moved")}).exit_code,
            0);
  write_npy("images.npy", {{40, 28, 28}, std::vector<float>(40 * 784, 0.5f)});
  const Finished changed = run_program({"eval", path("moved"), "--json"});
  EXPECT_EQ(changed.exit_code, 1);
  EXPECT_NE(changed.err.find("is not the data that"), std::string::npos) << changed.err;
  const Finished named = run_program({"eval", path("moved"), "--data", path("images.npy"), "--json"});
  EXPECT_EQ(named.exit_code, 0);
  EXPECT_NE(named.err.find("warning: "), std::string::npos) << named.err;
  const Finished resumed = run_program({"train", "--out", path("moved"), "--resume", "--epochs", "2", "--data", path("images.npy")});
  EXPECT_EQ(resumed.exit_code, 1);
  EXPECT_NE(resumed.err.find("is not the data that"), std::string::npos) << resumed.err;

  const std::string before = text_of_file(path("images.npy"));
  for (const char* name : {"z.npy", "images.npy"}) {
    const Finished over = run_program({"encode", path("moved"), "--out", path(name), "--logvar", path("images.npy")});
    EXPECT_NE(over.exit_code, 0) << "the run's data in its recorded place is not written over";
  }
  EXPECT_EQ(text_of_file(path("images.npy")), before);

  // No labels: said at once by what needs them.
  const Finished knn = run_program({"eval", path("moved"), "--data", path("images.npy"), "--metrics", "knn"});
  EXPECT_EQ(knn.exit_code, 1);
  EXPECT_NE(knn.err.find("has no labels"), std::string::npos) << knn.err;
}

TEST_F(Explore, NothingIsWrittenOverARunOrOverWhatIsRead) {
  const std::string checkpoint = trained_["checkpoint"], checkpoint_before = text_of_file(checkpoint);
  ASSERT_EQ(run_program({"encode", run(), "--out", path("in.npy")}).exit_code, 0);
  const std::string latents = text_of_file(path("in.npy"));
  std::filesystem::create_directory(path("folder.npy"));
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"export", run(), "--format", "safetensors", "--out", checkpoint},
                                             {"export", checkpoint, "--format", "safetensors", "--out", checkpoint},
                                             {"export", run(), "--format", "npz", "--out", run() + "/checkpoints/w.npz"},
                                             {"decode", run(), "--z", path("in.npy"), "--out", path("in.npy")},
                                             {"project", path("in.npy"), "--method", "raw", "--out", path("./in.npy")},
                                             {"encode", run(), "--out", path("folder.npy")},
                                             {"encode", run(), "--out", path("no-folder/z.npy")}}) {
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 1) << words[0];
    EXPECT_NE(finished.err.find(words.back()), std::string::npos) << finished.err;
  }
  EXPECT_EQ(text_of_file(checkpoint), checkpoint_before);
  EXPECT_EQ(text_of_file(path("in.npy")), latents);
  EXPECT_TRUE(std::filesystem::is_empty(path("folder.npy")));
}

TEST_F(Explore, WhatIsNoRunOrNoTableOfPointsSaysWhatWasExpected) {
  std::ofstream(path("script.py")) << "print('hello, this is not a checkpoint')";
  const Finished script = run_program({"eval", path("script.py")});
  EXPECT_EQ(script.exit_code, 1);
  EXPECT_NE(script.err.find("script.py: is not a run; expected a run directory or a .safetensors checkpoint"), std::string::npos)
      << script.err;
  write_npy("flat.npy", {{5}, {1, 2, 3, 4, 5}});
  const Finished flat = run_program({"project", path("flat.npy"), "--method", "pca", "--out", path("m.npy")});
  EXPECT_EQ(flat.exit_code, 1);
  EXPECT_NE(flat.err.find("has 1 dimension, expected 2"), std::string::npos) << flat.err;
}

TEST_F(Explore, ADamagedCheckpointIsLeftOutAndTheOneBeforeIsTaken) {
  std::filesystem::copy(run(), path("damaged"), std::filesystem::copy_options::recursive);
  const std::string newest = path("damaged") + "/checkpoints/" + std::filesystem::path(trained_["checkpoint"]).filename().string();
  std::string bytes = text_of_file(newest);
  bytes[bytes.size() - 1000] = static_cast<char>(bytes[bytes.size() - 1000] ^ 2);
  std::ofstream(newest, std::ios::binary) << bytes;
  const Finished finished = run_program({"eval", path("damaged"), "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_LT(finished.json()["step"].get<size_t>(), trained_["steps"].get<size_t>());
  EXPECT_NE(finished.err.find(newest), std::string::npos) << finished.err;
  EXPECT_NE(finished.err.find("is damaged"), std::string::npos) << finished.err;
}

TEST_F(Explore, EncodeDecodeAndProjectKeepTheRows) {
  ASSERT_EQ(run_program({"encode", run(), "--split", "test", "--out", path("z.npy"), "--logvar", path("lv.npy")}).exit_code, 0);
  const NpyArray z = array("z.npy");
  EXPECT_EQ(z.dims, (std::vector<size_t>{trained_["test"]["n"].get<size_t>(), 2}));
  EXPECT_EQ(array("lv.npy").dims, z.dims);
  ASSERT_EQ(run_program({"encode", run(), "--split", "test", "--sample", "--out", path("s.npy")}).exit_code, 0);
  EXPECT_NE(array("s.npy").values, z.values);

  ASSERT_EQ(run_program({"decode", run(), "--z", path("z.npy"), "--out", path("x.npy")}).exit_code, 0);
  EXPECT_EQ(array("x.npy").dims, (std::vector<size_t>{z.dims[0], 28, 28}));
  EXPECT_EQ(run_program({"decode", run(), "--z", path("lv.npy"), "--out", path("x.csv")}).exit_code, 1) << "a table of images";

  ASSERT_EQ(run_program({"project", path("z.npy"), "--method", "raw", "--out", path("y.npy")}).exit_code, 0);
  EXPECT_EQ(array("y.npy"), z) << "raw shows the latents as they are";
  const Finished tsne = run_program(
      {"project", path("z.npy"), "--method", "tsne", "--perplexity", "5", "--iterations", "20", "--out", path("t.npy"), "--json"});
  ASSERT_EQ(tsne.exit_code, 0) << tsne.err;
  for (const char* key : {"method", "n", "dropped", "iterations", "kl", "seconds", "seconds_neighbours", "ms_per_iteration"})
    EXPECT_TRUE(tsne.json().contains(key)) << key;
}

TEST_F(Explore, RowsThatCannotBeProjectedAreListedAndNaN) {
  NpyArray points = {{4, 3}, {0, 0, 1, 1, 2, 3, NAN, 1, 1, 4, 5, 9}};
  write_npy("p.npy", points);
  const Finished finished = run_program({"project", path("p.npy"), "--method", "pca", "--out", path("q.npy"), "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.json()["dropped"], 1);
  EXPECT_EQ(finished.json()["not_finite"], std::vector<uint32_t>{2});
  EXPECT_NE(finished.err.find("not finite are NaN in the map, 1 of them: 2"), std::string::npos) << finished.err;
  const NpyArray map = array("q.npy");
  ASSERT_EQ(map.dims, (std::vector<size_t>{4, 2}));
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(std::isnan(map.values[2 * i]), i == 2);
}

TEST_F(Explore, PicturesAreWrittenAndTheSameEachTime) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"sample", run(), "-n", "9"},
                                             {"interpolate", run(), "--from", "0", "--to", "7", "--steps", "5"},
                                             {"traverse", run()},
                                             {"manifold", run(), "--size", "4"}}) {
    std::string first;
    for (const char* name : {"a.png", "b.png"}) {
      std::vector<std::string> with_out = words;
      with_out.insert(with_out.end(), {"--out", path(name)});
      const Finished finished = run_program(with_out);
      ASSERT_EQ(finished.exit_code, 0) << finished.err;
      const std::string bytes = text_of_file(path(name));
      EXPECT_EQ(bytes.substr(1, 3), "PNG") << words[0];
      EXPECT_TRUE(first.empty() || bytes == first) << words[0];
      first = bytes;
    }
  }
  EXPECT_EQ(run_program({"interpolate", run(), "--from", "0", "--to", "9999", "--out", path("c.png"), "--json"}).json()["error"]["code"],
            "invalid_argument");
  EXPECT_EQ(run_program({"manifold", run(), "--axes", "1,3", "--out", path("c.png")}).exit_code, 1);
}

TEST_F(Explore, FiguresOfEveryKind) {
  for (const char* what : {"latent", "losses", "kl", "manifold"})
    for (const auto& [extension, magic] :
         std::vector<std::pair<std::string, std::string>>{{"svg", "<?xml"}, {"pdf", "%PDF"}, {"png", "\x89PNG"}}) {
      const std::string out = path(std::string(what) + "." + extension);
      const Finished finished = run_program({"plot", run(), "--what", what, "--out", out, "--width", "400"});
      ASSERT_EQ(finished.exit_code, 0) << what << ": " << finished.err;
      EXPECT_EQ(text_of_file(out).substr(0, magic.size()), magic) << out;
    }
  for (const char* by : {"loss", "kl", "none"})
    EXPECT_EQ(run_program({"plot", run(), "--what", "latent", "--color", by, "--out", path("c.png")}).exit_code, 0) << by;
  const std::string colours = run_program({"plot", run(), "--what", "latent", "--color", "lable", "--out", path("c.png")}).err;
  EXPECT_NE(colours.find("'label'"), std::string::npos);
  EXPECT_EQ(colours.find(" label,"), colours.rfind(" label,")) << "listed once: " << colours;
  EXPECT_EQ(run_program({"plot", run(), "--what", "losses", "--out", path("c.bmp")}).exit_code, 2);
}

TEST_F(Explore, ExportsAndCheckpointFilesAreRunsToo) {
  EXPECT_EQ(run_program({"export", run(), "--format", "safetensors", "--out", path("w.safetensors")}).exit_code, 0);
  EXPECT_GT(std::filesystem::file_size(path("w.safetensors")), 4 * 784 * 32 * 2u);
  const std::string checkpoint = trained_["checkpoint"];
  EXPECT_EQ(run_program({"eval", checkpoint, "--json"}).json()["loss"], trained_["test"]["loss"]);
  std::ofstream(path("torn.safetensors")) << text_of_file(checkpoint).substr(0, 1000);
  const Finished torn = run_program({"eval", path("torn.safetensors"), "--json"});
  EXPECT_EQ(torn.exit_code, 1);
  EXPECT_NE(torn.err.find("torn.safetensors"), std::string::npos) << torn.err;
  EXPECT_EQ(run_program({"eval", path("no-run"), "--json"}).json()["error"]["code"], "not_found");
}

TEST(Bench, GivesItsValueBesideItsLimit) {
  for (const char* name : {"train", "decode"}) {
    const Finished finished = run_program({"bench", name, "--seconds", "0.2", "--threads", "1", "--json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    const Json report = finished.json();
    EXPECT_EQ(report["name"], name);
    EXPECT_DOUBLE_EQ(report["ratio_to_limit"].get<double>(), report["value"].get<double>() / report["limit"].get<double>());
    EXPECT_TRUE(report.contains("unit"));
  }
}

// Products leave zeros out, so that the numbers depend on the data: it can be chosen, and the report says how many zeros it has.
TEST(Bench, TrainsOnTheDataAskedFor) {
  const auto zeros = [](const char* data) {
    const Finished finished = run_program({"bench", "train", "--data", data, "--seconds", "0.1", "--json"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.json()["zeros"].get<double>();
  };
  EXPECT_GT(zeros("strokes"), 0.5);
  EXPECT_EQ(zeros("mixture"), 0.0);
  EXPECT_EQ(run_program({"bench", "train", "--data", "no-such-data", "--json"}).exit_code, 1);
}

// A python3 that answers as one with PyTorch would: the numbers of its best setting stand beside ours; without one there is a note.
TEST(Bench, ThePeerStandsBesideIt) {
  const TemporaryFolder folder;
  const std::string program = folder / "python3", before = getenv("PATH");
  std::ofstream(program)
      << "#!/bin/sh\nshift 2\n"
         "echo \"{\\\"ms_per_step\\\": $((4 - $OPENBLAS_NUM_THREADS - 0${OPENBLAS_CORETYPE:+1})), \\\"asked\\\": \\\"$*\\\"}\"\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  setenv("PATH", (folder / ":" + before).c_str(), 1);
  const Finished finished = run_program({"bench", "train", "--peer", "--batch", "16", "--seconds", "0.1", "--threads", "2", "--json"});
  const Finished other = run_program({"bench", "train", "--peer", "--model", "cvae", "--seconds", "0.1", "--json"});
  setenv("PATH", before.c_str(), 1);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  EXPECT_EQ(report["pytorch"]["threads"], (std::vector<int>{2, 2}));
  const bool wide = kernels_of(InstructionSet::avx512);
  EXPECT_EQ(report["pytorch"]["openblas_coretype"], wide ? "SKYLAKEX" : "");
  EXPECT_EQ(report["pytorch"]["asked"], "784,400,40 20,400,784 16 0.1 2");
  EXPECT_DOUBLE_EQ(report["ratio_to_peer"].get<double>(), report["value"].get<double>() / (wide ? 16000.0 : 8000.0));
  EXPECT_TRUE(other.json()["ratio_to_peer"].is_null());
  EXPECT_TRUE(other.json()["pytorch"].contains("note"));
}

TEST(Bench, MapsAreMeasuredByTheNumberOfPoints) {
  const Finished finished = run_program({"bench", "tsne", "--points", "200,3100", "--iterations", "3", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  EXPECT_EQ(report["by_points"].size(), 2u);
  EXPECT_EQ(report["by_points"][1]["n"], 3100);
  EXPECT_EQ(report["value"], report["by_points"][1]["ms_per_iteration"]);
  for (const char* key : {"seconds", "seconds_start", "ms_per_iteration_last_100", "kl", "ms_field", "ms_exact_pairs"})
    EXPECT_GT(report["by_points"][0][key].get<double>(), 0.0) << key;
  EXPECT_FALSE(report["by_points"][0].contains("following") || report["by_points"][0].contains("ms_to_stop_start"));
  EXPECT_EQ(run_program({"bench", "tsne", "--points", "90", "--json"}).exit_code, 2);

  const Finished more = run_program({"bench", "tsne", "--points", "200", "--iterations", "300", "--moved", "0.01", "--stop", "--json"});
  ASSERT_EQ(more.exit_code, 0) << more.err;
  const Json row = more.json()["by_points"][0], following = row["following"];
  EXPECT_EQ(following["iterations"], 100) << "the moved points are followed, not laid out anew";
  EXPECT_NEAR(following["kl"].get<double>(), following["cold_kl"].get<double>(), 0.2);
  for (const char* key : {"ms_to_stop_start", "ms_to_stop_iteration"}) EXPECT_GT(row[key].get<double>(), 0.0) << key;
}

}  // namespace
}  // namespace latentscape
