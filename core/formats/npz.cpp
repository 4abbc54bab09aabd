#include "core/formats/npz.hpp"

#include <zip.h>

#include <algorithm>

#include "core/base/machine_memory.hpp"
#include "core/formats/npy_header.hpp"

namespace latentscape {

namespace {

constexpr std::string_view kSuffix = ".npy";
constexpr size_t kFirst = size_t{1} << 16;           // bytes, with the header of nearly every array
constexpr size_t kMostReserved = size_t{256} << 20;  // before so much has been unpacked
constexpr uint64_t kMaxRatio = 1100;                 // deflate packs at most about 1032 to 1

struct CloseZip {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Zip = std::unique_ptr<zip_t, CloseZip>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

/// libzip takes one reference of the source with the archive; this one stays ours.
Result<Zip> open_zip(zip_source_t* source, int flags, std::string_view name) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_keep(source);
  zip_t* zip = zip_open_from_source(source, flags, &error);
  if (!zip) {
    zip_source_free(source);
    return fail(ErrorCode::corrupt, "{}: is not a zip file ({})", name, text_of(error));
  }
  zip_error_fini(&error);
  return Zip(zip);
}

Result<Bytes> bytes_of(zip_source_t* source) {
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_source_stat(source, &info) != 0 || !(info.valid & ZIP_STAT_SIZE) || zip_source_open(source) != 0)
    return fail(ErrorCode::io, "npz: cannot read the archive back");
  Bytes out(info.size);
  const zip_int64_t n = zip_source_read(source, out.data(), out.size());
  zip_source_close(source);
  if (n < 0 || static_cast<size_t>(n) != out.size()) return fail(ErrorCode::io, "npz: cannot read the archive back");
  return out;
}

}  // namespace

Result<Bytes> npz_bytes(const NamedArrays& arrays) {
  if (arrays.empty()) return fail(ErrorCode::invalid_argument, "npz: no arrays, expected at least one");
  std::vector<std::string> names;
  for (const auto& [name, array] : arrays) names.push_back(name);
  std::sort(names.begin(), names.end());
  if (names.front().empty()) return fail(ErrorCode::invalid_argument, "npz: an array has no name");
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    return fail(ErrorCode::invalid_argument, "npz: two arrays are named '{}'", *twice);

  zip_error_t error;
  zip_error_init(&error);
  Source source(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!source) return fail(ErrorCode::out_of_memory, "npz: {}", text_of(error));
  zip_error_fini(&error);
  std::vector<Bytes> entries;  // libzip reads them when the archive is closed
  for (const auto& [name, array] : arrays) entries.push_back(npy_bytes(array));
  LS_TRY(Zip zip, open_zip(source.get(), ZIP_CREATE | ZIP_TRUNCATE, "npz"));
  for (size_t i = 0; i < arrays.size(); ++i) {
    zip_source_t* entry = zip_source_buffer(zip.get(), entries[i].data(), entries[i].size(), 0);
    const zip_int64_t index =
        entry ? zip_file_add(zip.get(), (arrays[i].first + std::string(kSuffix)).c_str(), entry, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
      if (entry) zip_source_free(entry);
      return fail(ErrorCode::invalid_argument, "npz: cannot add '{}' ({})", arrays[i].first, zip_strerror(zip.get()));
    }
    zip_set_file_compression(zip.get(), static_cast<zip_uint64_t>(index), ZIP_CM_DEFLATE, 6);
    // A fixed time (1980-01-01, the first that zip knows), so that the same arrays give the same bytes.
    zip_file_set_dostime(zip.get(), static_cast<zip_uint64_t>(index), 0, (1 << 5) | 1, 0);
  }
  if (zip_close(zip.get()) != 0) return fail(ErrorCode::io, "npz: cannot write the archive ({})", zip_strerror(zip.get()));
  (void)zip.release();  // closed: zip_discard would free it a second time
  return bytes_of(source.get());
}

