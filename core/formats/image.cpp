#include "core/formats/image.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "core/formats/jpeg.hpp"

namespace {

/// The most bytes that stb_image gets at once in this thread: a damaged file may name any size, and packed bytes unfold to any.
thread_local size_t most_at_once = 0;
void* bounded(void* old, size_t bytes) { return bytes <= most_at_once ? std::realloc(old, bytes) : nullptr; }

}  // namespace

#define STBI_MALLOC(bytes) bounded(nullptr, bytes)
#define STBI_REALLOC(old, bytes) bounded(old, bytes)
#define STBI_FREE(old) std::free(old)
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_ONLY_TGA
#define STBI_ONLY_PSD
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 32768
#include <stb_image.h>
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#define STB_IMAGE_RESIZE_STATIC
#include <stb_image_resize.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

namespace latentscape {

namespace {

constexpr size_t kMaxSide = STBI_MAX_DIMENSIONS;
constexpr size_t kMaxBytes = size_t{256} << 20;
constexpr size_t kForHeaders = size_t{1} << 20;  // more than the state of any of stb_image's readers

struct FreePixels {
  void operator()(stbi_uc* p) const { stbi_image_free(p); }
};

void append(void* context, void* data, int size) {
  auto* out = static_cast<Bytes*>(context);
  const auto* bytes = static_cast<const uint8_t*>(data);
  out->insert(out->end(), bytes, bytes + size);
}

/// The two bytes at `at`; behind the end are zeros.
size_t two_bytes(ByteView bytes, size_t at) {
  return at + 1 < bytes.size() ? size_t{bytes[at]} << 8 | bytes[at + 1] : at < bytes.size() ? size_t{bytes[at]} << 8 : 0;
}

/// A PNG file (ISO 15948, 5.3) without its pieces of pixels of no bytes, which say nothing: stb_image 2.27 would copy the first of them
/// from a null pointer. None: there are no such pieces.
std::optional<Bytes> without_empty_pieces(ByteView bytes) {
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n", kEmpty{"\0\0\0\0IDAT", 8};
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kSignature) || text.find(kEmpty) == std::string_view::npos) return std::nullopt;
  constexpr size_t kAround = 12;  // length, name and checksum
  Bytes out(bytes.begin(), bytes.begin() + kSignature.size());
  for (size_t at = kSignature.size(); at < bytes.size();) {
    const size_t length = two_bytes(bytes, at) << 16 | two_bytes(bytes, at + 2);
    const size_t whole = std::min(length + kAround, bytes.size() - at);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    if (!text.substr(at).starts_with(kEmpty)) out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(whole));
    at += whole;
  }
  return out;
}

Status fits(const ImageInfo& info, std::string_view name) {
  if (info.width == 0 || info.height == 0 || info.width > kMaxSide || info.height > kMaxSide || info.width * info.height * 4 > kMaxBytes)
    return fail(ErrorCode::unsupported, "{}: image of {} x {} pixels, expected 1 to {} a side and at most {} bytes", name, info.width,
                info.height, kMaxSide, kMaxBytes);
  return {};
}

/// The largest square in the middle, or all of the image.
struct Window {
  size_t left = 0, top = 0, width = 0, height = 0;
};
Window middle_square(const Image& image) {
  const size_t side = std::min(image.width, image.height);
  return {(image.width - side) / 2, (image.height - side) / 2, side, side};
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

Result<ImageInfo> look_at_image(ByteView bytes, std::string_view name) {
  if (bytes.size() > kMaxBytes) return fail(ErrorCode::unsupported, "{}: {} bytes, expected at most {}", name, bytes.size(), kMaxBytes);
  const int size = static_cast<int>(bytes.size());
  int width = 0, height = 0, channels = 0;
  if (bytes.empty()) return fail(ErrorCode::corrupt, "{}: is empty", name);
  if (is_jpeg(bytes)) {
    LS_TRY(const ImageInfo info, look_at_jpeg(bytes, name));
    LS_CHECK(fits(info, name));
    return info;
  }
  most_at_once = kForHeaders;
  if (stbi_info_from_memory(bytes.data(), size, &width, &height, &channels) == 0)
    return fail(ErrorCode::corrupt, "{}: is not an image, expected PNG, JPEG, BMP, GIF, TGA or PSD", name);
  const ImageInfo info{static_cast<size_t>(std::max(width, 0)), static_cast<size_t>(std::max(height, 0)), static_cast<size_t>(channels),
                       stbi_is_16_bit_from_memory(bytes.data(), size) != 0};
  LS_CHECK(fits(info, name));
  return info;
}

Result<Image> decode_image(ByteView bytes, std::string_view name, size_t channels) {
  if (channels > 4) return fail(ErrorCode::invalid_argument, "{}: {} channels asked for, expected 0 to 4", name, channels);
  LS_TRY(const ImageInfo info, look_at_image(bytes, name));
  if (is_jpeg(bytes)) return decode_jpeg(bytes, name, channels);
  // Four channels of 16 bits, twice over as they unfold, and once more in other words; the packed bytes in one piece.
  most_at_once = kForHeaders + 32 * info.width * info.height + 2 * bytes.size();
  const std::optional<Bytes> fuller = without_empty_pieces(bytes);
  if (fuller) bytes = *fuller;
  const int size = static_cast<int>(bytes.size());
  int width = 0, height = 0, own = 0;
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

Result<Image> squared(const Image& image, size_t side, bool crop) {
  if (image.width == side && image.height == side) return image;
  Image out{side, side, image.channels, Bytes(side * side * image.channels)};
  const Window from = crop ? middle_square(image) : Window{0, 0, image.width, image.height};
  const size_t longest = std::max(from.width, from.height);
  const auto scaled = [&](size_t n) { return std::max<size_t>(1, (n * side + longest / 2) / longest); };
  const Window to = {(side - scaled(from.width)) / 2, (side - scaled(from.height)) / 2, scaled(from.width), scaled(from.height)};
  const size_t stride = image.width * image.channels, out_stride = side * image.channels;
  const uint8_t* const source = image.pixels.data() + from.top * stride + from.left * image.channels;
  uint8_t* const target = out.pixels.data() + to.top * out_stride + to.left * image.channels;
  const auto whole = [](size_t n) { return static_cast<int>(n); };
  if (!stbir_resize_uint8(source, whole(from.width), whole(from.height), whole(stride), target, whole(to.width), whole(to.height),
                          whole(out_stride), whole(image.channels)))
    return fail(ErrorCode::out_of_memory, "no memory to resize an image of {} x {} pixels", image.width, image.height);
  return out;
}

}  // namespace latentscape
