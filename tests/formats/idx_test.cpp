#include "core/formats/idx.hpp"

#include <gmock/gmock.h>

#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

IdxArray example() {
  IdxArray array{{3, 2, 2}, Bytes(12)};
  for (size_t i = 0; i < 12; ++i) array.values[i] = static_cast<uint8_t>(i * 20);
  return array;
}

std::string message(const Result<IdxArray>& result) { return result.ok() ? "ok" : result.error().message; }

Bytes header(std::initializer_list<uint32_t> words) {
  Bytes out;
  for (const uint32_t w : words)
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(w >> shift & 0xffu));
  return out;
}

TEST(Idx, RoundTripPlainAndPacked) {
  const IdxArray array = example();
  for (const Bytes& bytes : {idx_bytes(array), gzip(idx_bytes(array))}) {
    const auto back = parse_idx(bytes, "a", 3);
    ASSERT_TRUE(back.ok()) << message(back);
    EXPECT_EQ(back->dims, array.dims);
    EXPECT_EQ(back->values, array.values);
  }
}

TEST(Idx, LengthMustBeWhatTheHeaderPromises) {
  Bytes bytes = idx_bytes(example());
  bytes.pop_back();
  EXPECT_EQ(message(parse_idx(bytes, "a")), "a: truncated: expected 28 bytes, found 27");
  EXPECT_EQ(message(parse_idx(gzip(bytes), "a.gz")), "a.gz: truncated: expected 28 bytes, found 27");
  bytes.insert(bytes.end(), {1, 2, 3});
  EXPECT_THAT(message(parse_idx(bytes, "a")), HasSubstr("2 bytes too many: expected 28, found 30"));
  EXPECT_THAT(message(parse_idx(gzip(bytes), "a.gz")), HasSubstr("unpacks to more than the 28 bytes"));
}

TEST(Idx, GzipThatBreaksOffSaysAfterHowManyBytes) {
  Bytes packed = gzip(idx_bytes(example()));
  packed.resize(packed.size() - 8);
  EXPECT_EQ(message(parse_idx(packed, "a.gz")), "a.gz: gzip stream breaks off after 28 bytes");
}

TEST(Idx, MislabelledFilesNameBothMagicNumbers) {
  const Bytes labels = idx_bytes({{4}, {1, 2, 3, 4}});
  EXPECT_EQ(message(parse_idx(labels, "a", 3)), "a: magic number is 2049 (labels), expected 2051 (images)");
  EXPECT_EQ(message(parse_idx(idx_bytes(example()), "a", 1)), "a: magic number is 2051 (images), expected 2049 (labels)");
  EXPECT_THAT(message(parse_idx(view_of("P5 28 28 255 .."), "a", 3)), HasSubstr("not an IDX file"));
  EXPECT_THAT(message(parse_idx(header({0x00000d03, 1, 1, 1}), "a", 3)), HasSubstr("element type is 0x0d"));
}

TEST(Idx, EmptyAndAbsurdHeadersAllocateNothing) {
  EXPECT_EQ(message(parse_idx({}, "a")), "a: is empty, expected an IDX file");
  EXPECT_EQ(message(parse_idx(header({0x00000803, 0, 28, 28}), "a")), "a: has no rows");
  EXPECT_THAT(message(parse_idx(header({0x00000803, 5, 0, 28}), "a")), HasSubstr("dimension 2 is 0"));
  EXPECT_THAT(message(parse_idx(header({0x00000802, 1u << 31, 1u << 31}), "a")),
              HasSubstr("truncated: expected 4611686018427387916 bytes"));
  EXPECT_THAT(message(parse_idx(header({0x00000803, 1u << 31, 1u << 31, 1u << 31}), "a")), HasSubstr("more bytes than any file has"));
  EXPECT_THAT(message(parse_idx(gzip(header({0x00000802, 1u << 31, 1u << 31})), "a")),
              HasSubstr("truncated: expected 4611686018427387916"));
  EXPECT_THAT(message(parse_idx(header({0x00000803, 1}), "a")), HasSubstr("truncated in the header"));
  EXPECT_THAT(message(parse_idx(header({0x000008ff, 1}), "a")), HasSubstr("255 dimensions"));
}

TEST(Idx, DamagedFilesAreAnErrorOrWhole) {
  const Bytes plain = idx_bytes(example()), packed = gzip(plain);
  for (uint32_t i = 0; i < 4000; ++i) {
    for (const Bytes& bytes : {mutated(plain, i), mutated(packed, i)}) {
      const auto result = parse_idx(bytes, "m");
      if (!result.ok()) continue;
      size_t product = 1;
      for (const size_t dim : result->dims) product *= dim;
      ASSERT_EQ(result->values.size(), product);
    }
  }
}

}  // namespace
}  // namespace latentscape
