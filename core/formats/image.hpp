// Images to bytes and back: PNG out; PNG, JPEG, BMP, GIF (its first picture), TGA and PSD in; and to a square.
#pragma once

#include "core/formats/file.hpp"

namespace latentscape {

/// Row-major, top row first, channels interleaved: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA.
struct Image {
  size_t width = 0;
  size_t height = 0;
  size_t channels = 1;
  Bytes pixels;  // height x width x channels
  bool operator==(const Image&) const = default;
};

/// Deterministic. Errors: invalid_argument where sizes do not agree.
Result<Bytes> encode_png(const Image& image);

struct ImageInfo {
  size_t width = 0;
  size_t height = 0;
  size_t channels = 1;
  bool sixteen_bits = false;  // a channel; decoded to eight
};
/// What the header alone tells. Errors: those of decode_image that come before the pixels.
Result<ImageInfo> look_at_image(ByteView bytes, std::string_view name);

/// `channels` 0 keeps the file's own; 1 to 4 converts. At most 32,768 pixels a side and 256 million bytes. Errors: corrupt,
/// unsupported (CMYK, too large).
Result<Image> decode_image(ByteView bytes, std::string_view name, size_t channels = 0);

/// side x side pixels: the largest square in the middle (`crop`), or the whole image between black bars. An image of that size stays as it
/// is, bit for bit.
Result<Image> squared(const Image& image, size_t side, bool crop);

}  // namespace latentscape
