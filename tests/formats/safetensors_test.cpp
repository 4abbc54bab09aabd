#include "core/formats/safetensors.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

Safetensors example() {
  Safetensors file;
  file.tensors.push_back(tensor_from("step", {}, std::vector<int64_t>{1234567890123}));
  file.tensors.push_back(tensor_from("encoder.0.weight", {2, 3}, std::vector<float>{1, -2, 3.5f, 1e-40f, 0, 6}));
  file.tensors.push_back(tensor_from("empty", {0, 4}, std::vector<float>{}));
  file.tensors.push_back(tensor_from("mask", {3}, std::vector<uint8_t>{0, 255, 7}));
  file.metadata = {{"config", "{\"latent\": 2,\n\t\"name\": \"\\u00e9\"}"}, {"note", "z ∈ ℝ², \x01"}};
  return file;
}

/// Header text and data as they lie in a file.
Bytes raw(std::string_view json, size_t data) {
  Bytes out;
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<uint8_t>(uint64_t{json.size()} >> shift & 0xffu));
  out.insert(out.end(), json.begin(), json.end());
  out.resize(out.size() + data);
  return out;
}

std::string message(const Result<Safetensors>& result) { return result.ok() ? "ok" : result.error().message; }

TEST(Safetensors, RoundTripIsExact) {
  const Safetensors file = example();
  const auto bytes = safetensors_bytes(file);
  ASSERT_TRUE(bytes.ok()) << bytes.error().message;
  const auto back = parse_safetensors(*bytes, "a");
  ASSERT_TRUE(back.ok()) << message(back);
  EXPECT_EQ(back->tensors, file.tensors);
  EXPECT_EQ(back->metadata, file.metadata);
  EXPECT_EQ(*safetensors_bytes(*back), *bytes);
  EXPECT_EQ(floats_of(*back, "encoder.0.weight")->at(2), 3.5f);
  EXPECT_EQ(integers_of(*back, "step")->at(0), 1234567890123);
  EXPECT_THAT(floats_of(*back, "step").error().message, HasSubstr("is I64, expected F32"));
  EXPECT_THAT(floats_of(*back, "no").error().message, HasSubstr("'no' is missing"));
}

TEST(Safetensors, WideElementsComeFirstSoThatAllAreAligned) {
  Safetensors file;
  file.tensors.push_back(tensor_from("mask", {3}, std::vector<uint8_t>{1, 2, 3}));
  file.tensors.push_back(tensor_from("moments", {1}, std::vector<double>{0.1}));
  const auto back = parse_safetensors(*safetensors_bytes(file), "a");
  ASSERT_TRUE(back.ok()) << message(back);
  EXPECT_EQ(back->tensors[0].name, "moments");
}

TEST(Safetensors, WritesThroughAFile) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("latentscape-{}.safetensors", ::getpid());
  ASSERT_TRUE(write_safetensors(path, example()).ok());
  EXPECT_EQ(read_safetensors(path)->tensors, example().tensors);
  std::filesystem::remove(path);
}

TEST(Safetensors, ReadsEscapesAndPadding) {
  const auto file = parse_safetensors(
      raw(R"({"__metadata__":{"a":"\u00e9\ud83d\ude00\n"} , "x" : {"shape":[],"data_offsets":[0,4],"dtype":"F32"}}   )", 4), "a");
  ASSERT_TRUE(file.ok()) << message(file);
  EXPECT_EQ(file->metadata.at("a"), "\xc3\xa9\xf0\x9f\x98\x80\n");
}

TEST(Safetensors, RefusesWhatIsNotStrict) {
  const auto refused = [](std::string_view json, size_t data) { return message(parse_safetensors(raw(json, data), "a")); };
  const std::string x = R"("x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  EXPECT_EQ(refused("{" + x + "}", 4), "ok");
  EXPECT_THAT(refused("{" + x + "}", 3), HasSubstr("truncated: tensor 'x' ends at byte 4, found 3"));
  EXPECT_THAT(refused("{" + x + "}", 5), HasSubstr("1 bytes follow the last tensor"));
  EXPECT_THAT(refused("{" + x + "," + x + "}", 4), HasSubstr("'x' is named twice"));
  EXPECT_THAT(refused("{" + x + R"(,"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})", 6), HasSubstr("overlap"));
  EXPECT_THAT(refused("{" + x + R"(,"y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})", 12), HasSubstr("gap"));
  EXPECT_THAT(refused(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4), HasSubstr("do not hold the 8 bytes"));
  EXPECT_THAT(refused(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4), HasSubstr("offsets 4 to 0"));
  EXPECT_THAT(refused(R"({"x":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}})", 4), HasSubstr("unknown dtype 'Q4'"));
  EXPECT_THAT(refused(R"({"x":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", 4),
              HasSubstr("more bytes than any file"));
  EXPECT_THAT(refused(R"({"x":{"dtype":"F32","shape":[1]}})", 4), HasSubstr("lacks one of"));
  EXPECT_THAT(refused(R"({"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), HasSubstr("expected a whole number"));
  EXPECT_THAT(refused("{" + x, 4), HasSubstr("expected ',' or '}'"));
  EXPECT_THAT(refused("{" + x + "} {", 4), HasSubstr("expected the end of the header"));
  EXPECT_THAT(refused(R"({"__metadata__":{"a":1}})", 0), HasSubstr("header: expected"));
  EXPECT_THAT(refused("{\"\xff\":{}}", 0), HasSubstr("not UTF-8"));
  EXPECT_THAT(message(parse_safetensors(Bytes(8, 0xff), "a")), HasSubstr("not a safetensors file"));
  EXPECT_THAT(message(parse_safetensors(Bytes(3), "a")), HasSubstr("truncated"));
}

TEST(Safetensors, RefusesToWriteWhatItWouldNotRead) {
  Safetensors file;
  file.tensors.push_back(tensor_from("x", {2}, std::vector<float>{1}));
  EXPECT_THAT(safetensors_bytes(file).error().message, HasSubstr("has 4 bytes, expected 8"));
  file.tensors[0].shape = {1};
  file.tensors.push_back(file.tensors[0]);
  EXPECT_THAT(safetensors_bytes(file).error().message, HasSubstr("is there twice"));
  file.tensors[1].name = "__metadata__";
  EXPECT_THAT(safetensors_bytes(file).error().message, HasSubstr("reserved"));
}

TEST(Safetensors, DamagedFilesAreAnErrorOrWhole) {
  const Bytes valid = *safetensors_bytes(example());
  for (uint32_t i = 0; i < 8000; ++i) {
    const auto result = parse_safetensors(mutated(valid, i), "m");
    if (!result.ok()) continue;
    ASSERT_TRUE(safetensors_bytes(*result).ok());
  }
}

}  // namespace
}  // namespace latentscape
