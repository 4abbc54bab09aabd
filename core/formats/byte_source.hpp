// Bytes that are read piece by piece, from a file or from memory.
#pragma once

#include <memory>

#include "core/formats/file.hpp"

namespace latentscape {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  /// Fills all of `out` from byte `from` on. Errors: io, corrupt (it ends before).
  virtual Status read(uint64_t from, std::span<uint8_t> out) = 0;
  /// False: going back is slow, as everything is unpacked again.
  virtual bool any_order() const { return true; }
};

/// Errors name the path: not_found, io (a folder, unreadable).
Result<std::unique_ptr<ByteSource>> bytes_in_file(const std::filesystem::path& path);
std::unique_ptr<ByteSource> bytes_in_memory(Bytes bytes, std::string name);

}  // namespace latentscape
