#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "core/formats/inflate.hpp"

namespace latentscape {

namespace {

constexpr size_t kFirstChunk = size_t{1} << 16;
constexpr int kGzipWindow = 15 + 16;  // the largest window, gzip framing only

/// A z_stream that is always ended.
struct InflateStream {
  z_stream z = {};
  bool open = false;
  InflateStream() { open = inflateInit2(&z, kGzipWindow) == Z_OK; }
  ~InflateStream() {
    if (open) inflateEnd(&z);
  }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
};

struct Feed {
  ByteView packed;
  size_t next = 0;

  // zlib counts input in 32 bits.
  void refill(z_stream& z) {
    if (z.avail_in != 0) return;
    const size_t n = std::min<size_t>(packed.size() - next, size_t{1} << 30);
    z.next_in = const_cast<Bytef*>(packed.data() + next);
    z.avail_in = static_cast<uInt>(n);
    next += n;
  }
  ByteView rest(const z_stream& z) const { return packed.subspan(next - z.avail_in); }
};

}  // namespace

bool is_gzip(ByteView bytes) { return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

Result<bool> inflate_gzip_behind(ByteView packed, size_t limit, std::string_view name, Bytes& to) {
  if (!is_gzip(packed)) return fail(ErrorCode::corrupt, "{}: is not a gzip stream", name);
  InflateStream stream;
  if (!stream.open) return fail(ErrorCode::out_of_memory, "{}: no memory to unpack gzip", name);
  z_stream& z = stream.z;
  Feed feed{packed, 0};
  const size_t base = to.size();
  size_t made = 0;
  try {
    to.resize(base + std::min(limit, kFirstChunk));
    uint8_t spill = 0;  // where the byte after the limit goes, to see whether there is one
    for (;;) {
      feed.refill(z);
      const bool full = made == limit;
      if (!full && base + made == to.size()) to.resize(base + std::min(limit, made * 2));
      const size_t room = full ? 1 : std::min<size_t>(to.size() - base - made, size_t{1} << 30);
      z.next_out = full ? &spill : to.data() + base + made;
      z.avail_out = static_cast<uInt>(room);
      const int code = inflate(&z, Z_NO_FLUSH);
      const size_t came = room - z.avail_out;
      if (full && came != 0) return false;
      made += came;
      if (code == Z_STREAM_END) {
        const ByteView rest = feed.rest(z);
        if (rest.empty()) break;
        if (!is_gzip(rest)) return fail(ErrorCode::corrupt, "{}: {} bytes follow the end of the gzip stream", name, rest.size());
        if (inflateReset(&z) != Z_OK) return fail(ErrorCode::corrupt, "{}: cannot unpack the second gzip member", name);
      } else if (code == Z_BUF_ERROR || code == Z_OK) {
        if (came == 0 && z.avail_in == 0 && feed.next == packed.size())
          return fail(ErrorCode::corrupt, "{}: gzip stream breaks off after {} bytes", name, made);
      } else if (code == Z_MEM_ERROR) {
        return fail(ErrorCode::out_of_memory, "{}: no memory to unpack gzip", name);
      } else {
        return fail(ErrorCode::corrupt, "{}: gzip stream is damaged after {} bytes ({})", name, made, z.msg ? z.msg : "bad data");
      }
    }
    to.resize(base + made);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "{}: no memory for more than {} unpacked bytes", name, made);
  }
  return true;
}

Result<Inflated> inflate_gzip(ByteView packed, size_t limit, std::string_view name) {
  Inflated out;
  LS_TRY(out.complete, inflate_gzip_behind(packed, limit, name, out.bytes));
  return out;
}

Result<Bytes> gunzip(ByteView packed, size_t limit, std::string_view name) {
  LS_TRY(Inflated out, inflate_gzip(packed, limit, name));
  if (!out.complete) return fail(ErrorCode::corrupt, "{}: unpacks to more than the {} bytes expected", name, limit);
  return std::move(out.bytes);
}

Bytes gzip(ByteView bytes) {
  z_stream z = {};
  if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  Bytes out;
  size_t next = 0, made = 0;
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    if (z.avail_in == 0 && next < bytes.size()) {
      const size_t n = std::min<size_t>(bytes.size() - next, size_t{1} << 30);
      z.next_in = const_cast<Bytef*>(bytes.data() + next);
      z.avail_in = static_cast<uInt>(n);
      next += n;
    }
    out.resize(std::max(kFirstChunk, out.size() * 2));
    const size_t room = std::min<size_t>(out.size() - made, size_t{1} << 30);
    z.next_out = out.data() + made;
    z.avail_out = static_cast<uInt>(room);
    code = deflate(&z, next == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    made += room - z.avail_out;
  }
  deflateEnd(&z);
  out.resize(made);
  return out;
}

}  // namespace latentscape
