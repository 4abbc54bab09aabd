// libFuzzer entry: any bytes as a tar or zip archive; the reader must return an error or files within its limits, under names that stay
// inside.
#include <sys/mman.h>
#include <unistd.h>

#include "core/formats/archive.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace latentscape;
  static const int file = memfd_create("archive", MFD_CLOEXEC);
  static const std::string path = fmt::format("/proc/self/fd/{}", file);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) return 0;
  const ArchiveLimits limits{16, 1 << 16, 1 << 18};
  size_t files = 0;
  uint64_t all = 0;
  const Status read = read_archive(path, limits, [&](const std::string& name, ByteView bytes) -> Status {
    all += bytes.size();
    const std::string framed = "/" + name + "/";
    if (++files > limits.files || bytes.size() > limits.file_bytes || all > limits.all_bytes) __builtin_trap();
    if (name.empty() || name[0] == '/' || framed.find("/../") != std::string::npos) __builtin_trap();
    return {};
  });
  (void)read.ok();
  return 0;
}