struct NpzFile::State {
  std::string name;
  uint64_t size = 0;  // of the archive
  Source source;
  Zip zip;
};

Result<NpzFile> NpzFile::from_source(zip_source* raw, std::string_view name) {
  NpzFile file;
  file.state_ = std::make_shared<State>();
  State& state = *file.state_;
  state.name = name;
  state.source.reset(raw);
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_source_stat(raw, &info) == 0 && (info.valid & ZIP_STAT_SIZE)) state.size = info.size;
  LS_TRY(state.zip, open_zip(raw, ZIP_RDONLY | ZIP_CHECKCONS, name));
  const zip_int64_t count = zip_get_num_entries(state.zip.get(), 0);
  if (count <= 0) return fail(ErrorCode::corrupt, "{}: holds no arrays", name);
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    const char* text = zip_get_name(state.zip.get(), i, 0);
    const std::string_view entry = text ? text : "";
    if (entry.size() <= kSuffix.size() || !entry.ends_with(kSuffix))
      return fail(ErrorCode::corrupt, "{}: entry '{}' is not an .npy array", name, entry);
    file.names_.emplace_back(entry.substr(0, entry.size() - kSuffix.size()));
  }
  return file;
}

Result<NpzFile> NpzFile::open(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return fail(ErrorCode::not_found, "{}: no such file", path.string());
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_file_create(path.c_str(), 0, -1, &error);
  if (!source) return fail(ErrorCode::io, "{}: {}", path.string(), text_of(error));
  zip_error_fini(&error);
  return from_source(source, path.string());
}

Result<NpzFile> NpzFile::from(ByteView bytes, std::string_view name) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (!source) return fail(ErrorCode::out_of_memory, "{}: {}", name, text_of(error));
  zip_error_fini(&error);
  return from_source(source, name);
}

/// One entry, front to back; going back opens it anew.
class NpzFile::Entry : public ByteSource {
 public:
  static Result<std::unique_ptr<Entry>> open(std::shared_ptr<State> state, size_t index, std::string where) {
    zip_stat_t info;
    zip_stat_init(&info);
    if (zip_stat_index(state->zip.get(), index, 0, &info) != 0 || !(info.valid & ZIP_STAT_SIZE))
      return fail(ErrorCode::corrupt, "{}: has no size", where);
    if (info.size / kMaxRatio > state->size)
      return fail(ErrorCode::corrupt, "{}: claims {} bytes, more than can be packed into the {} of the file", where, info.size,
                  state->size);
    auto entry = std::unique_ptr<Entry>(new Entry());
    entry->state_ = std::move(state);
    entry->index_ = index;
    entry->size_ = info.size;
    entry->where_ = std::move(where);
    return entry;
  }

  uint64_t size() const override { return size_; }
  bool any_order() const override { return false; }
  const std::string& where() const { return where_; }

  Status read(uint64_t from, std::span<uint8_t> out) override {
    if (from + out.size() > size_) return fail(ErrorCode::corrupt, "{}: expected {} bytes, found {}", where_, from + out.size(), size_);
    if (!file_ || from < at_) {
      zip_t* const zip = state_->zip.get();
      file_.reset(zip_fopen_index(zip, index_, 0));
      at_ = 0;
      if (!file_) return fail(ErrorCode::corrupt, "{}: cannot be opened ({})", where_, zip_strerror(zip));
    }
    while (at_ < from) {
      skipped_.resize(std::min<uint64_t>(from - at_, kFirst));
      LS_CHECK(take(skipped_));
    }
    LS_CHECK(take(out));
    uint8_t more = 0;
    if (at_ < size_) return {};
    // Only at the end the checksum is compared.
    const zip_int64_t n = zip_fread(file_.get(), &more, 1);
    if (n < 0) return damaged();
    return n == 0 ? Status() : fail(ErrorCode::corrupt, "{}: unpacks to more than the {} bytes that it claims", where_, size_);
  }

 private:
  Entry() = default;
  Error damaged() const { return fail(ErrorCode::corrupt, "{}: is damaged ({})", where_, zip_file_strerror(file_.get())); }

