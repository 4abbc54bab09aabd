#include "core/formats/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>

#include "core/formats/file_handle.hpp"

namespace latentscape {

namespace {

Error system_error(ErrorCode code, const std::filesystem::path& path, std::string_view what) {
  return fail(code, "{}: {}: {}", path.string(), what, std::strerror(errno));
}

Status write_all(int fd, ByteView bytes, const std::filesystem::path& path) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, std::min<size_t>(bytes.size() - done, size_t{1} << 30));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(ErrorCode::io, path, fmt::format("cannot write after {} of {} bytes", done, bytes.size()));
    done += static_cast<size_t>(n);
  }
  return {};
}

Status sync_folder(const std::filesystem::path& folder, const std::filesystem::path& path) {
  FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() < 0) return {};  // a folder that may be written but not read: the rename itself has succeeded
  // Some file systems cannot sync a folder and say so with EINVAL.
  if (::fsync(handle.get()) != 0 && errno != EINVAL && errno != ENOTSUP) return system_error(ErrorCode::io, path, "cannot sync its folder");
  return {};
}

Status write_and_rename(const std::filesystem::path& temporary, int fd, const std::filesystem::path& path, ByteView bytes) {
  FileHandle handle(fd);
  LS_CHECK(write_all(fd, bytes, path));
  if (::fsync(fd) != 0) return system_error(ErrorCode::io, path, "cannot sync to disk");
  if (handle.close() != 0) return system_error(ErrorCode::io, path, "cannot close");
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error(ErrorCode::io, path, "cannot rename the temporary file to it");
  return {};
}

}  // namespace

Result<Bytes> read_file(const std::filesystem::path& path) {
  FileHandle handle(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (handle.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return fail(ErrorCode::not_found, "{}: no such file", path.string());
    return system_error(ErrorCode::io, path, "cannot open");
  }
  struct stat info = {};
  if (::fstat(handle.get(), &info) != 0) return system_error(ErrorCode::io, path, "cannot look at");
  if (S_ISDIR(info.st_mode)) return fail(ErrorCode::io, "{}: is a folder, expected a file", path.string());
  Bytes bytes;
  size_t size = 0;
  try {
    // One byte more than promised, so that the end of the file is seen without growing.
    bytes.resize(static_cast<size_t>(std::max<off_t>(info.st_size, 0)) + 1);
    for (;;) {
      if (size == bytes.size()) bytes.resize(bytes.size() * 2);
      const ssize_t n = ::read(handle.get(), bytes.data() + size, bytes.size() - size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error(ErrorCode::io, path, "cannot read");
      if (n == 0) break;
      size += static_cast<size_t>(n);
    }
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "{}: {} bytes do not fit into memory", path.string(), info.st_size);
  } catch (const std::length_error&) {
    return fail(ErrorCode::out_of_memory, "{}: {} bytes do not fit into memory", path.string(), info.st_size);
  }
  bytes.resize(size);
  return bytes;
}

Status atomic_write_file(const std::filesystem::path& wanted, ByteView bytes) {
  std::error_code ignored;
  if (std::filesystem::is_directory(wanted, ignored)) return fail(ErrorCode::io, "{}: is a folder, expected a file", wanted.string());
  // A rename would put a file in the place of a device or a link: the first is refused, the second is followed.
  if (std::filesystem::exists(wanted, ignored) && !std::filesystem::is_regular_file(wanted, ignored))
    return fail(ErrorCode::io, "{}: is a device or a pipe, expected a file or a new name", wanted.string());
  std::filesystem::path path = wanted;
  if (std::filesystem::is_symlink(wanted, ignored)) {
    const auto real = std::filesystem::weakly_canonical(wanted, ignored);
    if (!ignored) path = real;
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::filesystem::path temporary;
  int fd = -1;
  for (int attempt = 0; attempt < 100 && fd < 0; ++attempt) {
    temporary = folder / fmt::format(".{}.tmp-{}-{}", path.filename().string(), ::getpid(), attempt);
    fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno != EEXIST) break;
  }
  if (fd < 0) return system_error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, path, "cannot write to its folder");
  if (Status written = write_and_rename(temporary, fd, path, bytes); !written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_folder(folder, path);
}

Status atomic_write_file(const std::filesystem::path& path, std::string_view text) {
  return atomic_write_file(path, ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace latentscape
