#include "core/data/value_cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <sstream>
#include <thread>

#include "core/base/user_folders.hpp"
#include "core/data/memory_budget.hpp"
#include "core/formats/npy_header.hpp"

namespace latentscape {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormat = "latentscape values 1";
constexpr size_t kHeaderBytes = 256;                // of KEY.npy: written last, so of a length known before
constexpr size_t kWaiting = size_t{4} << 20;        // bytes that are written together
constexpr uint64_t kDiskLeft = uint64_t{64} << 20;  // bytes that are left to others
constexpr size_t kWindowsOfBudget = 4;              // what is read, what comes next, and what the system has not let go of yet
constexpr std::chrono::milliseconds kLookAgain{100};
constexpr const char* kLimitName = "limit";

struct CacheFile {
  fs::path path;
  uint64_t bytes = 0;
  fs::file_time_type used;
};

Error disk_error(const fs::path& path, std::string_view what) {
  return fail(ErrorCode::io, "{}: {}: {}", path.string(), what, std::strerror(errno));
}

std::vector<CacheFile> files_of(const fs::path& folder) {
  std::vector<CacheFile> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    const std::string name = it->path().filename().string();
    const bool being_renamed = name.starts_with('.');  // notes, or the limit, of a moment ago
    if (name == kLimitName || being_renamed || !it->is_regular_file(ignored)) continue;
    files.push_back({it->path(), static_cast<uint64_t>(it->file_size(ignored)), it->last_write_time(ignored)});
  }
  return files;
}

uint64_t limit_of(const fs::path& folder) {
  const auto bytes = read_file(folder / kLimitName);
  uint64_t limit = kUsualCacheBytes;
  if (bytes.ok())
    std::from_chars(reinterpret_cast<const char*>(bytes->data()), reinterpret_cast<const char*>(bytes->data()) + bytes->size(), limit);
  return limit;
}

fs::path notes_path(fs::path values) { return values.replace_extension(".txt"); }

/// A file that is being filled, or was and is no entry yet, is locked by who fills it; what a kill left is not.
bool in_use(const fs::path& path) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.get() >= 0 && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0;
}

/// Removes what is no entry, and then the entries that were not used for longest, until `bytes` more fit.
void remove_unused(const fs::path& folder, uint64_t bytes, uint64_t limit) {
  std::vector<CacheFile> entries;
  uint64_t total = 0;
  std::error_code ignored;
  for (const CacheFile& file : files_of(folder)) {
    const fs::path notes = notes_path(file.path);
    if (file.path == notes) continue;
    const bool entry = file.path.extension() == ".npy" && fs::exists(notes, ignored);
    if (entry) entries.push_back({file.path, file.bytes, fs::last_write_time(notes, ignored)});
    if (entry || in_use(file.path))
      total += file.bytes;
    else
      fs::remove(file.path, ignored);
  }
  std::sort(entries.begin(), entries.end(), [](const CacheFile& a, const CacheFile& b) { return a.used < b.used; });
  for (size_t i = 0; i < entries.size() && total + bytes > limit; ++i) {
    fs::remove(notes_path(entries[i].path), ignored);
    fs::remove(entries[i].path, ignored);
    total -= entries[i].bytes;
  }
}

Status make_room(const fs::path& folder, uint64_t bytes, const std::string& what) {
  const uint64_t limit = limit_of(folder);
  if (bytes > limit)
    return fail(ErrorCode::io, "{}: needs {} in the cache {}, which may hold {}; latentscape data cache --limit BYTES lets it hold more",
                what, text_from_bytes(bytes), folder.string(), text_from_bytes(limit));
  remove_unused(folder, bytes, limit);
  std::error_code ignored;
  const fs::space_info space = fs::space(folder, ignored);
  if (!ignored && space.available < bytes + kDiskLeft)
    return fail(ErrorCode::io,
                "{}: needs {} in {}, where {} are free; latentscape data cache --clear frees what is there, XDG_CACHE_HOME names another "
                "place, and a larger --memory needs none",
                what, text_from_bytes(bytes), folder.string(), text_from_bytes(space.available));
  return {};
}

}  // namespace

Result<fs::path> value_cache_folder() {
  LS_TRY(const fs::path base, user_folder(UserFolder::cache));
  return base / "values";
}

namespace {

Result<fs::path> made_folder() {
  LS_TRY(const fs::path folder, value_cache_folder());
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(ErrorCode::io, "{}: cannot make the folder: {}", folder.string(), error.message());
  return folder;
}

}  // namespace

