#include "core/formats/image.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 32768
#include <stb_image.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

namespace latentscape {

namespace {

constexpr size_t kMaxSide = STBI_MAX_DIMENSIONS;
constexpr size_t kMaxBytes = size_t{256} << 20;

struct FreePixels {
  void operator()(stbi_uc* p) const { stbi_image_free(p); }
};

void append(void* context, void* data, int size) {
  auto* out = static_cast<Bytes*>(context);
  const auto* bytes = static_cast<const uint8_t*>(data);
  out->insert(out->end(), bytes, bytes + size);
}

}  // namespace

Result<Bytes> encode_png(const Image& image) {
  if (image.width == 0 || image.height == 0 || image.width > kMaxSide || image.height > kMaxSide)
    return fail(ErrorCode::invalid_argument, "png: image is {} x {} pixels, expected 1 to {} a side", image.width, image.height, kMaxSide);
  if (image.channels < 1 || image.channels > 4)
    return fail(ErrorCode::invalid_argument, "png: image has {} channels, expected 1 to 4", image.channels);
  const size_t expected = image.width * image.height * image.channels;
  if (expected > kMaxBytes) return fail(ErrorCode::invalid_argument, "png: image is {} bytes, expected at most {}", expected, kMaxBytes);
  if (image.pixels.size() != expected)
    return fail(ErrorCode::invalid_argument, "png: image has {} bytes, expected {}", image.pixels.size(), expected);
  Bytes out;
  if (stbi_write_png_to_func(append, &out, static_cast<int>(image.width), static_cast<int>(image.height), static_cast<int>(image.channels),
                             image.pixels.data(), static_cast<int>(image.width * image.channels)) == 0)
    return fail(ErrorCode::out_of_memory, "png: no memory to encode {} x {} pixels", image.width, image.height);
  return out;
}

Result<Image> decode_image(ByteView bytes, std::string_view name, size_t channels) {
  if (channels > 4) return fail(ErrorCode::invalid_argument, "{}: {} channels asked for, expected 0 to 4", name, channels);
  if (bytes.size() > kMaxBytes) return fail(ErrorCode::unsupported, "{}: {} bytes, expected at most {}", name, bytes.size(), kMaxBytes);
  const int size = static_cast<int>(bytes.size());
  int width = 0, height = 0, own = 0;
  if (stbi_info_from_memory(bytes.data(), size, &width, &height, &own) == 0)
    return fail(ErrorCode::corrupt, "{}: is not a PNG or JPEG image", name);
  const size_t wanted = channels ? channels : static_cast<size_t>(own);
  const size_t total = static_cast<size_t>(width) * static_cast<size_t>(height) * std::max<size_t>(wanted, 4);
  if (width <= 0 || height <= 0 || total > kMaxBytes)
    return fail(ErrorCode::unsupported, "{}: image of {} x {} pixels is larger than {} bytes", name, width, height, kMaxBytes);
  const std::unique_ptr<stbi_uc, FreePixels> pixels(
      stbi_load_from_memory(bytes.data(), size, &width, &height, &own, static_cast<int>(channels)));
  if (!pixels) return fail(ErrorCode::corrupt, "{}: image is damaged ({})", name, stbi_failure_reason());
  Image image;
  image.width = static_cast<size_t>(width);
  image.height = static_cast<size_t>(height);
  image.channels = channels ? channels : static_cast<size_t>(own);
  image.pixels.assign(pixels.get(), pixels.get() + image.width * image.height * image.channels);
  return image;
}

}  // namespace latentscape
