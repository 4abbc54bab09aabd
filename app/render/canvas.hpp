// WindowCanvas: the window's picture, kept between frames, so that only what changed is drawn again; shown by one copy.
// Software OpenGL spends its time per pixel: repainting 1600 x 1000 sixty times a second would take all of two cores.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/render/texture.hpp"

namespace latentscape {

int gl_version();           // 33 for OpenGL 3.3
std::string gl_renderer();  // "llvmpipe (LLVM 15.0.6, 256 bits)"

class WindowCanvas {
 public:
  /// Tries whether the window's back buffer keeps its picture over a swap (software OpenGL on X11 does): then that is the canvas and
  /// nothing is copied. Before anything is drawn; `swap` shows the back buffer.
  void choose_target(const std::function<void()>& swap);
  /// True where the size changed and the picture is gone.
  bool resize(int width, int height);
  /// Drawing goes to the canvas from here on.
  void begin();
  /// An opaque rectangle, pixels from the top left; far cheaper than drawing one. rgba: bytes in memory order.
  void fill(int x, int y, int width, int height, uint32_t rgba);
  /// Copies the picture to the window's back buffer.
  void present();
  /// RGBA, top row first, opaque.
  std::vector<uint8_t> read() const;
  void release();  // while the context lives
  int width() const { return width_; }
  int height() const { return height_; }

 private:
  TextureHandle colour_;
  FramebufferHandle framebuffer_;
  int width_ = 0, height_ = 0;
  bool direct_ = false;
};

}  // namespace latentscape
