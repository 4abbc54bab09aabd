// Scatter: points drawn by the GPU into an off-screen image of the map's size; redrawn only when something changed.
#pragma once

#include <cstddef>
#include <span>

#include "app/render/gl_handle.hpp"
#include "app/render/points.hpp"
#include "app/render/texture.hpp"
#include "core/base/result.hpp"

namespace latentscape {

/// True where OpenGL is drawn by the CPU (llvmpipe, softpipe, SwiftShader): then splat_points on a worker is the better way.
bool software_opengl();

/// Blending for images of premultiplied colour; ImGui's own is for straight alpha. To be called from a draw callback.
void blend_premultiplied();
/// What is drawn replaces what is there.
void blend_nothing();

class Scatter {
 public:
  /// Compiles the shaders; an error carries the compiler's words.
  Status prepare();
  /// New points: orphans the buffer, so that a frame in flight keeps the old ones.
  void set_points(std::span<const MapPoint> points);
  /// Draws into the off-screen image (premultiplied colour) and leaves the bound framebuffer and viewport as they were.
  void draw(const PointCamera& camera, size_t width, size_t height, float diameter);
  const Texture& image() const { return target_; }
  void release();

 private:
  ProgramHandle program_;
  VertexArrayHandle vertices_;
  BufferHandle buffer_;
  FramebufferHandle framebuffer_;
  Texture target_;
  size_t count_ = 0;
};

}  // namespace latentscape
