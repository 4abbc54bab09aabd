// libFuzzer entry: any bytes as an image; the decoder must return an error or all pixels of what it said that the image is, and squares
// of them.
#include "core/formats/image.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace latentscape;
  // Long files and large pictures take too long to explore anything: the formats' own structure fits into this.
  constexpr size_t kMostBytes = 1024, kMostPixels = 1024;
  if (size > kMostBytes) return 0;
  const auto info = look_at_image({data, size}, "fuzz");
  if (!info.ok() || info->width * info->height > kMostPixels) return 0;
  const auto image = decode_image({data, size}, "fuzz");
  if (!image.ok()) return 0;
  if (image->width != info->width || image->height != info->height) __builtin_trap();
  if (image->channels < 1 || image->channels > 4 || image->pixels.size() != image->width * image->height * image->channels)
    __builtin_trap();
  for (const bool crop : {false, true})
    if (const auto square = squared(*image, 8, crop); square.ok() && square->pixels.size() != 64 * image->channels) __builtin_trap();
  return 0;
}
