// A file in the address space, read as its pages are touched.
#pragma once

#include <atomic>
#include <memory>

#include "core/formats/file.hpp"

namespace latentscape {

/// Read-only; the file may be renamed or removed meanwhile, but must not be cut.
class MappedFile {
 public:
  /// Of what passes, about `keep` bytes stay resident. Errors name the path: not_found, io (empty, unreadable, no room in the address
  /// space).
  static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path, size_t keep);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  ByteView bytes() const { return {data_, size_}; }
  /// Asks the system to read these bytes ahead; returns before they are there.
  void will_need(size_t from, size_t count) const;
  /// So many bytes have been read: where that makes `keep`, the pages of this process are let go of. Those that the system still has come
  /// back at the cost of a page fault. From any thread.
  void passed(size_t bytes) const;

 private:
  MappedFile(const uint8_t* data, size_t size, size_t keep) : data_(data), size_(size), keep_(keep) {}
  const uint8_t* data_;
  size_t size_;
  size_t keep_;
  mutable std::atomic<size_t> passed_ = 0;
};

}  // namespace latentscape
