#include "core/data/image_reading.hpp"

#include <algorithm>
#include <functional>
#include <new>

#include "core/base/thread_pool.hpp"
#include "core/data/memory_budget.hpp"
#include "core/data/sha256.hpp"
#include "core/data/value_cache.hpp"
#include "core/formats/image.hpp"
#include "core/formats/npy_rows.hpp"

namespace latentscape {

namespace {

constexpr size_t kFirstChunk = 16;                // files, before the size of the images is known
constexpr size_t kChunkBytes = size_t{32} << 20;  // of pixels that wait to be put into the rows
constexpr size_t kMostInChunk = 1024;
constexpr size_t kNamed = 5;  // of the files that a warning is about

/// One image as rows are made of it, and what is to be said about its file.
struct DecodedImage {
  Bytes pixels;  // height x width x channels
  size_t height = 0, width = 0;
  size_t channels = 1;  // 1 also where red, green and blue are the same everywhere
  size_t file_height = 0, file_width = 0;
  bool sixteen_bits = false;
  uint64_t hash = 0;  // of the file's bytes
  std::string fault;  // why it is left out; empty: it is not
};

/// On white, without alpha.
void flatten(Image& image) {
  const size_t colours = image.channels == 2 ? 1 : 3;
  if (image.channels % 2 == 1) return;
  const size_t n = image.width * image.height;
  for (size_t i = 0; i < n; ++i) {
    const uint8_t* from = image.pixels.data() + i * image.channels;
    const unsigned alpha = from[colours];
    for (size_t c = 0; c < colours; ++c)
      image.pixels[i * colours + c] = static_cast<uint8_t>((from[c] * alpha + 255u * (255u - alpha) + 127u) / 255u);
  }
  image.channels = colours;
  image.pixels.resize(n * colours);
}

/// One channel: the luminance of ITU-R BT.601, in whole numbers as stb_image has it; equal channels stay what they are.
void make_grey(Image& image) {
  if (image.channels == 1) return;
  const size_t n = image.width * image.height;
  for (size_t i = 0; i < n; ++i) {
    const uint8_t* rgb = image.pixels.data() + 3 * i;
    image.pixels[i] = static_cast<uint8_t>((77u * rgb[0] + 150u * rgb[1] + 29u * rgb[2]) >> 8);
  }
  image.channels = 1;
  image.pixels.resize(n);
}

bool all_grey(const Image& image) {
  if (image.channels == 1) return true;
  for (size_t i = 0; i < image.pixels.size(); i += 3)
    if (image.pixels[i] != image.pixels[i + 1] || image.pixels[i] != image.pixels[i + 2]) return false;
  return true;
}

Result<DecodedImage> decode(const std::string& folder, const ImageFile& file, const Reading& reading) {
  LS_TRY(const Bytes bytes, read_file(std::filesystem::path(folder) / file.path));
  LS_TRY(const ImageInfo info, look_at_image(bytes, file.path));
  LS_TRY(Image image, decode_image(bytes, file.path));
  DecodedImage out;
  out.hash = std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  out.sixteen_bits = info.sixteen_bits;
  out.file_height = image.height;
  out.file_width = image.width;
  flatten(image);
  if (reading.colour == ImageColour::grey || all_grey(image)) make_grey(image);
  if (reading.size) {
    LS_TRY(image, squared(image, reading.size, reading.fit == ImageFit::crop));
  }
  out.height = image.height;
  out.width = image.width;
  out.channels = image.channels;
  out.pixels = std::move(image.pixels);
  return out;
}

/// Never fails: what cannot be read has a fault.
DecodedImage decode_for_rows(const std::string& folder, const ImageFile& file, const Reading& reading) {
  DecodedImage out;
  try {
    auto decoded = decode(folder, file, reading);
    if (decoded.ok()) return std::move(decoded).value();
    out.fault = decoded.error().message;
  } catch (const std::bad_alloc&) {
    out.fault = file.path + ": does not fit into memory";
  }
  return out;
}

class Rows {
 public:
  Rows(const DataRequest& request, const ImageFiles& found, Dataset& data, std::vector<uint32_t>& kept)
      : request_(request),
        found_(found),
        data_(data),
        kept_(kept),
        budget_(memory_budget(request.memory)),
        warned_(data.warnings.size()),
        channels_(request.reading.colour == ImageColour::rgb ? 3 : 1) {}

