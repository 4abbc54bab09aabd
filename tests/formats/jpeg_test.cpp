#include "core/formats/jpeg.hpp"

#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
// The C library's header needs FILE before it.
#include <jpeglib.h>

#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

struct Written {
  J_COLOR_SPACE colours = JCS_RGB;
  int channels = 3;
  int across = 2, down = 2;  // of the first component, for each of the others
  bool progressive = false;
};

/// A file of a ramp from left to right, the same in all channels, which JPEG keeps nearly.
Bytes ramp_file(const Written& how) {
  constexpr unsigned kWidth = 40, kHeight = 24;
  jpeg_compress_struct state{};
  jpeg_error_mgr errors{};
  state.err = jpeg_std_error(&errors);
  jpeg_create_compress(&state);
  unsigned char* file = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&state, &file, &size);
  state.image_width = kWidth;
  state.image_height = kHeight;
  state.input_components = how.channels;
  state.in_color_space = how.colours;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, 95, TRUE);
  if (how.colours == JCS_RGB) {
    state.comp_info[0].h_samp_factor = how.across;
    state.comp_info[0].v_samp_factor = how.down;
  }
  if (how.progressive) jpeg_simple_progression(&state);
  jpeg_start_compress(&state, TRUE);
  Bytes row(kWidth * static_cast<size_t>(how.channels));
  for (size_t i = 0; i < row.size(); ++i) row[i] = static_cast<uint8_t>(i / static_cast<size_t>(how.channels) * 6);
  for (JSAMPROW line = row.data(); state.next_scanline < kHeight;) jpeg_write_scanlines(&state, &line, 1);
  jpeg_finish_compress(&state);
  jpeg_destroy_compress(&state);
  Bytes out(file, file + size);
  std::free(file);
  return out;
}

void expect_ramp(const Image& image, size_t channels) {
  ASSERT_EQ(image.channels, channels);
  ASSERT_EQ(image.pixels.size(), 40u * 24u * channels);
  for (size_t i = 0; i < image.pixels.size(); ++i) {
    const bool alpha = channels % 2 == 0 && i % channels == channels - 1;
    const int expected = alpha ? 255 : static_cast<int>(i / channels % 40 * 6);
    ASSERT_LE(std::abs(image.pixels[i] - expected), alpha ? 0 : 6) << "at " << i << " of " << channels;
  }
}

const Written kGrey{JCS_GRAYSCALE, 1};

TEST(JpegTest, ColourAndGreyAreReadAndConverted) {
  for (const bool is_grey : {true, false}) {
    const Bytes bytes = ramp_file(is_grey ? kGrey : Written{});
    for (size_t asked = 0; asked <= 4; ++asked) {
      const auto image = decode_image(bytes, "a.jpg", asked);
      ASSERT_TRUE(image.ok()) << image.error().message;
      expect_ramp(*image, asked ? asked : is_grey ? 1 : 3);
    }
    const auto info = look_at_image(bytes, "a.jpg");
    EXPECT_EQ(info->width, 40u);
    EXPECT_EQ(info->height, 24u);
    EXPECT_EQ(info->channels, is_grey ? 1u : 3u);
  }
}

// As cameras and old programs write them.
TEST(JpegTest, AnySamplingAndProgressiveFilesAreRead) {
  for (const auto& [across, down] : {std::pair{1, 1}, {2, 1}, {1, 2}, {4, 1}, {4, 2}, {1, 4}, {3, 1}})
    for (const bool progressive : {false, true}) {
      const auto image = decode_image(ramp_file({JCS_RGB, 3, across, down, progressive}), "a.jpg");
      ASSERT_TRUE(image.ok()) << across << " x " << down << ": " << image.error().message;
      expect_ramp(*image, 3);
    }
}

TEST(JpegTest, CmykIsRefused) {
  const Bytes cmyk = ramp_file({JCS_CMYK, 4});
  EXPECT_THAT(look_at_image(cmyk, "c.jpg").error().message, HasSubstr("c.jpg: is a CMYK image, expected grey or RGB"));
  EXPECT_THAT(decode_image(cmyk, "c.jpg").error().message, HasSubstr("c.jpg: is a CMYK image"));
}

// Fill bytes before the first marker, stray ones behind it and a missing last marker change no pixel; they hide no damage either. A file
// cut in the middle would be grey below.
TEST(JpegTest, CutFilesAreDamagedAndStrayBytesArePassedOver) {
  const Bytes whole = ramp_file({});
  Bytes stray = whole;
  stray.insert(stray.begin() + 2, {1, 2, 3});
  stray.insert(stray.begin(), {0xff, 0xff});
  stray.resize(stray.size() - 2);
  for (const Bytes& bytes : {whole, stray}) {
    const auto read = decode_image(bytes, "a.jpg");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(*read, *decode_image(whole, "a.jpg"));
    for (const size_t left : {bytes.size() * 3 / 4, bytes.size() / 4, size_t{7}})
      EXPECT_THAT(decode_image(ByteView(bytes).first(left), "a.jpg").error().message, HasSubstr("a.jpg: image is damaged")) << left;
  }
}

TEST(JpegTest, DamagedFilesAreAnErrorOrAnImage) {
  for (const bool progressive : {false, true}) {
    const Bytes valid = ramp_file({JCS_RGB, 3, 2, 2, progressive});
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
}

}  // namespace
}  // namespace latentscape
