#include "core/formats/npy.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/formats/npz.hpp"
#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A file as NumPy writes it, from its header text and raw numbers.
Bytes npy(int version, std::string text, const Bytes& data) {
  text += '\n';
  std::string head = "\x93NUMPY";
  head += {static_cast<char>(version), 0};
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) head += static_cast<char>(text.size() >> (8 * i) & 0xffu);
  head += text;
  Bytes out(head.begin(), head.end());
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

std::string message(const Result<NpyArray>& result) { return result.ok() ? "ok" : result.error().message; }

TEST(Npy, RoundTripKeepsEveryBit) {
  const NpyArray array{{2, 3, 1}, {0.0f, -0.0f, 1e-40f, 3.5f, INFINITY, -1e30f}};
  const Bytes bytes = npy_bytes(array);
  EXPECT_EQ((bytes.size() - 24) % 64, 0u);  // NumPy maps data that is aligned
  const auto back = parse_npy(bytes, "a");
  ASSERT_TRUE(back.ok()) << message(back);
  EXPECT_EQ(*back, array);
  EXPECT_TRUE(std::signbit(back->values[1]));
  EXPECT_EQ(parse_npy(npy_bytes(NpyArray{{}, {4.0f}}), "a")->values, std::vector<float>{4.0f});
  EXPECT_EQ(parse_npy(npy_bytes(NpyArray{{3}, {1, 2, 3}}), "a")->dims, std::vector<size_t>{3});
  EXPECT_EQ(parse_npy(npy_bytes(NpyArray{{0, 3}, {}}), "a")->dims, (std::vector<size_t>{0, 3}));
}

TEST(Npy, ReadsEveryNumberTypeAndOrder) {
  const auto values = [](std::string descr, const Bytes& data, size_t n) {
    const auto array = parse_npy(npy(2, fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}", descr, n), data), "a");
    return array.ok() ? array->values : std::vector<float>{-999};
  };
  EXPECT_THAT(values("|u1", {0, 200}, 2), ElementsAre(0, 200));
  EXPECT_THAT(values("|i1", {0xff, 5}, 2), ElementsAre(-1, 5));
  EXPECT_THAT(values("|b1", {1, 0}, 2), ElementsAre(1, 0));
  EXPECT_THAT(values("<i2", {0xfe, 0xff}, 1), ElementsAre(-2));
  EXPECT_THAT(values(">u2", {1, 2}, 1), ElementsAre(258));
  EXPECT_THAT(values("<i8", {0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 1), ElementsAre(-3));
  EXPECT_THAT(values(">f4", {0x3f, 0xc0, 0, 0}, 1), ElementsAre(1.5f));
  EXPECT_THAT(values("<f8", {0, 0, 0, 0, 0, 0, 0x04, 0xc0}, 1), ElementsAre(-2.5f));
  EXPECT_THAT(values("<f2", {0x00, 0x3e, 0x01, 0x00}, 2), ElementsAre(1.5f, std::ldexp(1.0f, -24)));
}

TEST(Npy, FortranOrderIsTransposed) {
  // np.asfortranarray([[0, 1, 2], [3, 4, 5]]) in memory.
  const auto array = parse_npy(npy(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}", {0, 3, 1, 4, 2, 5}), "a");
  ASSERT_TRUE(array.ok()) << message(array);
  EXPECT_THAT(array->values, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Npy, RefusesWhatItCannotRead) {
  const std::string rest = "'fortran_order': False, 'shape': (2,)}";
  EXPECT_THAT(message(parse_npy(view_of("not an array at all"), "a")), HasSubstr("expected an NPY file"));
  EXPECT_THAT(message(parse_npy(npy(4, "{}", {}), "a")), HasSubstr("version 4"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': '<U5', " + rest, {}), "a")), HasSubstr("element type '<U5'"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': '|O', " + rest, {}), "a")), HasSubstr("a: holds Python objects (a pickle)"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': '<c8', " + rest, {}), "a")), HasSubstr("element type '<c8'"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': [('a', '<f4')], " + rest, {}), "a")), HasSubstr("records"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': '<f4', " + rest, Bytes(7)), "a")),
              HasSubstr("truncated: expected 8 bytes of numbers, found 7"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': '<f4', " + rest, Bytes(9)), "a")), HasSubstr("too long"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': '<f4', 'shape': (2,)}", Bytes(8)), "a")), HasSubstr("lacks"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", {}), "a")),
              HasSubstr("more numbers than any file has"));
  EXPECT_THAT(message(parse_npy(npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}", {}), "a")),
              HasSubstr("expected a number"));
}

TEST(Npy, RowsAreReadSomeAtATime) {
  const auto rows_of = [](const Bytes& file) { return NpyRows::open(bytes_in_memory(file, "a"), "a"); };
  const Bytes plain = npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}", {0, 3, 1, 4, 2, 255});
  const Bytes columns = npy(1, "{'descr': '<i2', 'fortran_order': True, 'shape': (3, 2, 2)}",
                            {0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0, 11, 0});
  for (const Bytes& file : {plain, columns}) {
    auto rows = rows_of(file);
    ASSERT_TRUE(rows.ok()) << rows.error().message;
    const NpyArray whole = *parse_npy(file, "a");
    std::vector<float> some(rows->width());
    for (size_t i = rows->rows(); i-- > 0;) {
      ASSERT_TRUE(rows->read(i, 1, some.data()).ok());
      for (size_t j = 0; j < some.size(); ++j) EXPECT_EQ(some[j], whole.values[i * some.size() + j]) << i << ", " << j;
    }
  }
  EXPECT_EQ(npy_size(plain, "a").value(), plain.size());
  Bytes cut = plain;
  cut.pop_back();
  EXPECT_THAT(rows_of(cut).error().message, HasSubstr("truncated: expected 6 bytes of numbers, found 5"));
}