Result<std::optional<CacheEntry>> find_entry(const std::string& key) {
  LS_TRY(const fs::path folder, value_cache_folder());
  CacheEntry entry;
  entry.key = key;
  entry.values = folder / (key + ".npy");
  const auto notes = read_file(notes_path(entry.values));
  if (!notes.ok()) return std::optional<CacheEntry>();
  std::istringstream lines(std::string(notes->begin(), notes->end()));
  std::string line;
  uint64_t size = 0;
  bool format = false, whole = false;
  while (std::getline(lines, line)) {
    const size_t space = std::min(line.find(' '), line.size());
    const std::string word = line.substr(0, space), rest = line.substr(std::min(space + 1, line.size()));
    format = format || line == kFormat;
    if (word == "check") entry.check = rest;
    if (word == "size") std::from_chars(rest.data(), rest.data() + rest.size(), size);
    if (word == "warning") entry.warnings.push_back(rest);
    if (word == "left-out") {
      uint32_t place = 0;
      std::from_chars(rest.data(), rest.data() + rest.size(), place);
      entry.left_out.push_back(place);
    }
    whole = line == "end";
  }
  std::error_code missing;
  if (!format || !whole || entry.check.empty() || fs::file_size(entry.values, missing) != size || missing)
    return std::optional<CacheEntry>();
  fs::last_write_time(notes_path(entry.values), fs::file_time_type::clock::now(), missing);  // it is used
  return std::optional<CacheEntry>(std::move(entry));
}

Status keep_entry(const CacheEntry& entry) {
  const std::shared_ptr<const CacheTurn> turn = entry.turn;
  const auto over = [&](Status status) {
    if (turn) turn->end();
    return status;
  };
  std::error_code missing;
  const auto size = fs::file_size(entry.values, missing);
  if (missing) return over({});  // cleared meanwhile: what is mapped stays readable
  std::string text = fmt::format("{}\ncheck {}\nsize {}\n", kFormat, entry.check, size);
  for (const uint32_t place : entry.left_out) text += fmt::format("left-out {}\n", place);
  for (std::string warning : entry.warnings) {
    std::replace(warning.begin(), warning.end(), '\n', ' ');
    text += fmt::format("warning {}\n", warning);
  }
  return over(atomic_write_file(notes_path(entry.values), std::string_view(text + "end\n")));
}

void drop_entry(const CacheEntry& entry) {
  if (entry.turn) entry.turn->end();
  std::error_code ignored;
  fs::remove(notes_path(entry.values), ignored);
  fs::remove(entry.values, ignored);
}

Result<std::shared_ptr<const CacheTurn>> CacheTurn::take(const std::string& key, const DataRequest& request) {
  LS_TRY(const fs::path folder, made_folder());
  const fs::path path = folder / (key + ".turn");
  for (;;) {
    FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file.get() < 0) return disk_error(path, "cannot be made");
    struct stat info = {};
    const bool free = ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
    if (!free && errno != EWOULDBLOCK && errno != EINTR) return disk_error(path, "cannot be locked");
    // Who had it removes it: what is locked then is no longer there.
    if (free && ::fstat(file.get(), &info) == 0 && info.st_nlink > 0)
      return std::shared_ptr<const CacheTurn>(new CacheTurn(path, std::move(file)));
    if (free) continue;
    if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", request.spec);
    if (request.progress) request.progress(0.0, "waiting for another process that reads the same data");
    std::this_thread::sleep_for(kLookAgain);
  }
}

void CacheTurn::end() const {
  if (file_.get() < 0) return;
  ::unlink(path_.c_str());
  file_.close();
}

