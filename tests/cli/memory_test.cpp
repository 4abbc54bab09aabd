// Data over --memory through the program: trained in windows, resumed and repeated to the same losses, on any amount of memory.
#include <gmock/gmock.h>

#include "core/formats/npy.hpp"
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

class Memory : public ::testing::Test {
 protected:
  Memory() {
    ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
    std::vector<float> values;
    for (size_t i = 0; i < 400 * 6; ++i) values.push_back(static_cast<float>(i % 97) / 50.0f - static_cast<float>(i / 2 % 31) / 30.0f);
    EXPECT_TRUE(atomic_write_file(data_, npy_bytes(std::vector<size_t>{400, 6}, values)).ok());
  }
  ~Memory() override { ::unsetenv("XDG_CACHE_HOME"); }

  Json train(std::vector<std::string> more) const {
    std::vector<std::string> words = {"train", "--json", "--set", "hidden=8"};
    if (std::find(more.begin(), more.end(), "--resume") != more.end()) words.resize(2);
    words.insert(words.end(), more.begin(), more.end());
    const Finished done = run_program(words);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.json();
  }

  TemporaryFolder folder_;
  const std::string data_ = folder_ / "x.npy";
};

TEST_F(Memory, AMappedRunIsResumedAndRepeatedOnAnyMemory) {
  const Json whole = train({"--data", data_, "--memory", "2K", "--epochs", "4", "--batch", "32", "--out", folder_ / "whole"});
  EXPECT_GT(whole["train"]["loss"].get<double>(), 0.0);
  const Json config = Json::parse(text_of_file(folder_ / "whole/run.json"))["config"];
  EXPECT_EQ(config["window"], 2048 / 4 / 24);
  EXPECT_FALSE(config.contains("memory")) << "the window alone changes numbers";

  (void)train({"--data", data_, "--memory", "2K", "--epochs", "2", "--batch", "32", "--out", folder_ / "parts"});
  const Json resumed = train({"--out", folder_ / "parts", "--resume", "--epochs", "4"});  // in memory
  const Json again = train({"--config", folder_ / "whole/run.json", "--out", folder_ / "again"});
  const Json other = train({"--config", folder_ / "whole/run.json", "--memory", "1K", "--out", folder_ / "other"});
  const Json shuffled = train({"--data", data_, "--epochs", "4", "--batch", "32", "--out", folder_ / "memory"});
  for (const char* split : {"train", "heldout", "test"}) {
    EXPECT_EQ(resumed[split]["loss"], whole[split]["loss"]) << split;
    EXPECT_EQ(again[split]["loss"], whole[split]["loss"]) << split;
    EXPECT_EQ(other[split]["loss"], whole[split]["loss"]) << split;
    EXPECT_NE(shuffled[split]["loss"], whole[split]["loss"]) << "another order";
  }
  ASSERT_EQ(run_program({"encode", folder_ / "whole", "--memory", "1K", "--out", folder_ / "a.npy"}).exit_code, 0);
  ASSERT_EQ(run_program({"encode", folder_ / "whole", "--out", folder_ / "b.npy"}).exit_code, 0);
  EXPECT_EQ(text_of_file(folder_ / "a.npy"), text_of_file(folder_ / "b.npy"));
  EXPECT_EQ(run_program({"eval", folder_ / "whole", "--memory", "1K", "--json"}).json()["loss"],
            run_program({"eval", folder_ / "whole", "--json"}).json()["loss"]);
}

TEST_F(Memory, TheCacheIsSeenAndCleared) {
  const Json info = run_program({"data", "info", data_, "--memory", "1K", "--json"}).json();
  EXPECT_EQ(info["mapped"], true);
  EXPECT_THAT(info["warnings"].dump(), HasSubstr("read from the disk as they are needed"));
  const Json held = run_program({"data", "cache", "--json"}).json();
  EXPECT_EQ(held["entries"], 1);
  EXPECT_GT(held["bytes"].get<size_t>(), 400u * 6 * 4);
  EXPECT_EQ(run_program({"data", "cache", "--clear", "--limit", "5G", "--json"}).json()["limit"], size_t{5} << 30);
  EXPECT_EQ(run_program({"data", "cache", "--json"}).json()["entries"], 0);
  const Json here = run_program({"data", "info", data_, "--json"}).json();
  EXPECT_EQ(here["mapped"], false);
  EXPECT_EQ(here["fingerprint"], info["fingerprint"]);
  const Finished refused = run_program({"data", "info", data_, "--memory", "much"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--memory is 'much', expected bytes, as in 2G"));
}

}  // namespace
}  // namespace latentscape
