#include "app/render/framebuffer.hpp"

#include <epoxy/gl.h>

#include <algorithm>

namespace latentscape {

int gl_version() { return epoxy_gl_version(); }

std::string gl_renderer() {
  const GLubyte* name = glGetString(GL_RENDERER);
  return name ? reinterpret_cast<const char*>(name) : "";
}

void clear_framebuffer(int width, int height, float r, float g, float b) {
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glDisable(GL_SCISSOR_TEST);
  glViewport(0, 0, width, height);
  glClearColor(r, g, b, 1.0f);
  glClear(GL_COLOR_BUFFER_BIT);
}

std::vector<uint8_t> read_framebuffer(int width, int height) {
  const size_t row = static_cast<size_t>(width) * 4;
  const auto rows = static_cast<size_t>(height);
  std::vector<uint8_t> pixels(row * rows);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
  for (size_t y = 0; y < rows / 2; ++y) {
    const auto top = pixels.begin() + static_cast<ptrdiff_t>(y * row);
    std::swap_ranges(top, top + static_cast<ptrdiff_t>(row), pixels.begin() + static_cast<ptrdiff_t>((rows - 1 - y) * row));
  }
  for (size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
  return pixels;
}

}  // namespace latentscape