  Status read() {
    LS_CHECK(decode_all());
    if (!over_) {
      data_.values = std::move(pixels_);
      add_warnings();
      return {};
    }
    pixels_ = {};
    LS_TRY(const std::string key, key_of());
    LS_TRY(const bool found, map_known(key));
    if (found) return {};
    LS_TRY(turn_, CacheTurn::take(key, request_));
    LS_TRY(const bool filled_meanwhile, map_known(key));
    if (filled_meanwhile) return {};
    LS_TRY(const CacheEntry entry, fill_cache(key));
    auto again = key_of();
    if (!again.ok() || *again != key) drop_entry(entry);
    LS_TRY(const std::string same, std::move(again));
    if (same != key) return fail(ErrorCode::corrupt, "{}: its files changed while they were read", request_.spec);
    return map_entry(entry);
  }

 private:
  /// False: there is no entry, or it was damaged and is gone.
  Result<bool> map_known(const std::string& key) {
    LS_TRY(const std::optional<CacheEntry> entry, find_entry(key));
    if (!entry) return false;
    if (map_entry(*entry).ok()) {
      turn_.reset();
      return true;
    }
    drop_entry(*entry);
    return false;
  }

  /// Into memory, until that is over the budget; or into the cache, where there is a filling.
  Status decode_all() {
    ComputePool pool;
    const size_t n = found_.files.size();
    over_ = false;
    for (size_t begin = 0; begin < n && !over_;) {
      if (request_.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", request_.spec);
      if (request_.progress) request_.progress(static_cast<double>(begin) / static_cast<double>(n), "reading images");
      const size_t count = std::min(chunk(pool), n - begin);
      std::vector<DecodedImage> images(count);
      pool.run(count, [&](size_t i) { images[i] = decode_for_rows(request_.spec, found_.files[begin + i], request_.reading); });
      LS_CHECK(take(images, begin));
      begin += count;
    }
    if (over_) return {};
    if (kept_.empty())
      return fail(ErrorCode::corrupt, "{}: none of its {} images can be read: {}", request_.spec, n, fmt::join(faults_, "; "));
    set_shape();
    return {};
  }

  void set_shape() {
    data_.rows = kept_.size();
    data_.shape = {height_, width_};
    if (channels_ == 3) data_.shape.push_back(3);
  }

  /// Of the names and bytes of all files, and of what is made of them.
  Result<std::string> key_of() const {
    Sha256 sum;
    sum.add(fmt::format("images 2 {} {} {}\n", request_.reading.size, static_cast<int>(request_.reading.fit),
                        static_cast<int>(request_.reading.colour)));
    ComputePool pool;
    const std::vector<ImageFile>& files = found_.files;
    std::vector<std::string> sums;
    for (size_t begin = 0; begin < files.size(); begin += sums.size()) {
      if (request_.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", request_.spec);
      if (request_.progress) request_.progress(static_cast<double>(begin) / static_cast<double>(files.size()), "looking for the images");
      sums.assign(std::min(kMostInChunk, files.size() - begin), "");
      pool.run(sums.size(), [&](size_t i) {
        const auto bytes = read_file(std::filesystem::path(request_.spec) / files[begin + i].path);
        sums[i] = bytes.ok() ? sha256_of(*bytes) : "-";
      });
      for (size_t i = 0; i < sums.size(); ++i) sum.add(fmt::format("{} {}\n", sums[i], files[begin + i].path));
    }
    return sum.hex();
  }

  Result<CacheEntry> fill_cache(const std::string& key) {
    // From the beginning; once more where an image turns out to have the first colour, as the grey ones before it need three channels then.
    do {
      begin_anew();
      const size_t bytes = found_.files.size() * height_ * width_ * channels_;
      LS_TRY(CacheFilling filling, CacheFilling::begin(key, bytes, request_.spec, turn_));
      filling_.emplace(std::move(filling));
      LS_CHECK(decode_all());
    } while (over_);
    add_warnings();
    std::vector<size_t> dims = {data_.rows};
    dims.insert(dims.end(), data_.shape.begin(), data_.shape.end());
    LS_TRY(CacheEntry entry, filling_->finish("|u1", dims));
    size_t next = 0;
    for (uint32_t file = 0; file < found_.files.size(); ++file)
      if (next < kept_.size() && kept_[next] == file)
        ++next;
      else
        entry.left_out.push_back(file);
    entry.warnings.assign(data_.warnings.begin() + static_cast<std::ptrdiff_t>(warned_), data_.warnings.end());
    data_.warnings.resize(warned_);
    return entry;
  }

  void begin_anew() {
    filling_.reset();  // what it has written is removed before there is more
    kept_.clear();
    data_.split.clear();
    faults_.clear();
    hashes_.clear();
    other_ = {};
    left_out_ = sixteen_bits_ = 0;
  }

  Status map_entry(const CacheEntry& entry) {
    LS_TRY(const NpyRows rows, NpyRows::open(entry.values));
    const std::vector<size_t>& dims = rows.header().dims;
    kept_.clear();
    data_.split.clear();
    for (uint32_t file = 0, next = 0; file < found_.files.size(); ++file) {
      if (next < entry.left_out.size() && entry.left_out[next] == file) {
        ++next;
        continue;
      }
      kept_.push_back(file);
      data_.split.push_back(found_.files[file].split);
    }
    if (dims.size() < 3 || dims[0] != kept_.size() || !rows.header().bytes())
      return fail(ErrorCode::corrupt, "{}: is {}, expected {} images", entry.values.string(), fmt::join(dims, " x "), kept_.size());
    data_.rows = dims[0];
    data_.shape.assign(dims.begin() + 1, dims.end());
    data_.warnings.insert(data_.warnings.end(), entry.warnings.begin(), entry.warnings.end());
    return map_values(data_, entry.values, std::make_shared<const CacheEntry>(entry), budget_);
  }

  size_t chunk(const ComputePool& pool) const {
    if (kept_.empty()) return kFirstChunk;
    return std::clamp(kChunkBytes / (height_ * width_ * 3), pool.threads(), kMostInChunk);
  }

  Status take(std::vector<DecodedImage>& images, size_t begin) {
    for (size_t i = 0; i < images.size(); ++i) {
      const ImageFile& file = found_.files[begin + i];
      DecodedImage& image = images[i];
      if (!image.fault.empty()) {
        ++left_out_;
        if (faults_.size() < kNamed) faults_.push_back(image.fault);
        continue;
      }
      LS_CHECK(check_size(file, image));
      if (image.channels == 3 && channels_ == 1) widen();
      if (over_) return {};
      LS_CHECK(append(image));
      sixteen_bits_ += image.sixteen_bits;
      hashes_.emplace_back(image.hash, file.split);
      data_.split.push_back(file.split);
      kept_.push_back(static_cast<uint32_t>(begin + i));
      image = {};
    }
    return {};
  }

  Status check_size(const ImageFile& file, const DecodedImage& image) {
    if (kept_.empty()) {
      height_ = image.height;
      width_ = image.width;
      first_ = {file.path, image.file_height, image.file_width};
      reserve(std::max(channels_, image.channels));
      return {};
    }
    if (image.file_height == first_.height && image.file_width == first_.width) return {};
    if (other_.path.empty()) other_ = {file.path, image.file_height, image.file_width};
    if (request_.reading.size) return {};
    return fail(ErrorCode::invalid_argument, "{}: {}; setting `size` brings them to one, as size=32", request_.spec, sizes_text());
  }

  std::string sizes_text() const {
    return fmt::format("images have different sizes, {} is {} x {} and {} is {} x {} (height x width)", first_.path, first_.height,
                       first_.width, other_.path, other_.height, other_.width);
  }

  /// For all images with so many channels; over the budget: not in memory.
  void reserve(size_t channels) {
    const size_t bytes = found_.files.size() * height_ * width_ * channels;
    if (filling_) return;
    over_ = bytes > budget_;
    if (!over_) pixels_.reserve(bytes);
  }

  /// The first image with a colour: the grey ones before it get three channels.
  void widen() {
    channels_ = 3;
    if (filling_) {
      over_ = !kept_.empty();  // those before it are written already
      return;
    }
    reserve(3);
    if (over_) return;
    const size_t n = pixels_.size();
    pixels_.resize(n * 3);
    for (size_t i = n; i-- > 0;) std::fill_n(pixels_.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, uint8_t{pixels_[i]});
  }

  Status append(const DecodedImage& image) {
    if (filling_ && image.channels == channels_) return filling_->append(image.pixels);
    if (image.channels == channels_) {
      pixels_.insert(pixels_.end(), image.pixels.begin(), image.pixels.end());
      return {};
    }
    for (const uint8_t v : image.pixels) pixels_.insert(pixels_.end(), 3, v);
    if (!filling_) return {};
    LS_CHECK(filling_->append(pixels_));
    pixels_.clear();
    return {};
  }

  void add_warnings() {
    std::vector<std::string>& warnings = data_.warnings;
    if (left_out_)
      warnings.push_back(fmt::format("{} of {} images cannot be read and are left out: {}{}", left_out_, found_.files.size(),
                                     fmt::join(faults_, "; "), left_out_ > faults_.size() ? "; ..." : ""));
    if (!other_.path.empty()) warnings.push_back(fmt::format("{}: all are made {} x {}", sizes_text(), height_, width_));
    if (sixteen_bits_) warnings.push_back(fmt::format("{} images have 16 bits a channel and are read with 8", sixteen_bits_));
    std::sort(hashes_.begin(), hashes_.end());
    size_t again = 0, across = 0;
    for (size_t i = 1; i < hashes_.size(); ++i) {
      if (hashes_[i].first != hashes_[i - 1].first) continue;
      ++again;
      across += hashes_[i].second != hashes_[i - 1].second;
    }
    if (again)
      warnings.push_back(fmt::format("{} images are copies of another, byte for byte{}", again,
                                     across ? fmt::format(", {} of them in another split", across) : ""));
  }

  struct Named {
    std::string path;
    size_t height = 0, width = 0;
  };

  const DataRequest& request_;
  const ImageFiles& found_;
  Dataset& data_;
  std::vector<uint32_t>& kept_;
  const size_t budget_;  // bytes
  const size_t warned_;  // warnings before these
  Bytes pixels_;
  bool over_ = false;  // the budget, or what is filled already: not to be gone on with
  std::shared_ptr<const CacheTurn> turn_;
  std::optional<CacheFilling> filling_;  // none: into memory
  size_t height_ = 0, width_ = 0, channels_ = 1;
  Named first_, other_;  // of the first size, and the first of another
  size_t left_out_ = 0, sixteen_bits_ = 0;
  std::vector<std::string> faults_;
  std::vector<std::pair<uint64_t, Split>> hashes_;
};

}  // namespace

Status read_images(const DataRequest& request, const ImageFiles& found, Dataset& data, std::vector<uint32_t>& kept) {
  return Rows(request, found, data, kept).read();
}

}  // namespace latentscape
