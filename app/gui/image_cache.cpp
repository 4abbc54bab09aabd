#include "app/gui/image_cache.hpp"

#include <algorithm>

namespace latentscape {
namespace {

constexpr uint64_t kKeepFrames = 600;

ImTextureID id_of(const Texture& texture) { return reinterpret_cast<ImTextureID>(static_cast<intptr_t>(texture.id())); }

}  // namespace

ImTextureID ImageCache::from_floats(const std::string& name, uint64_t version, std::span<const float> pixels, size_t width, size_t height,
                                    size_t channels, bool inverted) {
  if (width * height == 0 || pixels.size() < width * height * channels) return nullptr;
  Entry& entry = entries_[name];
  entry.last_frame = frame_;
  // The look is part of the version: a theme change draws the same pixels anew.
  inverted = inverted && channels == 1;  // colours are no ink
  const uint64_t key = version * 2 + (inverted ? 1 : 0) + 2;
  if (entry.version != key || entry.texture.width() != width || entry.texture.height() != height) {
    scratch_.resize(width * height * 4);
    for (size_t i = 0; i < width * height; ++i) {
      for (size_t k = 0; k < 3; ++k) {
        const float value = std::clamp(pixels[i * channels + (channels >= 3 ? k : 0)], 0.0f, 1.0f);
        scratch_[i * 4 + k] = static_cast<uint8_t>((inverted ? 1.0f - value : value) * 255.0f + 0.5f);
      }
      scratch_[i * 4 + 3] = 255;
    }
    entry.texture.upload(scratch_, width, height, true);
    entry.version = key;
  }
  return id_of(entry.texture);
}

ImTextureID ImageCache::from_rgba(const std::string& name, uint64_t version, std::span<const uint8_t> pixels, size_t width, size_t height,
                                  bool smooth) {
  if (width * height == 0 || pixels.size() < width * height * 4) return nullptr;
  Entry& entry = entries_[name];
  entry.last_frame = frame_;
  if (entry.version != version + 1 || entry.texture.width() != width || entry.texture.height() != height) {
    entry.texture.upload(pixels, width, height, smooth);
    entry.version = version + 1;
  }
  return id_of(entry.texture);
}

void ImageCache::end_frame() {
  ++frame_;
  if (frame_ % 60 != 0) return;
  for (auto it = entries_.begin(); it != entries_.end();)
    it = it->second.last_frame + kKeepFrames < frame_ ? entries_.erase(it) : std::next(it);
}

void ImageCache::clear() { entries_.clear(); }

}  // namespace latentscape
