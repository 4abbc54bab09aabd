#include "core/io/jsonl.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/formats/file.hpp"

namespace latentscape {

namespace {

struct File {
  int fd;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

Error system_error(const std::string& path, std::string_view what) {
  return fail(ErrorCode::io, "{}: {}: {}", path, what, std::strerror(errno));
}

/// Where the last whole line ends.
Result<off_t> end_of_lines(int fd, off_t size, const std::string& path) {
  char block[4096];
  while (size > 0) {
    const off_t begin = std::max<off_t>(0, size - static_cast<off_t>(sizeof block));
    const ssize_t n = ::pread(fd, block, static_cast<size_t>(size - begin), begin);
    if (n <= 0) return system_error(path, "cannot read");
    for (ssize_t i = n; i-- > 0;)
      if (block[i] == '\n') return begin + i + 1;
    size = begin;
  }
  return off_t{0};
}

}  // namespace

Status append_line(const std::string& path, std::string_view line) {
  const File file{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};
  struct stat info = {};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0) return system_error(path, "cannot open for writing");
  LS_TRY(const off_t whole, end_of_lines(file.fd, info.st_size, path));
  if (whole != info.st_size && ::ftruncate(file.fd, whole) != 0) return system_error(path, "cannot cut the torn last line");
  const std::string text = std::string(line) + "\n";
  ssize_t n = 0;
  do n = ::write(file.fd, text.data(), text.size());
  while (n < 0 && errno == EINTR);
  if (n == static_cast<ssize_t>(text.size())) return {};
  if (n >= 0) errno = ENOSPC;  // a short write to a file means that no room is left
  const Error error = system_error(path, "cannot append");
  if (n > 0 && ::ftruncate(file.fd, whole) != 0) return system_error(path, "cannot take back a half-written line");
  return error;
}

Result<std::vector<std::string>> read_lines(const std::string& path) {
  Result<Bytes> bytes = read_file(path);
  std::vector<std::string> lines;
  if (!bytes.ok()) {
    if (bytes.error().code == ErrorCode::not_found) return lines;
    return std::move(bytes).error();
  }
  auto begin = bytes->begin();
  for (;;) {
    const auto end = std::find(begin, bytes->end(), uint8_t{'\n'});
    if (end == bytes->end()) return lines;  // what follows the last line end is torn
    lines.emplace_back(begin, end);
    begin = end + 1;
  }
}

Status filter_lines(const std::string& path, const std::function<Result<bool>(std::string_view, size_t)>& keep) {
  LS_TRY(const std::vector<std::string> lines, read_lines(path));
  std::string kept;
  for (size_t i = 0; i < lines.size(); ++i) {
    LS_TRY(const bool wanted, keep(lines[i], i + 1));
    if (wanted) kept += lines[i] + "\n";
  }
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0 || info.st_size == static_cast<off_t>(kept.size())) return {};
  return atomic_write_file(path, kept);
}

}  // namespace latentscape
