// Texture: an RGBA8 2-D texture; move-only; main thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "app/render/gl_handle.hpp"

namespace latentscape {

class Texture {
 public:
  /// Replaces the contents (and storage where the size changes). rgba: width * height * 4 bytes, top row first.
  /// id() changes with every upload.
  void upload(std::span<const uint8_t> rgba, size_t width, size_t height, bool smooth);
  /// How texels are read from here on: mixed with their neighbours, or the nearest alone (cheap where texels lie on pixels).
  void set_smooth(bool smooth);
  /// Storage without contents: a target to draw into.
  void allocate(size_t width, size_t height);
  unsigned id() const { return handle_.get(); }
  size_t width() const { return width_; }
  size_t height() const { return height_; }

 private:
  void prepare(bool smooth);

  TextureHandle handle_, spare_;
  size_t width_ = 0, height_ = 0;
  size_t spare_width_ = 0, spare_height_ = 0;
};

}  // namespace latentscape
