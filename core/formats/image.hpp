// Images to bytes and back: PNG out; PNG and JPEG in.
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

/// `channels` 0 keeps the file's own; 1 to 4 converts. At most 32,768 pixels a side and 256 million bytes. Errors: corrupt, unsupported.
Result<Image> decode_image(ByteView bytes, std::string_view name, size_t channels = 0);

}  // namespace latentscape
