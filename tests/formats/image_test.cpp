#include "core/formats/image.hpp"

#include <gmock/gmock.h>

#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

Image example(size_t channels) {
  Image image{7, 5, channels, Bytes(35 * channels)};
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i * 37);
  return image;
}

TEST(ImageTest, PngRoundTripForEveryChannelCount) {
  for (const size_t channels : {1u, 2u, 3u, 4u}) {
    const auto bytes = encode_png(example(channels));
    ASSERT_TRUE(bytes.ok()) << bytes.error().message;
    EXPECT_EQ(*bytes, *encode_png(example(channels)));
    const auto back = decode_image(*bytes, "a.png");
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ(*back, example(channels));
  }
  EXPECT_EQ(decode_image(*encode_png(example(3)), "a.png", 1)->pixels.size(), 35u);
}

TEST(ImageTest, RefusesSizesThatDoNotAgree) {
  Image image = example(3);
  image.pixels.pop_back();
  EXPECT_THAT(encode_png(image).error().message, HasSubstr("has 104 bytes, expected 105"));
  EXPECT_THAT(encode_png({}).error().message, HasSubstr("0 x 0"));
  EXPECT_THAT(encode_png({1, 1, 5, Bytes(5)}).error().message, HasSubstr("5 channels"));
}

// A bitmap of 2 x 2 pixels, and the header of a PSD and a TGA file by hand: the other formats are really compiled in.
TEST(ImageTest, OtherFormatsAreRead) {
  Bytes bmp = {'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0};
  bmp.resize(54);
  for (const int v : {1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0}) bmp.push_back(static_cast<uint8_t>(v));
  const auto bitmap = decode_image(bmp, "a.bmp");
  ASSERT_TRUE(bitmap.ok()) << bitmap.error().message;
  EXPECT_EQ(bitmap->pixels, (Bytes{9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4})) << "top row first, red first";
  Bytes tga = {0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 8, 0x20, 40, 50};
  EXPECT_EQ(decode_image(tga, "a.tga")->pixels, (Bytes{40, 50}));
  Bytes gif = {'G', 'I',  'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 10,   20, 30, 0,   0,
               0,   0x2c, 0,   0,   0,   0,   1, 0, 1, 0, 0,    2, 2, 0x44, 1,  0,  0x3b};
  const auto picture = decode_image(gif, "a.gif", 3);
  ASSERT_TRUE(picture.ok()) << picture.error().message;
  EXPECT_EQ(picture->pixels, (Bytes{10, 20, 30}));
  Bytes psd = {'8', 'B', 'P', 'S', 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1,
               0,   8,   0,   3,   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7};
  EXPECT_EQ(decode_image(psd, "a.psd", 3)->pixels, (Bytes{5, 6, 7}));
}

TEST(ImageTest, SixteenBitsAreSaid) {
  Bytes png = *encode_png(example(1));
  EXPECT_FALSE(look_at_image(png, "a.png")->sixteen_bits);
  png[24] = 16;  // the depth in the header
  EXPECT_TRUE(look_at_image(png, "a.png")->sixteen_bits);
  EXPECT_THAT(look_at_image({}, "e.png").error().message, HasSubstr("e.png: is empty"));
}

// Its piece of pixels says that it has a thousand million bytes: stb_image would ask for them before it looks for them.
TEST(ImageTest, NoMemoryForAPieceLongerThanTheFile) {
  Bytes png = *encode_png(example(3));
  png[33] = 0x3f;  // behind the signature and the header: the first byte of the piece's length
  EXPECT_THAT(decode_image(png, "p.png").error().message, HasSubstr("p.png: image is damaged"));
}

// The pixels behind it are read all the same; under the sanitizers, nothing is copied from a null pointer on the way.
TEST(ImageTest, APngThatBeginsWithAnEmptyPieceIsRead) {
  const Image image{2, 2, 1, {1, 2, 3, 4}};
  Bytes bytes = *encode_png(image);
  const uint8_t empty[] = {0, 0, 0, 0, 'I', 'D', 'A', 'T', 0x35, 0xaf, 0x06, 0x1e};
  bytes.insert(bytes.begin() + 33, std::begin(empty), std::end(empty));  // behind the signature and the header
  const auto read = decode_image(bytes, "x.png");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, image);
}

TEST(ImageTest, SquaredCropsOrPutsBars) {
  Image wide{8, 4, 1, Bytes(32, 200)};
  for (size_t y = 0; y < 4; ++y) wide.pixels[8 * y] = wide.pixels[8 * y + 7] = 0;  // what a crop cuts off
  EXPECT_EQ(squared(wide, 4, true)->pixels, Bytes(16, 200));
  const Image barred = *squared(wide, 8, false);
  EXPECT_EQ(Bytes(barred.pixels.begin(), barred.pixels.begin() + 16), Bytes(16, 0));
  EXPECT_EQ(barred.pixels[8 * 4 + 4], 200);
  EXPECT_EQ(*squared(barred, 8, true), barred) << "of that size already: bit for bit";
  EXPECT_EQ(squared({1, 900, 3, Bytes(2700, 7)}, 5, false)->pixels.size(), 75u);
}

TEST(ImageTest, DamagedFilesAreAnErrorOrAnImage) {
  const Bytes valid = *encode_png(example(3));
  EXPECT_THAT(decode_image(view_of("text"), "a.png").error().message, HasSubstr("a.png: is not an image"));
  EXPECT_THAT(decode_image(ByteView(valid).first(valid.size() / 2), "a.png").error().message, HasSubstr("damaged"));
  for (uint32_t i = 0; i < 2000; ++i) {
    const auto result = decode_image(mutated(valid, i), "m");
    if (result.ok()) {
      ASSERT_EQ(result->pixels.size(), result->width * result->height * result->channels);
    }
  }
}

}  // namespace
}  // namespace latentscape
