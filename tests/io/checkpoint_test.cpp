#include "core/io/checkpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/base/version.hpp"
#include "core/formats/npz.hpp"
#include "core/formats/safetensors.hpp"
#include "core/io/export.hpp"
#include "tests/io/io_fixtures.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

class CheckpointTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string path_ = folder_ / "a.safetensors";
  Checkpoint checkpoint_ = small_checkpoint(42, 1.0 / 7.0);

  void SetUp() override { ASSERT_TRUE(write_checkpoint(path_, checkpoint_, *model_of(checkpoint_)).ok()); }

  /// The message after a change of the file's contents.
  std::string error_after(const std::function<void(Safetensors&)>& change) {
    Safetensors file = read_safetensors(path_).value();
    change(file);
    EXPECT_TRUE(write_safetensors(folder_ / "b.safetensors", file).ok());
    const Result<Checkpoint> read = read_checkpoint(folder_ / "b.safetensors");
    if (read.ok()) return "accepted";
    EXPECT_THAT(read.error().message, HasSubstr("b.safetensors"));
    code_ = read.error().code;
    return read.error().message;
  }
  ErrorCode code_ = ErrorCode::internal;
};

TEST_F(CheckpointTest, ComesBackBitForBit) {
  checkpoint_.unmet = {"b"};
  ASSERT_TRUE(write_checkpoint(path_, checkpoint_, *model_of(checkpoint_)).ok());
  const Result<Checkpoint> back = read_checkpoint(path_);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back->state, checkpoint_.state);
  EXPECT_EQ(back->config, checkpoint_.config);
  EXPECT_EQ(back->shape, checkpoint_.shape);
  EXPECT_EQ(back->classes, checkpoint_.classes);
  EXPECT_EQ(back->unmet, checkpoint_.unmet);
  EXPECT_EQ(back->data_fingerprint, checkpoint_.data_fingerprint);
  EXPECT_EQ(back->heldout_loss, checkpoint_.heldout_loss);
}

TEST_F(CheckpointTest, AStateThatIsItsOwnToGoBackToIsWrittenOnce) {
  const auto twice = std::filesystem::file_size(path_);
  checkpoint_.state.good.reset();
  ASSERT_TRUE(write_checkpoint(path_, checkpoint_, *model_of(checkpoint_)).ok());
  EXPECT_LT(std::filesystem::file_size(path_), twice - 4 * checkpoint_.state.parameters.size());
  EXPECT_EQ(read_checkpoint(path_)->state, checkpoint_.state);
}

// Any bit of the numbers, and any of the metadata that still reads as something.
TEST_F(CheckpointTest, AFlippedBitIsFoundByTheChecksum) {
  const Bytes whole = read_file(path_).value();
  for (size_t back = 1; back < 4 * checkpoint_.state.parameters.size(); back += 101) {
    Bytes bytes = whole;
    bytes[bytes.size() - back] ^= 1;  // the lowest bits of a number: finite and close
    const Result<Checkpoint> read = parse_checkpoint(bytes, "flipped.safetensors");
    ASSERT_FALSE(read.ok()) << back;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    EXPECT_THAT(read.error().message, HasSubstr("flipped.safetensors"));
  }
  EXPECT_THAT(error_after([](Safetensors& f) { f.tensors[0].bytes[0] ^= 1; }), HasSubstr("is damaged: its crc32 is"));
  EXPECT_EQ(code_, ErrorCode::corrupt);
  EXPECT_THAT(error_after([](Safetensors& f) { f.metadata["learning_rate"] = "0.5"; }),
              HasSubstr("expected " + read_safetensors(path_)->metadata["crc32"]));
}

