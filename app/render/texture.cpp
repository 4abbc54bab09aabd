#include "app/render/texture.hpp"

#include <epoxy/gl.h>

#include <utility>

namespace latentscape {

void Texture::prepare(bool smooth) {
  if (!handle_) {
    unsigned id = 0;
    glGenTextures(1, &id);
    handle_ = TextureHandle(id);
  }
  glBindTexture(GL_TEXTURE_2D, handle_.get());
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, smooth ? GL_LINEAR : GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
}

void Texture::upload(std::span<const uint8_t> rgba, size_t width, size_t height, bool smooth) {
  if (rgba.size() < width * height * 4 || width == 0 || height == 0) return;
  // Two names take turns: the GPU may still read the last picture, and a changed name tells the window that this place must be redrawn.
  std::swap(handle_, spare_);
  std::swap(width_, spare_width_);
  std::swap(height_, spare_height_);
  prepare(smooth);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  const auto w = static_cast<GLsizei>(width), h = static_cast<GLsizei>(height);
  if (width != width_ || height != height_)
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, w, h, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
  else
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, w, h, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
  width_ = width;
  height_ = height;
}

void Texture::set_smooth(bool smooth) {
  if (!handle_) return;
  glBindTexture(GL_TEXTURE_2D, handle_.get());
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, smooth ? GL_LINEAR : GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, smooth ? GL_LINEAR : GL_NEAREST);
}

void Texture::allocate(size_t width, size_t height) {
  if (width == width_ && height == height_) return;
  prepare(true);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, static_cast<GLsizei>(width), static_cast<GLsizei>(height), 0, GL_RGBA, GL_UNSIGNED_BYTE,
               nullptr);
  width_ = width;
  height_ = height;
}

}  // namespace latentscape
