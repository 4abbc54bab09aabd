#include "core/formats/archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

namespace latentscape {

namespace {

struct Close {
  void operator()(archive* a) const { archive_read_free(a); }
};
using Archive = std::unique_ptr<archive, Close>;

constexpr size_t kBlock = size_t{1} << 16;

std::string reason(archive* a) {
  const char* text = archive_error_string(a);
  return text ? text : "is damaged";
}

/// "a/b", never "/a", "../a" or "a/../b".
bool stays_inside(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos) return false;
  for (size_t start = 0; start <= name.size();) {
    const size_t end = std::min(name.find('/', start), name.size());
    if (name.substr(start, end - start) == "..") return false;
    start = end + 1;
  }
  return true;
}

/// The bytes of the file at hand, of which `most` are left of what the archive may hold.
Status read_file_in(archive* a, const ArchiveLimits& limits, uint64_t most, const std::string& where, Bytes& bytes) {
  bytes.clear();
  for (;;) {
    const size_t before = bytes.size();
    bytes.resize(before + kBlock);
    const la_ssize_t n = archive_read_data(a, bytes.data() + before, kBlock);
    if (n < 0) return fail(ErrorCode::corrupt, "{}: {}", where, reason(a));
    bytes.resize(before + static_cast<size_t>(n));
    if (n == 0) return {};
    if (bytes.size() > limits.file_bytes) return fail(ErrorCode::corrupt, "{}: is larger than {} bytes", where, limits.file_bytes);
    if (bytes.size() > most) return fail(ErrorCode::corrupt, "{}: the archive holds more than {} bytes", where, limits.all_bytes);
  }
}

}  // namespace

Status read_archive(const std::string& path, const ArchiveLimits& limits, const std::function<Status(const std::string&, ByteView)>& take) {
  const Archive a(archive_read_new());
  if (!a) return fail(ErrorCode::out_of_memory, "{}: no memory to read it", path);
  archive_read_support_filter_gzip(a.get());
  archive_read_support_format_tar(a.get());
  archive_read_support_format_zip(a.get());
  if (archive_read_open_filename(a.get(), path.c_str(), kBlock) != ARCHIVE_OK) return fail(ErrorCode::io, "{}: {}", path, reason(a.get()));
  Bytes bytes;
  uint64_t all = 0;
  for (size_t files = 0;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(a.get(), &entry);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK) return fail(ErrorCode::corrupt, "{}: {}", path, reason(a.get()));
    const char* raw = archive_entry_pathname(entry);
    const std::string name = raw ? raw : "";
    if (!stays_inside(name)) return fail(ErrorCode::corrupt, "{}: holds '{}', expected names that stay within it", path, name);
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    const std::string where = fmt::format("{}: {}", path, name);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
      return fail(ErrorCode::corrupt, "{}: is a link or a device, expected files and folders alone", where);
    if (++files > limits.files) return fail(ErrorCode::corrupt, "{}: holds more than {} files", path, limits.files);
    LS_CHECK(read_file_in(a.get(), limits, limits.all_bytes - all, where, bytes));
    all += bytes.size();
    LS_CHECK(take(name, bytes));
  }
}

}  // namespace latentscape
