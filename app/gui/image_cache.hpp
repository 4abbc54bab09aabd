// ImageCache: pixels to textures by name, uploaded only when their version changes; freed when unused for a while.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "app/render/texture.hpp"

namespace latentscape {

class ImageCache {
 public:
  /// Floats in [0, 1], grey (channels 1) or RGB (3), height x width x channels row-major. `inverted`: grey is dark ink on a light ground
  /// (paper theme); colours stay.
  ImTextureID from_floats(const std::string& name, uint64_t version, std::span<const float> pixels, size_t width, size_t height,
                          size_t channels, bool inverted = false);
  ImTextureID from_rgba(const std::string& name, uint64_t version, std::span<const uint8_t> pixels, size_t width, size_t height,
                        bool smooth = true);
  void end_frame();  // drops what was not asked for in the last 600 frames
  void clear();      // before the context goes

 private:
  struct Entry {
    Texture texture;
    uint64_t version = 0;
    uint64_t last_frame = 0;
  };
  std::map<std::string, Entry> entries_;
  std::vector<uint8_t> scratch_;
  uint64_t frame_ = 0;
};

}  // namespace latentscape
