#include "core/formats/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/formats/file_handle.hpp"

namespace latentscape {

namespace {

// Linux takes no more of one request than the device's read-ahead, 128 KiB by default.
constexpr size_t kReadAhead = size_t{128} << 10;

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path, size_t keep) {
  const FileHandle handle(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (handle.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return fail(ErrorCode::not_found, "{}: no such file", path.string());
  struct stat info = {};
  if (handle.get() < 0 || ::fstat(handle.get(), &info) != 0)
    return fail(ErrorCode::io, "{}: cannot open: {}", path.string(), std::strerror(errno));
  if (!S_ISREG(info.st_mode) || info.st_size <= 0) return fail(ErrorCode::io, "{}: is empty or no file", path.string());
  const auto size = static_cast<size_t>(info.st_size);
  void* const data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, handle.get(), 0);
  if (data == MAP_FAILED) return fail(ErrorCode::io, "{}: cannot be mapped: {}", path.string(), std::strerror(errno));
  // Else each page that is missing brings the device's read-ahead with it, megabytes for one row: what is read is said by will_need.
  ::madvise(data, size, MADV_RANDOM);
  return std::shared_ptr<const MappedFile>(new MappedFile(static_cast<const uint8_t*>(data), size, keep));
}

MappedFile::~MappedFile() { ::munmap(const_cast<uint8_t*>(data_), size_); }

void MappedFile::will_need(size_t from, size_t count) const {
  static const size_t page = static_cast<size_t>(::sysconf(_SC_PAGE_SIZE));
  const size_t end = std::min(size_, from + count);
  for (size_t at = from / page * page; at < end; at += kReadAhead)
    ::madvise(const_cast<uint8_t*>(data_) + at, std::min(kReadAhead, end - at), MADV_WILLNEED);
}

void MappedFile::passed(size_t bytes) const {
  if (passed_.fetch_add(bytes, std::memory_order_relaxed) + bytes < keep_) return;
  passed_.store(0, std::memory_order_relaxed);
  ::madvise(const_cast<uint8_t*>(data_), size_, MADV_DONTNEED);
}

}  // namespace latentscape
