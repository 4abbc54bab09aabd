#include "core/formats/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/formats/file_handle.hpp"

namespace latentscape {

namespace {

Error too_short(const std::string& name, uint64_t expected, uint64_t found) {
  return fail(ErrorCode::corrupt, "{}: truncated: expected {} bytes, found {}", name, expected, found);
}

class FileBytes : public ByteSource {
 public:
  FileBytes(FileHandle handle, uint64_t size, std::string name) : handle_(std::move(handle)), size_(size), name_(std::move(name)) {}
  uint64_t size() const override { return size_; }
  Status read(uint64_t from, std::span<uint8_t> out) override {
    for (size_t done = 0; done < out.size();) {
      const uint64_t at = from + done;
      const ssize_t n = ::pread(handle_.get(), out.data() + done, out.size() - done, static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(ErrorCode::io, "{}: cannot read: {}", name_, std::strerror(errno));
      if (n == 0) return too_short(name_, from + out.size(), at);
      done += static_cast<size_t>(n);
    }
    return {};
  }

 private:
  FileHandle handle_;
  uint64_t size_;
  std::string name_;
};

class MemoryBytes : public ByteSource {
 public:
  MemoryBytes(Bytes bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {}
  uint64_t size() const override { return bytes_.size(); }
  Status read(uint64_t from, std::span<uint8_t> out) override {
    if (from > bytes_.size() || out.size() > bytes_.size() - from) return too_short(name_, from + out.size(), bytes_.size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(from), out.size(), out.begin());
    return {};
  }

 private:
  Bytes bytes_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> bytes_in_file(const std::filesystem::path& path) {
  FileHandle handle(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (handle.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return fail(ErrorCode::not_found, "{}: no such file", path.string());
  struct stat info = {};
  if (handle.get() < 0 || ::fstat(handle.get(), &info) != 0)
    return fail(ErrorCode::io, "{}: cannot open: {}", path.string(), std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::io, "{}: is no file, expected one", path.string());
  return std::unique_ptr<ByteSource>(std::make_unique<FileBytes>(std::move(handle), static_cast<uint64_t>(info.st_size), path.string()));
}

std::unique_ptr<ByteSource> bytes_in_memory(Bytes bytes, std::string name) {
  return std::make_unique<MemoryBytes>(std::move(bytes), std::move(name));
}

}  // namespace latentscape