TEST_F(CheckpointTest, OneOfTheFirstVersionStillLoads) {
  Safetensors file = read_safetensors(path_).value();
  file.metadata["format_version"] = "1";
  for (const char* key : {"crc32", "attempts", "fault_step", "good_loss", "recovery_step", "recovery_epoch", "recovery_position",
                          "target_epochs", "plateau_best", "plateau_judged", "plateau_waited", "plateau_scale", "recovery_plateau_best",
                          "recovery_plateau_judged", "recovery_plateau_waited", "recovery_plateau_scale"})
    ASSERT_EQ(file.metadata.erase(key), 1u) << key;
  for (Tensor& tensor : file.tensors)
    for (const auto& [name, old] : {std::pair<std::string, std::string>{"optimizer.first_moments.", "optimizer.adam_mean."},
                                    {"optimizer.second_moments.", "optimizer.adam_variance."}})
      if (tensor.name.starts_with(name)) tensor.name = old + tensor.name.substr(name.size());
  const auto later = [](const Tensor& t) { return t.name.starts_with("recovery."); };
  file.tensors.erase(std::remove_if(file.tensors.begin(), file.tensors.end(), later), file.tensors.end());
  ASSERT_TRUE(write_safetensors(folder_ / "old.safetensors", file).ok());
  const Result<Checkpoint> old = read_checkpoint(folder_ / "old.safetensors");
  ASSERT_TRUE(old.ok()) << old.error().message;
  EXPECT_EQ(old->state.parameters, checkpoint_.state.parameters);
  EXPECT_EQ(old->state.first_moments, checkpoint_.state.first_moments);
  EXPECT_EQ(old->state.second_moments, checkpoint_.state.second_moments);
  EXPECT_EQ(old->state.attempts, 0u);
  EXPECT_EQ(old->state.target_epochs, checkpoint_.config.epochs);
  EXPECT_EQ(old->state.plateau, PlateauState());
  EXPECT_FALSE(old->state.good.has_value());
}

// format2.safetensors is from the last program of that version: train --data mixture --set count=40000 --set hidden=2 --latent 1
// --batch 1 --epochs 1000000, stopped by Ctrl-C within an epoch, so that it keeps a state to go back to.
TEST(OldCheckpoint, OneOfTheSecondVersionStillLoads) {
  const std::string path = LS_SOURCE_DIR "/tests/io/format2.safetensors";
  const Result<Checkpoint> old = read_checkpoint(path);
  ASSERT_TRUE(old.ok()) << old.error().message;
  EXPECT_EQ(old->state.target_epochs, 1000000u);
  ASSERT_TRUE(old->state.good.has_value());
  const Safetensors file = read_safetensors(path).value();
  const auto model = model_of(*old);
  for (const ParameterBlock& block : model->blocks()) {
    const auto at = [&](const std::vector<float>& v) {
      return std::vector<float>(v.begin() + block.offset, v.begin() + block.offset + block.size);
    };
    EXPECT_EQ(at(old->state.first_moments), floats_of(file, "optimizer.adam_mean." + block.name).value());
    EXPECT_EQ(at(old->state.good->second_moments), floats_of(file, "recovery.optimizer.adam_variance." + block.name).value());
  }
}

TEST_F(CheckpointTest, SummaryNeedsTheHeaderOnlyAndSeesACutFile) {
  const Result<CheckpointSummary> summary = read_checkpoint_summary(path_);
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_EQ(summary->step, 42u);
  EXPECT_EQ(summary->heldout_loss, 1.0 / 7.0);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 1);
  EXPECT_FALSE(read_checkpoint_summary(path_).ok());
  std::filesystem::resize_file(path_, 3);
  EXPECT_FALSE(read_checkpoint_summary(path_).ok());
}

TEST_F(CheckpointTest, NamesAndShapesArePyTorchs) {
  const Safetensors file = read_safetensors(path_).value();
  for (const std::string prefix : {"", "optimizer.first_moments.", "optimizer.second_moments."}) {
    const Tensor* weight = file.find(prefix + "encoder.0.weight");
    ASSERT_NE(weight, nullptr) << prefix;
    EXPECT_EQ(weight->shape, (std::vector<size_t>{7, 6}));
    EXPECT_EQ(weight->dtype, "F32");
  }
}

TEST_F(CheckpointTest, AnotherModelIsNamed) {
  EXPECT_EQ(error_after([](Safetensors& f) {
              for (Tensor& t : f.tensors)
                if (t.name == "encoder.0.weight") t.shape = {6, 7};
            }),
            std::string(folder_ / "b.safetensors") +
                ": tensor encoder.0.weight has shape 6 x 7, expected 7 x 6: the checkpoint is of another model");
  EXPECT_THAT(error_after([](Safetensors& f) { f.tensors.erase(f.tensors.begin()); }), HasSubstr("is missing"));
  EXPECT_THAT(error_after([](Safetensors& f) { f.tensors.push_back(tensor_from("extra", {1}, std::vector<float>{1})); }),
              HasSubstr("tensor extra is not part of the model"));
  EXPECT_THAT(error_after([](Safetensors& f) {
                f.tensors[0] = tensor_from(f.tensors[0].name, f.tensors[0].shape, std::vector<double>(f.tensors[0].bytes.size() / 4));
              }),
              HasSubstr("F64"));
  EXPECT_THAT(error_after([](Safetensors& f) {
                for (Tensor& t : f.tensors)
                  if (t.name == "decoder.0.bias") std::fill(t.bytes.begin(), t.bytes.end(), uint8_t{0xFF});
              }),
              HasSubstr("expected finite numbers"));
}

