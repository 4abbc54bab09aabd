// Tar and zip archives, compressed or not: their files one after the other, in memory; nothing is unpacked onto the disk by its own name.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/formats/file.hpp"

namespace latentscape {

/// More than these is no data set, but a bomb.
struct ArchiveLimits {
  size_t files = 100'000;
  uint64_t file_bytes = uint64_t{256} << 20;
  uint64_t all_bytes = uint64_t{1} << 30;
};

/// take(name, bytes) of each file, in the archive's order; its first error ends the reading. Errors: io (cannot be opened), corrupt: not
/// an archive, damaged, over a limit, a link, a name that is absolute or leads upwards.
Status read_archive(const std::string& path, const ArchiveLimits& limits, const std::function<Status(const std::string&, ByteView)>& take);

}  // namespace latentscape
