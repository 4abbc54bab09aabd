#include "core/formats/npz.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>

namespace latentscape {

namespace {

constexpr std::string_view kSuffix = ".npy";
constexpr uint64_t kMaxRatio = 1100;  // deflate packs at most about 1032 to 1

struct CloseZip {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Zip = std::unique_ptr<zip_t, CloseZip>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

/// libzip takes one reference of the source with the archive; this one stays ours.
Result<Zip> open_zip(zip_source_t* source, int flags, std::string_view name) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_keep(source);
  zip_t* zip = zip_open_from_source(source, flags, &error);
  if (!zip) {
    zip_source_free(source);
    return fail(ErrorCode::corrupt, "{}: is not a zip file ({})", name, text_of(error));
  }
  zip_error_fini(&error);
  return Zip(zip);
}

Result<Bytes> read_entry(zip_t* zip, zip_uint64_t index, std::string_view name, uint64_t archive_size) {
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_stat_index(zip, index, 0, &info) != 0 || !(info.valid & ZIP_STAT_SIZE))
    return fail(ErrorCode::corrupt, "{}: entry {} has no size", name, index);
  if (info.size / kMaxRatio > archive_size) return fail(ErrorCode::corrupt, "{}: entry {} claims {} bytes", name, index, info.size);
  std::unique_ptr<zip_file_t, CloseEntry> file(zip_fopen_index(zip, index, 0));
  if (!file) return fail(ErrorCode::corrupt, "{}: cannot open entry {} ({})", name, index, zip_strerror(zip));
  Bytes bytes;
  for (;;) {
    // Grow with what really comes out, not with what the entry claims.
    const size_t done = bytes.size();
    const size_t room = std::max<size_t>(size_t{1} << 16, done);
    bytes.resize(done + room);
    const zip_int64_t n = zip_fread(file.get(), bytes.data() + done, room);
    if (n < 0) return fail(ErrorCode::corrupt, "{}: entry {} is damaged ({})", name, index, zip_file_strerror(file.get()));
    bytes.resize(done + static_cast<size_t>(n));
    if (n == 0) break;
    if (bytes.size() > info.size) break;
  }
  if (bytes.size() != info.size)
    return fail(ErrorCode::corrupt, "{}: entry {}: expected {} bytes, found {}", name, index, info.size, bytes.size());
  return bytes;
}

Result<Bytes> bytes_of(zip_source_t* source) {
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_source_stat(source, &info) != 0 || !(info.valid & ZIP_STAT_SIZE) || zip_source_open(source) != 0)
    return fail(ErrorCode::io, "npz: cannot read the archive back");
  Bytes out(info.size);
  const zip_int64_t n = zip_source_read(source, out.data(), out.size());
  zip_source_close(source);
  if (n < 0 || static_cast<size_t>(n) != out.size()) return fail(ErrorCode::io, "npz: cannot read the archive back");
  return out;
}

}  // namespace

Result<Bytes> npz_bytes(const NamedArrays& arrays) {
  if (arrays.empty()) return fail(ErrorCode::invalid_argument, "npz: no arrays, expected at least one");
  std::vector<std::string> names;
  for (const auto& [name, array] : arrays) names.push_back(name);
  std::sort(names.begin(), names.end());
  if (names.front().empty()) return fail(ErrorCode::invalid_argument, "npz: an array has no name");
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    return fail(ErrorCode::invalid_argument, "npz: two arrays are named '{}'", *twice);

  zip_error_t error;
  zip_error_init(&error);
  Source source(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!source) return fail(ErrorCode::out_of_memory, "npz: {}", text_of(error));
  zip_error_fini(&error);
  std::vector<Bytes> entries;  // libzip reads them when the archive is closed
  for (const auto& [name, array] : arrays) entries.push_back(npy_bytes(array));
  LS_TRY(Zip zip, open_zip(source.get(), ZIP_CREATE | ZIP_TRUNCATE, "npz"));
  for (size_t i = 0; i < arrays.size(); ++i) {
    zip_source_t* entry = zip_source_buffer(zip.get(), entries[i].data(), entries[i].size(), 0);
    const zip_int64_t index =
        entry ? zip_file_add(zip.get(), (arrays[i].first + std::string(kSuffix)).c_str(), entry, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
      if (entry) zip_source_free(entry);
      return fail(ErrorCode::invalid_argument, "npz: cannot add '{}' ({})", arrays[i].first, zip_strerror(zip.get()));
    }
    zip_set_file_compression(zip.get(), static_cast<zip_uint64_t>(index), ZIP_CM_DEFLATE, 6);
    // A fixed time (1980-01-01, the first that zip knows), so that the same arrays give the same bytes.
    zip_file_set_dostime(zip.get(), static_cast<zip_uint64_t>(index), 0, (1 << 5) | 1, 0);
  }
  if (zip_close(zip.get()) != 0) return fail(ErrorCode::io, "npz: cannot write the archive ({})", zip_strerror(zip.get()));
  (void)zip.release();  // closed: zip_discard would free it a second time
  return bytes_of(source.get());
}

Result<NamedArrays> parse_npz(ByteView bytes, std::string_view name) {
  zip_error_t error;
  zip_error_init(&error);
  Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
  if (!source) return fail(ErrorCode::out_of_memory, "{}: {}", name, text_of(error));
  zip_error_fini(&error);
  LS_TRY(Zip zip, open_zip(source.get(), ZIP_RDONLY | ZIP_CHECKCONS, name));
  NamedArrays out;
  const zip_int64_t count = zip_get_num_entries(zip.get(), 0);
  if (count <= 0) return fail(ErrorCode::corrupt, "{}: holds no arrays", name);
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    const char* raw = zip_get_name(zip.get(), i, 0);
    std::string entry = raw ? raw : "";
    if (entry.size() <= kSuffix.size() || !entry.ends_with(kSuffix))
      return fail(ErrorCode::corrupt, "{}: entry '{}' is not an .npy array", name, entry);
    LS_TRY(const Bytes packed, read_entry(zip.get(), i, name, bytes.size()));
    LS_TRY(NpyArray array, parse_npy(packed, fmt::format("{}, entry {}", name, entry)));
    entry.resize(entry.size() - kSuffix.size());
    out.emplace_back(std::move(entry), std::move(array));
  }
  return out;
}

Result<NamedArrays> read_npz(const std::filesystem::path& path) {
  LS_TRY(const Bytes bytes, read_file(path));
  return parse_npz(bytes, path.string());
}

}  // namespace latentscape
