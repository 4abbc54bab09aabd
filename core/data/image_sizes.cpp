#include "core/data/image_sizes.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

#include "core/base/thread_pool.hpp"
#include "core/data/image_files.hpp"
#include "core/formats/image.hpp"

namespace latentscape {

namespace {

constexpr size_t kHeadBytes = size_t{64} << 10;  // of a file; the size of nearly every image is in there
constexpr size_t kChunk = 1024;                  // files between two looks at the stop token

Bytes head_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Bytes bytes(kHeadBytes);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(file.gcount()));
  return bytes;
}

std::optional<std::array<size_t, 2>> size_of(const std::filesystem::path& path) {
  auto info = look_at_image(head_of(path), path.string());
  if (!info.ok()) {
    const auto bytes = read_file(path);
    if (!bytes.ok()) return std::nullopt;
    info = look_at_image(*bytes, path.string());
  }
  if (!info.ok()) return std::nullopt;
  return std::array<size_t, 2>{info->height, info->width};
}

}  // namespace

size_t ImageSizes::suggested() const {
  constexpr std::array<size_t, 5> kUsual = {64, 48, 32, 28, 16};
  const auto found = std::find_if(kUsual.begin(), kUsual.end(), [&](size_t side) { return side <= least_side; });
  return found == kUsual.end() ? kUsual.back() : *found;
}

Result<ImageSizes> sizes_of_images(const std::string& folder, std::stop_token stop, const Progress& progress) {
  LS_TRY(const ImageFiles found, find_images(folder, stop));
  ComputePool pool;
  std::set<std::array<size_t, 2>> sizes;
  ImageSizes out;
  const size_t n = found.files.size();
  for (size_t begin = 0; begin < n; begin += kChunk) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", folder);
    if (progress) progress(static_cast<double>(begin) / static_cast<double>(n), "looking at the sizes of images");
    std::vector<std::optional<std::array<size_t, 2>>> some(std::min(kChunk, n - begin));
    pool.run(some.size(), [&](size_t i) { some[i] = size_of(std::filesystem::path(folder) / found.files[begin + i].path); });
    for (const auto& size : some) {
      if (!size) continue;
      const size_t side = std::min((*size)[0], (*size)[1]);
      out.least_side = out.images++ ? std::min(out.least_side, side) : side;
      sizes.insert(*size);
    }
  }
  out.different = sizes.size();
  if (sizes.empty()) return out;
  const auto fewer = [](const auto& a, const auto& b) { return a[0] * a[1] < b[0] * b[1]; };
  out.least = *std::min_element(sizes.begin(), sizes.end(), fewer);
  out.most = *std::max_element(sizes.begin(), sizes.end(), fewer);
  return out;
}

}  // namespace latentscape