  Status take(std::span<uint8_t> out) {
    for (size_t done = 0; done < out.size();) {
      const zip_int64_t n = zip_fread(file_.get(), out.data() + done, out.size() - done);
      if (n < 0) return damaged();
      if (n == 0) return fail(ErrorCode::corrupt, "{}: expected {} bytes, found {}", where_, size_, at_);
      done += static_cast<size_t>(n);
      at_ += static_cast<uint64_t>(n);
    }
    return {};
  }

  std::shared_ptr<State> state_;
  size_t index_ = 0;
  uint64_t size_ = 0, at_ = 0;
  std::string where_;
  std::unique_ptr<zip_file_t, CloseEntry> file_;
  Bytes skipped_;
};

Result<Bytes> NpzFile::unpack(size_t index) const {
  LS_TRY(const auto entry, Entry::open(state_, index, fmt::format("{}, entry {}", state_->name, names_[index] + std::string(kSuffix))));
  const uint64_t size = entry->size();
  if (size > machine_memory() / 2)
    return fail(ErrorCode::out_of_memory, "{}: unpacks to {:.1f} GB, more than half of this machine's {:.1f} GB", entry->where(),
                static_cast<double>(size) / 1e9, static_cast<double>(machine_memory()) / 1e9);
  Bytes bytes;
  while (bytes.size() < size || size == 0) {
    // Grow with what really comes out, not with what the entry claims; its own header is compared as soon as it is there.
    const size_t done = bytes.size();
    bytes.resize(done + std::min<size_t>(std::max<size_t>(kFirst, done), size - done));
    LS_CHECK(entry->read(done, std::span(bytes).subspan(done)));
    if (done != 0) continue;
    LS_TRY(const size_t promised, npy_size(bytes, entry->where()));
    if (promised != size)
      return fail(ErrorCode::corrupt, "{}: its header promises {} bytes, the archive {}", entry->where(), promised, size);
    bytes.reserve(std::min<size_t>(promised, kMostReserved));
  }
  return bytes;
}

Result<size_t> NpzFile::index_of(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end())
    return fail(ErrorCode::not_found, "{}: holds {}, expected '{}' among them", state_->name, fmt::join(names_, ", "), name);
  return static_cast<size_t>(found - names_.begin());
}

Result<NpyArray> NpzFile::read(const std::string& name) const {
  LS_TRY(const size_t index, index_of(name));
  LS_TRY(const Bytes bytes, unpack(index));
  return parse_npy(bytes, fmt::format("{}, entry {}", state_->name, name));
}

Result<NpyRows> NpzFile::rows(const std::string& name) const {
  LS_TRY(const size_t index, index_of(name));
  const std::string where = fmt::format("{}, entry {}", state_->name, name);
  LS_TRY(std::unique_ptr<ByteSource> source, Entry::open(state_, index, where));
  LS_TRY(NpyRows rows, NpyRows::open(std::move(source), where));
  if (!rows.header().columns_first()) return rows;
  LS_TRY(Bytes bytes, unpack(index));
  return NpyRows::open(bytes_in_memory(std::move(bytes), where), where);
}

Result<NamedArrays> NpzFile::all() const {
  NamedArrays out;
  for (size_t i = 0; i < names_.size(); ++i) {
    LS_TRY(const Bytes bytes, unpack(i));
    LS_TRY(NpyArray array, parse_npy(bytes, fmt::format("{}, entry {}", state_->name, names_[i])));
    out.emplace_back(names_[i], std::move(array));
  }
  return out;
}

Result<NamedArrays> parse_npz(ByteView bytes, std::string_view name) {
  LS_TRY(const NpzFile file, NpzFile::from(bytes, name));
  return file.all();
}

Result<NamedArrays> read_npz(const std::filesystem::path& path) {
  LS_TRY(const NpzFile file, NpzFile::open(path));
  return file.all();
}

}  // namespace latentscape