TEST_F(CheckpointTest, MetadataIsCheckedKeyByKey) {
  EXPECT_THAT(error_after([](Safetensors& f) { f.metadata["format_version"] = "4"; }), HasSubstr("written by a later version"));
  EXPECT_EQ(code_, ErrorCode::unsupported);
  EXPECT_THAT(error_after([](Safetensors& f) { f.metadata.clear(); }), HasSubstr("is not a checkpoint of this program"));
  const std::map<std::string, std::string> metadata = read_safetensors(path_).value().metadata;
  for (const auto& entry : metadata) {
    if (entry.first == "program_version" || entry.first == "good_loss") continue;  // for people; none yet
    if (entry.first.ends_with("plateau_best")) continue;                           // none yet
    const std::string message = error_after([&](Safetensors& f) { f.metadata.erase(entry.first); });
    EXPECT_THAT(message, HasSubstr(entry.first));
  }
  EXPECT_THAT(error_after([](Safetensors& f) { f.metadata["step"] = "12x"; }), HasSubstr("metadata 'step' is '12x', expected a number"));
  EXPECT_THAT(error_after([](Safetensors& f) { f.metadata["shape"] = "3,0"; }), HasSubstr("'shape'"));
  // A model far larger than the file must be refused before memory is taken for it.
  EXPECT_NE(error_after([](Safetensors& f) { f.metadata["shape"] = "4000000000,4000000000"; }), "accepted");
}

TEST_F(CheckpointTest, TruncatedAndForeignFilesAreErrors) {
  const Bytes whole = read_file(path_).value();
  for (size_t size = 0; size < whole.size(); size += 97) {
    const Result<Checkpoint> read = parse_checkpoint(ByteView(whole.data(), size), "cut.safetensors");
    ASSERT_FALSE(read.ok()) << size;
    EXPECT_THAT(read.error().message, HasSubstr("cut.safetensors"));
  }
  const std::string text = "this is not a checkpoint, it is a letter to somebody";
  EXPECT_FALSE(parse_checkpoint(Bytes(text.begin(), text.end()), "letter").ok());
  EXPECT_EQ(read_checkpoint(folder_ / "none.safetensors").error().code, ErrorCode::not_found);
}

TEST_F(CheckpointTest, NonFiniteWeightsAreNotWritten) {
  Checkpoint bad = checkpoint_;
  bad.state.parameters[3] = INFINITY;
  const Bytes before = read_file(path_).value();
  EXPECT_EQ(write_checkpoint(path_, bad, *model_of(bad)).error().code, ErrorCode::non_finite);
  EXPECT_EQ(read_file(path_).value(), before);
}

TEST_F(CheckpointTest, MutationsNeverCrash) {
  const Bytes whole = read_file(path_).value();
  Rng rng(2, RngStream::general);
  size_t refused = 0;
  for (int i = 0; i < 4000; ++i) {
    // Mostly in the header, where the meaning is.
    const Bytes bytes = mutated(whole, rng, i % 4 ? 2500 : whole.size());
    refused += parse_checkpoint(bytes, "x").ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 1000u);
}

TEST_F(CheckpointTest, ExportsHoldTheWeightsAlone) {
  LoadedRun run;
  run.checkpoint = checkpoint_;
  run.model = model_of(checkpoint_);
  ASSERT_TRUE(export_safetensors(folder_ / "w.safetensors", run).ok());
  ASSERT_TRUE(export_npz(folder_ / "w.npz", run).ok());
  const Safetensors file = read_safetensors(folder_ / "w.safetensors").value();
  const NamedArrays arrays = read_npz(folder_ / "w.npz").value();
  ASSERT_EQ(file.tensors.size(), run.model->blocks().size());
  ASSERT_EQ(arrays.size(), run.model->blocks().size());
  for (size_t i = 0; i < arrays.size(); ++i) {
    const ParameterBlock& block = run.model->blocks()[i];
    const auto* begin = checkpoint_.state.parameters.data() + block.offset;
    const std::vector<float> expected(begin, begin + block.size);
    EXPECT_EQ(arrays[i].first, block.name);
    EXPECT_EQ(arrays[i].second.dims, block.shape);
    EXPECT_EQ(arrays[i].second.values, expected);
    EXPECT_EQ(floats_of(file, block.name).value(), expected);
  }
}

TEST(Version, IsTheOneOfCMake) { EXPECT_THAT(text_of(LS_SOURCE_DIR "/CMakeLists.txt"), HasSubstr(fmt::format("VERSION {} ", kVersion))); }

}  // namespace
}  // namespace latentscape