Result<CacheFilling> CacheFilling::begin(const std::string& key, uint64_t bytes, const std::string& what,
                                         std::shared_ptr<const CacheTurn> turn) {
  LS_TRY(const fs::path folder, made_folder());
  LS_CHECK(make_room(folder, bytes + kHeaderBytes, what));
  CacheFilling out;
  out.entry_.key = key;
  out.entry_.turn = std::move(turn);
  out.entry_.values = folder / (key + ".npy");
  out.waiting_.resize(kHeaderBytes);  // the header's place
  for (int attempt = 0; attempt < 100; ++attempt) {
    out.temporary_ = folder / fmt::format("{}.filling-{}-{}", key, ::getpid(), attempt);
    out.file_ = FileHandle(::open(out.temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (out.file_.get() < 0 && errno == EEXIST) continue;
    struct stat info = {};
    if (out.file_.get() < 0 || ::flock(out.file_.get(), LOCK_EX) != 0 || ::fstat(out.file_.get(), &info) != 0) break;
    if (info.st_nlink > 0) return out;  // else another process removed it before it was locked
  }
  return disk_error(out.temporary_, "cannot be written");
}

CacheFilling::~CacheFilling() {
  if (file_.get() >= 0) ::unlink(temporary_.c_str());
}

Status CacheFilling::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return disk_error(entry_.values, "cannot be written");
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return {};
}

Status CacheFilling::append(ByteView bytes) {
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  if (waiting_.size() < kWaiting) return {};
  LS_CHECK(write(waiting_));
  waiting_.clear();
  return {};
}

Result<CacheEntry> CacheFilling::finish(std::string_view descr, std::span<const size_t> dims) {
  LS_CHECK(append({}));
  LS_CHECK(write(waiting_));
  const Bytes header = npy_header_bytes(descr, dims, kHeaderBytes);
  if (::pwrite(file_.get(), header.data(), header.size(), 0) != static_cast<ssize_t>(header.size()) || ::fsync(file_.get()) != 0)
    return disk_error(entry_.values, "cannot be written");
  std::error_code ignored;
  fs::remove(notes_path(entry_.values), ignored);  // of another filling: what it says must not outlive its numbers
  if (::rename(temporary_.c_str(), entry_.values.c_str()) != 0) return disk_error(entry_.values, "cannot be written");
  entry_.filled = std::make_shared<const FileHandle>(std::move(file_));
  return std::move(entry_);
}

Status map_values(Dataset& data, const fs::path& path, std::shared_ptr<const CacheEntry> entry, size_t budget) {
  const size_t keep = std::max<size_t>(1, budget / kWindowsOfBudget);
  LS_TRY(std::shared_ptr<const MappedFile> file, MappedFile::open(path, keep));
  const ByteView bytes = file->bytes();
  LS_TRY(const NpyHeader header, parse_npy_header(bytes.first(std::min(bytes.size(), kMostNpyHeader)), path.string()));
  LS_CHECK(check_npy_length(header, bytes.size(), path.string()));
  const size_t width = data.width();
  if (header.count != data.rows * width || !(header.bytes() || header.plain_floats()))
    return fail(ErrorCode::corrupt, "{}: holds {} numbers, expected {} x {}", path.string(), header.count, data.rows, width);
  data.warnings.push_back(fmt::format("its {} are more than the {} of memory for data and are read from the disk as they are needed, {} {}",
                                      text_from_bytes(bytes.size()), text_from_bytes(budget),
                                      entry ? "from" : "where they lie:", path.string()));
  data.window = std::max<size_t>(1, keep / (width * header.size));
  if (header.bytes())
    data.values = MappedValues<uint8_t>(std::move(file), header.start, width, std::move(entry));
  else
    data.values = MappedValues<float>(std::move(file), header.start, width, std::move(entry));
  return {};
}

bool is_safe_in_place(const fs::path& path) {
  struct stat info = {};
  struct statvfs system = {};
  if (::stat(path.c_str(), &info) != 0 || ::statvfs(path.c_str(), &system) != 0) return false;
  return (info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0 || (system.f_flag & ST_RDONLY) != 0;
}

Result<CacheState> look_at_cache() {
  CacheState state;
  LS_TRY(state.folder, value_cache_folder());
  for (const CacheFile& file : files_of(state.folder)) {
    state.bytes += file.bytes;
    state.entries += file.path.extension() == ".txt";
  }
  state.limit = limit_of(state.folder);
  return state;
}

Result<uint64_t> clear_cache() {
  LS_TRY(const fs::path folder, value_cache_folder());
  uint64_t freed = 0;
  for (const CacheFile& file : files_of(folder)) {
    const auto extension = file.path.extension();
    if (extension != ".npy" && extension != ".txt" && in_use(file.path)) continue;  // another process would fail
    std::error_code error;
    if (fs::remove(file.path, error)) freed += file.bytes;
    if (error) return fail(ErrorCode::io, "{}: cannot be removed: {}", file.path.string(), error.message());
  }
  return freed;
}

Status set_cache_limit(uint64_t bytes) {
  LS_TRY(const fs::path folder, made_folder());
  LS_CHECK(atomic_write_file(folder / kLimitName, std::string_view(fmt::format("{}\n", bytes))));
  remove_unused(folder, 0, bytes);
  return {};
}

}  // namespace latentscape
