#include "app/render/canvas.hpp"

#include <epoxy/gl.h>

#include <algorithm>

namespace latentscape {

int gl_version() { return epoxy_gl_version(); }

std::string gl_renderer() {
  const GLubyte* name = glGetString(GL_RENDERER);
  return name ? reinterpret_cast<const char*>(name) : "";
}

void WindowCanvas::choose_target(const std::function<void()>& swap) {
  direct_ = true;
  // Two nearly equal colours: with two buffers in turn the one before the last would come back.
  for (const uint32_t colour : {0xFF181311u, 0xFF181411u, 0xFF181511u}) {
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    glClearColor(static_cast<float>(colour & 255) / 255.0f, static_cast<float>((colour >> 8) & 255) / 255.0f,
                 static_cast<float>((colour >> 16) & 255) / 255.0f, 1.0f);
    glClear(GL_COLOR_BUFFER_BIT);
    swap();
    uint8_t pixel[4] = {};
    glReadPixels(8, 8, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
    direct_ = direct_ && pixel[0] == (colour & 255) && pixel[1] == ((colour >> 8) & 255) && pixel[2] == ((colour >> 16) & 255);
  }
}

bool WindowCanvas::resize(int width, int height) {
  width = std::max(width, 1);
  height = std::max(height, 1);
  if (width == width_ && height == height_ && (direct_ || framebuffer_)) return false;
  width_ = width;
  height_ = height;
  if (direct_) return true;
  unsigned texture = 0, framebuffer = 0;
  glGenTextures(1, &texture);
  colour_ = TextureHandle(texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  glGenFramebuffers(1, &framebuffer);
  framebuffer_ = FramebufferHandle(framebuffer);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
  return true;
}

void WindowCanvas::begin() {
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.get());
  glViewport(0, 0, width_, height_);
}

void WindowCanvas::fill(int x, int y, int width, int height, uint32_t rgba) {
  const int x0 = std::max(x, 0), y0 = std::max(y, 0), x1 = std::min(x + width, width_), y1 = std::min(y + height, height_);
  if (x1 <= x0 || y1 <= y0) return;
  const auto part = [&](int shift) { return static_cast<float>((rgba >> shift) & 255) / 255.0f; };
  glEnable(GL_SCISSOR_TEST);
  glScissor(x0, height_ - y1, x1 - x0, y1 - y0);
  glClearColor(part(0), part(8), part(16), 1.0f);
  glClear(GL_COLOR_BUFFER_BIT);
  glDisable(GL_SCISSOR_TEST);
}

void WindowCanvas::present() {
  if (direct_) return;
  glDisable(GL_SCISSOR_TEST);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_.get());
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
  glBlitFramebuffer(0, 0, width_, height_, 0, 0, width_, height_, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

std::vector<uint8_t> WindowCanvas::read() const {
  const size_t row = static_cast<size_t>(width_) * 4;
  const auto rows = static_cast<size_t>(height_);
  std::vector<uint8_t> pixels(row * rows);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_.get());
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width_, height_, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
  glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
  for (size_t y = 0; y < rows / 2; ++y) {
    const auto top = pixels.begin() + static_cast<ptrdiff_t>(y * row);
    std::swap_ranges(top, top + static_cast<ptrdiff_t>(row), pixels.begin() + static_cast<ptrdiff_t>((rows - 1 - y) * row));
  }
  for (size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
  return pixels;
}

void WindowCanvas::release() {
  framebuffer_.reset();
  colour_.reset();
  width_ = height_ = 0;
}

}  // namespace latentscape
