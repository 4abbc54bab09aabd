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

TEST(ImageTest, DamagedFilesAreAnErrorOrAnImage) {
  const Bytes valid = *encode_png(example(3));
  EXPECT_THAT(decode_image(view_of("text"), "a.png").error().message, HasSubstr("a.png: is not a PNG or JPEG image"));
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