TEST(Npy, DamagedFilesAreAnErrorOrWhole) {
  const Bytes valid = npy_bytes(NpyArray{{3, 4}, std::vector<float>(12, 1.5f)});
  const Bytes fortran = npy(2, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 2)}", Bytes(24, 9));
  for (uint32_t i = 0; i < 4000; ++i) {
    for (const Bytes& bytes : {mutated(valid, i), mutated(fortran, i)}) {
      const auto result = parse_npy(bytes, "m");
      if (!result.ok()) continue;
      size_t product = 1;
      for (const size_t dim : result->dims) product *= dim;
      ASSERT_EQ(result->values.size(), product);
    }
  }
}

TEST(Npz, RoundTripAndSameBytesTwice) {
  const NamedArrays arrays = {{"z", {{2, 2}, {1, 2, 3, 4}}}, {"label", {{3}, {0, 1, 2}}}};
  const auto bytes = npz_bytes(arrays);
  ASSERT_TRUE(bytes.ok()) << bytes.error().message;
  EXPECT_EQ(*bytes, *npz_bytes(arrays));
  const auto back = parse_npz(*bytes, "a.npz");
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, arrays);
}

TEST(Npz, ArraysAreReadOneByOne) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("latentscape-{}.npz", ::getpid());
  ASSERT_TRUE(atomic_write_file(path, *npz_bytes({{"a", {{2}, {1, 2}}}, {"b", {{1}, {3}}}})).ok());
  {
    const auto file = NpzFile::open(path);
    ASSERT_TRUE(file.ok()) << file.error().message;
    EXPECT_THAT(file->names(), ElementsAre("a", "b"));
    EXPECT_THAT(file->read("b")->values, ElementsAre(3));
    EXPECT_EQ(file->rows("a")->rows(), 2u);
    EXPECT_THAT(file->read("c").error().message, HasSubstr("holds a, b, expected 'c' among them"));
  }
  std::filesystem::remove(path);
  EXPECT_THAT(NpzFile::open(path).error().message, HasSubstr("no such file"));
}

// An archive whose entry is longer than the array's own header says: refused when its first block is unpacked.
TEST(Npz, AnEntryThatIsNotWhatItsHeaderPromisesIsRefused) {
  Bytes lying = *npz_bytes({{"z", {{0}, {}}}});
  EXPECT_TRUE(parse_npz(lying, "z.npz").ok());
  const Bytes zeros = *npz_bytes({{"z", {{1'000'000}, std::vector<float>(1'000'000)}}});
  EXPECT_LT(zeros.size(), 10'000u);
  EXPECT_TRUE(parse_npz(zeros, "z.npz").ok()) << "packed well, but whole";
  // The same archive, as if its entry were 4 GB: the size stands in the central directory and before the data.
  Bytes bomb = zeros;
  const size_t size = 4'000'128;
  const std::array<uint8_t, 4> old = {size & 255, size >> 8 & 255, size >> 16 & 255, size >> 24 & 255};
  size_t changed = 0;
  for (auto at = bomb.begin(); (at = std::search(at, bomb.end(), old.begin(), old.end())) != bomb.end(); at += 4) {
    at[3] = 0xee;
    ++changed;
  }
  EXPECT_GT(changed, 0u);
  EXPECT_THAT(parse_npz(bomb, "z.npz").error().message, HasSubstr("z.npz, entry z.npy: claims 399"));
}

TEST(Npz, RefusesBadNamesAndBadFiles) {
  EXPECT_FALSE(npz_bytes({}).ok());
  EXPECT_THAT(npz_bytes({{"a", {}}, {"a", {}}}).error().message, HasSubstr("two arrays are named 'a'"));
  EXPECT_THAT(parse_npz(view_of("no zip"), "a.npz").error().message, HasSubstr("a.npz: is not a zip file"));
  const Bytes valid = *npz_bytes({{"z", {{20}, std::vector<float>(20, 0.5f)}}});
  for (uint32_t i = 0; i < 3000; ++i) {
    const auto result = parse_npz(mutated(valid, i), "m");
    if (result.ok()) {
      ASSERT_FALSE(result->empty());
    }
  }
}

}  // namespace
}  // namespace latentscape
