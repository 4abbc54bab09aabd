// The value cache: numbers of data that is larger than the memory for it, as NPY files in this user's cache folder, filled once and mapped.
//
// An entry's key is the SHA-256 of all bytes that it was made from, of how they are read and of this format, so a file that changed under
// its name has another key, whatever its date and size say: the price is that the source is read, but not decoded, at each opening. An
// entry is two files. KEY.npy is written under another name and renamed when it is whole; KEY.txt, written last, makes it an entry and
// keeps the fingerprint of its numbers. Who loads data passes over all of them anyhow and compares, so a damaged entry is made anew. A
// kill leaves files without an entry, which the next filling removes.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/data/source.hpp"
#include "core/formats/file_handle.hpp"

namespace latentscape {

/// What the cache may hold before the entries that were unused longest make room, unless `data cache --limit` says otherwise.
inline constexpr uint64_t kUsualCacheBytes = 100'000'000'000;

/// Who may fill an entry: one process and thread at a time.
class CacheTurn {
 public:
  /// Waits, and says so, while another fills it; then it may be there. Errors: cancelled, io.
  static Result<std::shared_ptr<const CacheTurn>> take(const std::string& key, const DataRequest& request);
  ~CacheTurn() { end(); }
  CacheTurn(CacheTurn&&) noexcept = default;
  void end() const;  // the entry is whole, or will not be

 private:
  CacheTurn(std::filesystem::path path, FileHandle file) : path_(std::move(path)), file_(std::move(file)) {}
  std::filesystem::path path_;
  mutable FileHandle file_;  // locked; a kill unlocks it
};

struct CacheEntry {
  std::string key;
  std::filesystem::path values;    // KEY.npy
  std::string check;               // fingerprint of the numbers; empty: just filled, not kept yet
  std::vector<uint32_t> left_out;  // which of the files it was made from, by their place
  std::vector<std::string> warnings;
  std::shared_ptr<const FileHandle> filled;  // just filled: locked, so that no other process takes it for what a kill left
  std::shared_ptr<const CacheTurn> turn;     // the same; ends when the entry is kept or dropped
};

/// $XDG_CACHE_HOME/latentscape/values, else below ~/.cache; need not be there. Errors: not_found (no home).
Result<std::filesystem::path> value_cache_folder();

/// Nothing: it is not there, or not whole.
Result<std::optional<CacheEntry>> find_entry(const std::string& key);
/// Makes what was filled an entry, where it is still there. Errors (io): the disk.
Status keep_entry(const CacheEntry& entry);
void drop_entry(const CacheEntry& entry);

/// An entry's numbers while they are written.
class CacheFilling {
 public:
  /// Makes room for so many bytes of numbers. `what` names the data in errors (io): more than the cache or the disk has room for, with how
  /// much that is and where; said before anything is written.
  static Result<CacheFilling> begin(const std::string& key, uint64_t bytes, const std::string& what,
                                    std::shared_ptr<const CacheTurn> turn = {});
  ~CacheFilling();  // removes what was not finished
  CacheFilling(CacheFilling&&) = default;

  Status append(ByteView bytes);
  /// `descr` as NumPy has it. The entry has no check yet.
  Result<CacheEntry> finish(std::string_view descr, std::span<const size_t> dims);

 private:
  CacheFilling() = default;
  Status write(ByteView bytes);

  CacheEntry entry_;
  std::filesystem::path temporary_;
  FileHandle file_;
  Bytes waiting_;
};

/// Sets values and window of `data` from an NPY file of float32 or bytes, rows and shape as `data` has them: of the cache, or without an
/// entry. `budget`: bytes that may lie in memory. Adds a warning that says so.
Status map_values(Dataset& data, const std::filesystem::path& path, std::shared_ptr<const CacheEntry> entry, size_t budget);

/// May this file be mapped where it lies? Where nobody may write it, nobody cuts or changes it under a training run.
bool is_safe_in_place(const std::filesystem::path& path);

struct CacheState {
  std::filesystem::path folder;
  size_t entries = 0;
  uint64_t bytes = 0;
  uint64_t limit = kUsualCacheBytes;
};
Result<CacheState> look_at_cache();
/// Removes all entries; data that is mapped meanwhile stays readable, what is being filled stays. The bytes that were freed.
Result<uint64_t> clear_cache();
/// Entries that were unused longest go until the others fit.
Status set_cache_limit(uint64_t bytes);

}  // namespace latentscape
