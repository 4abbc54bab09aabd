#include "core/data/image_reading.hpp"

#include <algorithm>
#include <functional>
#include <new>

#include "core/base/machine_memory.hpp"
#include "core/base/thread_pool.hpp"
#include "core/formats/image.hpp"

namespace latentscape {

namespace {

constexpr size_t kFirstChunk = 16;                // files, before the size of the images is known
constexpr size_t kChunkBytes = size_t{32} << 20;  // of pixels that wait to be put into the rows
constexpr size_t kMostInChunk = 4096;
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
      : request_(request), found_(found), data_(data), kept_(kept), channels_(request.reading.colour == ImageColour::rgb ? 3 : 1) {}

  Status read() {
    ComputePool pool;
    const size_t n = found_.files.size();
    for (size_t begin = 0; begin < n;) {
      if (request_.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", request_.spec);
      if (request_.progress) request_.progress(static_cast<double>(begin) / static_cast<double>(n), "reading images");
      const size_t count = std::min(chunk(pool), n - begin);
      std::vector<DecodedImage> images(count);
      pool.run(count, [&](size_t i) { images[i] = decode_for_rows(request_.spec, found_.files[begin + i], request_.reading); });
      LS_CHECK(take(images, begin));
      begin += count;
    }
    if (kept_.empty())
      return fail(ErrorCode::corrupt, "{}: none of its {} images can be read: {}", request_.spec, n, fmt::join(faults_, "; "));
    data_.rows = kept_.size();
    data_.shape = {height_, width_};
    if (channels_ == 3) data_.shape.push_back(3);
    data_.values = std::move(pixels_);
    add_warnings();
    return {};
  }

 private:
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
      append(image);
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
      const size_t bytes = found_.files.size() * height_ * width_ * std::max(channels_, image.channels);
      if (bytes > machine_memory())
        return fail(ErrorCode::out_of_memory,
                    "{}: {} images of {} x {} pixels are {:.1f} GB, more than the {:.1f} GB of this machine; smaller ones are made by "
                    "size, as in --set size=64",
                    request_.spec, found_.files.size(), height_, width_, static_cast<double>(bytes) / 1e9,
                    static_cast<double>(machine_memory()) / 1e9);
      pixels_.reserve(found_.files.size() * height_ * width_ * std::max(channels_, image.channels));
      return {};
    }
    if (image.file_height == first_.height && image.file_width == first_.width) return {};
    if (other_.path.empty()) other_ = {file.path, image.file_height, image.file_width};
    if (request_.reading.size) return {};
    return fail(ErrorCode::invalid_argument, "{}: {}; they are brought to one size by size, as in --set size=32", request_.spec,
                sizes_text());
  }

  std::string sizes_text() const {
    return fmt::format("images have different sizes, {} is {} x {} and {} is {} x {} (height x width)", first_.path, first_.height,
                       first_.width, other_.path, other_.height, other_.width);
  }

  /// The first image with a colour: the grey ones before it get three channels.
  void widen() {
    const size_t n = pixels_.size();
    pixels_.reserve(std::max(found_.files.size() * height_ * width_ * 3, n * 3));
    pixels_.resize(n * 3);
    for (size_t i = n; i-- > 0;) std::fill_n(pixels_.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, uint8_t{pixels_[i]});
    channels_ = 3;
  }

  void append(const DecodedImage& image) {
    if (image.channels == channels_) {
      pixels_.insert(pixels_.end(), image.pixels.begin(), image.pixels.end());
      return;
    }
    for (const uint8_t v : image.pixels) pixels_.insert(pixels_.end(), 3, v);
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
  Bytes pixels_;
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
