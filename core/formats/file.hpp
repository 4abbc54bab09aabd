// Whole files in and out of memory: reading with clear errors, atomic writing, gzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

/// All bytes of a file. Errors name the path: not_found (missing), io (a directory, unreadable), out_of_memory.
Result<Bytes> read_file(const std::filesystem::path& path);

/// Writes beside the target, fsyncs, renames over it and fsyncs the folder: after a kill at any moment the old or the new file is
/// there whole. On failure (full disk, read-only or missing folder) the temporary file is removed and the old file is untouched.
Status atomic_write_file(const std::filesystem::path& path, ByteView bytes);
Status atomic_write_file(const std::filesystem::path& path, std::string_view text);

bool is_gzip(ByteView bytes);

struct Inflated {
  Bytes bytes;
  bool complete = true;  // false: stopped because `limit` bytes were there and more would have come
};

/// Unpacks at most `limit` bytes; memory grows with what really comes out. `name` is for error texts. Concatenated members are one stream
/// (RFC 1952). Errors (corrupt): not gzip, breaks off, bad checksum, bytes after the end.
Result<Inflated> inflate_gzip(ByteView packed, size_t limit, std::string_view name);

/// All of it, or an error where it would be more than `limit` bytes.
Result<Bytes> gunzip(ByteView packed, size_t limit, std::string_view name);

/// One gzip member without name or time: the same bytes give the same file.
Bytes gzip(ByteView bytes);

}  // namespace latentscape
