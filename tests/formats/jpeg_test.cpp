#include "core/formats/jpeg.hpp"

#include <gmock/gmock.h>
#include <turbojpeg.h>

#include <cstdlib>

#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

/// A ramp from left to right, `layout` of `channels` bytes a pixel, which JPEG keeps nearly.
Bytes ramp_file(int layout, size_t channels, int sampling) {
  constexpr size_t kWidth = 40, kHeight = 24;
  Bytes pixels(kWidth * kHeight * channels);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i / channels % kWidth * 6);
  const tjhandle compressor = tjInitCompress();
  unsigned char* file = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(compressor, pixels.data(), kWidth, 0, kHeight, layout, &file, &size, sampling, 95, 0), 0);
  Bytes out(file, file + size);
  tjFree(file);
  tjDestroy(compressor);
  return out;
}

TEST(JpegTest, ColourAndGreyAreReadAndConverted) {
  const Bytes colour = ramp_file(TJPF_RGB, 3, TJSAMP_420), grey = ramp_file(TJPF_GRAY, 1, TJSAMP_GRAY);
  for (size_t asked = 0; asked <= 4; ++asked) {
    for (const bool is_grey : {true, false}) {
      const auto image = decode_image(is_grey ? grey : colour, "a.jpg", asked);
      ASSERT_TRUE(image.ok()) << image.error().message;
      const size_t channels = asked ? asked : is_grey ? 1 : 3;
      ASSERT_EQ(image->channels, channels);
      ASSERT_EQ(image->pixels.size(), 40u * 24u * channels);
      for (size_t i = 0; i < image->pixels.size(); ++i) {
        const bool alpha = channels % 2 == 0 && i % channels == channels - 1;
        const int expected = alpha ? 255 : static_cast<int>(i / channels % 40 * 6);
        ASSERT_LE(std::abs(image->pixels[i] - expected), alpha ? 0 : 6) << "at " << i << " of " << channels;
      }
    }
  }
  const auto info = look_at_image(colour, "a.jpg");
  EXPECT_EQ(info->width, 40u);
  EXPECT_EQ(info->height, 24u);
  EXPECT_EQ(info->channels, 3u);
  EXPECT_EQ(look_at_image(grey, "a.jpg")->channels, 1u);
}

TEST(JpegTest, CmykIsRefused) {
  const Bytes cmyk = ramp_file(TJPF_CMYK, 4, TJSAMP_444);
  EXPECT_THAT(look_at_image(cmyk, "c.jpg").error().message, HasSubstr("c.jpg: is a CMYK image, expected grey or RGB"));
  EXPECT_THAT(decode_image(cmyk, "c.jpg").error().message, HasSubstr("c.jpg: is a CMYK image"));
}

// A file cut in the middle would be grey below; stray bytes before a marker change no pixel.
TEST(JpegTest, CutFilesAreDamagedAndStrayBytesArePassedOver) {
  Bytes bytes = ramp_file(TJPF_RGB, 3, TJSAMP_444);
  EXPECT_THAT(decode_image(ByteView(bytes).first(bytes.size() / 2), "a.jpg").error().message, HasSubstr("a.jpg: image is damaged"));
  EXPECT_THAT(decode_image(ByteView(bytes).first(4), "a.jpg").error().message, HasSubstr("a.jpg: image is damaged"));
  const auto whole = decode_image(bytes, "a.jpg");
  bytes.insert(bytes.begin() + 2, {1, 2, 3});
  const auto stray = decode_image(bytes, "a.jpg");
  ASSERT_TRUE(stray.ok()) << stray.error().message;
  EXPECT_EQ(*stray, *whole);
}

TEST(JpegTest, DamagedFilesAreAnErrorOrAnImage) {
  const Bytes valid = ramp_file(TJPF_RGB, 3, TJSAMP_420);
  for (uint32_t i = 0; i < 500; ++i) {
    const Bytes bytes = mutated(valid, i);
    const auto info = look_at_image(bytes, "m");
    if (!info.ok() || info->width * info->height > 100'000) continue;
    const auto result = decode_image(bytes, "m");
    if (result.ok()) {
      ASSERT_EQ(result->pixels.size(), result->width * result->height * result->channels);
    }
  }
}

}  // namespace
}  // namespace latentscape
