#include "core/formats/jpeg.hpp"

#include <turbojpeg.h>

#include <memory>

namespace latentscape {

namespace {

struct Close {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Decompressor = std::unique_ptr<void, Close>;

/// Is it a warning that says the pixels are not those that were written?
bool says_damage(std::string_view warning) {
  if (warning.find("extraneous bytes") != std::string_view::npos) return false;
  return warning.find("Corrupt") != std::string_view::npos || warning.find("Premature end") != std::string_view::npos;
}

Result<ImageInfo> read_header(tjhandle decompressor, ByteView bytes, std::string_view name) {
  int width = 0, height = 0, sampling = 0, colours = 0;
  const int failed = tjDecompressHeader3(decompressor, bytes.data(), bytes.size(), &width, &height, &sampling, &colours);
  if (failed && tjGetErrorCode(decompressor) == TJERR_FATAL)
    return fail(ErrorCode::corrupt, "{}: image is damaged ({})", name, tjGetErrorStr2(decompressor));
  if (width <= 0 || height <= 0) return fail(ErrorCode::corrupt, "{}: image is damaged (it ends before its pixels)", name);
  if (colours == TJCS_CMYK || colours == TJCS_YCCK) return fail(ErrorCode::unsupported, "{}: is a CMYK image, expected grey or RGB", name);
  return ImageInfo{static_cast<size_t>(width), static_cast<size_t>(height), colours == TJCS_GRAY ? size_t{1} : size_t{3}, false};
}

}  // namespace

bool is_jpeg(ByteView bytes) { return bytes.size() >= 2 && bytes[0] == 0xff && bytes[1] == 0xd8; }

Result<ImageInfo> look_at_jpeg(ByteView bytes, std::string_view name) {
  const Decompressor decompressor(tjInitDecompress());
  if (!decompressor) return fail(ErrorCode::out_of_memory, "{}: no memory to read a JPEG header", name);
  return read_header(decompressor.get(), bytes, name);
}

Result<Image> decode_jpeg(ByteView bytes, std::string_view name, size_t channels) {
  const Decompressor decompressor(tjInitDecompress());
  if (!decompressor) return fail(ErrorCode::out_of_memory, "{}: no memory to decode JPEG", name);
  LS_TRY(const ImageInfo info, read_header(decompressor.get(), bytes, name));
  Image image{info.width, info.height, channels ? channels : info.channels, {}};
  // Grey with alpha, which it does not know, is grey first.
  const size_t decoded = image.channels == 2 ? 1 : image.channels;
  image.pixels.resize(image.width * image.height * decoded);
  const int layout = decoded == 1 ? TJPF_GRAY : decoded == 3 ? TJPF_RGB : TJPF_RGBA;
  if (tjDecompress2(decompressor.get(), bytes.data(), bytes.size(), image.pixels.data(), static_cast<int>(image.width), 0,
                    static_cast<int>(image.height), layout, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS) != 0) {
    const std::string_view message = tjGetErrorStr2(decompressor.get());
    if (tjGetErrorCode(decompressor.get()) == TJERR_FATAL || says_damage(message))
      return fail(ErrorCode::corrupt, "{}: image is damaged ({})", name, message);
  }
  if (image.channels == 2) {
    Bytes with_alpha(2 * image.pixels.size(), 255);
    for (size_t i = 0; i < image.pixels.size(); ++i) with_alpha[2 * i] = image.pixels[i];
    image.pixels = std::move(with_alpha);
  }
  return image;
}

}  // namespace latentscape
