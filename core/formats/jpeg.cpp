#include "core/formats/jpeg.hpp"

#include <csetjmp>
#include <cstdio>
// The C library's header needs FILE before it.
#include <jerror.h>
#include <jpeglib.h>

#include <array>

namespace latentscape {

namespace {

constexpr int kMostScans = 500;  // of a progressive file; each goes over the whole image

/// Does a warning leave the pixels as they were written? Where a file of one scan ends too early for them, another follows that of its end.
bool harmless(j_common_ptr c) {
  const int warning = c->err->msg_code;
  if (warning == JWRN_JPEG_EOF && c->is_decompressor) {
    const auto& d = *reinterpret_cast<j_decompress_ptr>(c);
    return !d.progressive_mode && d.comps_in_scan == d.num_components;
  }
  return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_JFIF_MAJOR || warning == JWRN_ADOBE_XFORM || warning == JWRN_NOT_SEQUENTIAL ||
         warning == JWRN_TOO_MUCH_DATA;
}

/// libjpeg's state and its way back from an error, which is a jump: the functions that it may leave so hold nothing to be destroyed.
class Reader {
 public:
  explicit Reader(ByteView bytes) {
    while (bytes.size() > 2 && bytes[0] == 0xff && bytes[1] == 0xff) bytes = bytes.subspan(1);  // B.1.1.2: fill bytes
    bytes_ = bytes;
    state_.err = jpeg_std_error(&errors_);
    state_.client_data = this;
    errors_.error_exit = [](j_common_ptr c) { leave(c); };
    errors_.emit_message = [](j_common_ptr c, int level) {
      if (level < 0 && !harmless(c)) leave(c);
    };
    progress_.progress_monitor = [](j_common_ptr c) {
      if (c->is_decompressor && reinterpret_cast<j_decompress_ptr>(c)->input_scan_number > kMostScans) {
        std::snprintf(reader_of(c).message_.data(), reader_of(c).message_.size(), "more than %d scans", kMostScans);
        std::longjmp(reader_of(c).back_, 1);
      }
    };
  }
  ~Reader() { jpeg_destroy_decompress(&state_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool read_header() {
    if (setjmp(back_)) return false;
    jpeg_create_decompress(&state_);
    state_.progress = &progress_;
    jpeg_mem_src(&state_, bytes_.data(), static_cast<unsigned long>(bytes_.size()));
    return jpeg_read_header(&state_, TRUE) == JPEG_HEADER_OK;
  }

  /// After read_header. out: height x width x (grey ? 1 : 3).
  bool decode(bool grey, uint8_t* out) {
    if (setjmp(back_)) return false;
    state_.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&state_);
    const size_t stride = size_t{state_.output_width} * static_cast<size_t>(state_.output_components);
    while (state_.output_scanline < state_.output_height) {
      JSAMPROW row = out + state_.output_scanline * stride;
      jpeg_read_scanlines(&state_, &row, 1);
    }
    return true;
  }

  ImageInfo info() const { return {state_.image_width, state_.image_height, state_.num_components == 1 ? size_t{1} : size_t{3}, false}; }
  bool cmyk() const { return state_.jpeg_color_space == JCS_CMYK || state_.jpeg_color_space == JCS_YCCK; }
  const char* message() const { return message_.data(); }

 private:
  static Reader& reader_of(j_common_ptr c) { return *static_cast<Reader*>(c->client_data); }
  [[noreturn]] static void leave(j_common_ptr c) {
    c->err->format_message(c, reader_of(c).message_.data());
    std::longjmp(reader_of(c).back_, 1);
  }

  ByteView bytes_;
  jpeg_decompress_struct state_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf back_;
  std::array<char, JMSG_LENGTH_MAX> message_{"it has no pixels"};
};

Status open(Reader& reader, std::string_view name) {
  if (!reader.read_header()) return fail(ErrorCode::corrupt, "{}: image is damaged ({})", name, reader.message());
  if (reader.cmyk()) return fail(ErrorCode::unsupported, "{}: is a CMYK image, expected grey or RGB", name);
  return {};
}

/// Pixels of one or three channels as those of two or four, opaque.
Bytes with_alpha(const Bytes& pixels, size_t channels) {
  Bytes out;
  out.reserve(pixels.size() / (channels - 1) * channels);
  for (size_t i = 0; i < pixels.size(); ++i) {
    out.push_back(pixels[i]);
    if (i % (channels - 1) == channels - 2) out.push_back(255);
  }
  return out;
}

}  // namespace

bool is_jpeg(ByteView bytes) {
  size_t at = 0;
  while (at < bytes.size() && bytes[at] == 0xff) ++at;
  return at > 0 && at < bytes.size() && bytes[at] == 0xd8;
}

Result<ImageInfo> look_at_jpeg(ByteView bytes, std::string_view name) {
  Reader reader(bytes);
  LS_CHECK(open(reader, name));
  return reader.info();
}

Result<Image> decode_jpeg(ByteView bytes, std::string_view name, size_t channels) {
  Reader reader(bytes);
  LS_CHECK(open(reader, name));
  const ImageInfo info = reader.info();
  Image image{info.width, info.height, channels ? channels : info.channels, {}};
  const bool grey = image.channels <= 2;
  image.pixels.resize(image.width * image.height * (grey ? 1 : 3));
  if (!reader.decode(grey, image.pixels.data())) return fail(ErrorCode::corrupt, "{}: image is damaged ({})", name, reader.message());
  if (image.channels % 2 == 0) image.pixels = with_alpha(image.pixels, image.channels);
  return image;
}

}  // namespace latentscape
