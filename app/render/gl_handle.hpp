// Move-only owners of OpenGL names. They are made and freed on the main thread, while the context lives.
#pragma once

#include <utility>

namespace latentscape {

/// Deleter: struct with static void destroy(unsigned id).
template <class Deleter>
class GlHandle {
 public:
  GlHandle() = default;
  explicit GlHandle(unsigned id) : id_(id) {}
  ~GlHandle() { reset(); }
  GlHandle(GlHandle&& other) noexcept : id_(std::exchange(other.id_, 0u)) {}
  GlHandle& operator=(GlHandle&& other) noexcept {
    if (this != &other) {
      reset();
      id_ = std::exchange(other.id_, 0u);
    }
    return *this;
  }
  GlHandle(const GlHandle&) = delete;
  GlHandle& operator=(const GlHandle&) = delete;

  unsigned get() const { return id_; }
  explicit operator bool() const { return id_ != 0; }
  void reset() {
    if (id_ != 0) Deleter::destroy(id_);
    id_ = 0;
  }

 private:
  unsigned id_ = 0;
};

struct TextureDeleter {
  static void destroy(unsigned id);
};
struct BufferDeleter {
  static void destroy(unsigned id);
};
struct VertexArrayDeleter {
  static void destroy(unsigned id);
};
struct FramebufferDeleter {
  static void destroy(unsigned id);
};
struct ProgramDeleter {
  static void destroy(unsigned id);
};

using TextureHandle = GlHandle<TextureDeleter>;
using BufferHandle = GlHandle<BufferDeleter>;
using VertexArrayHandle = GlHandle<VertexArrayDeleter>;
using FramebufferHandle = GlHandle<FramebufferDeleter>;
using ProgramHandle = GlHandle<ProgramDeleter>;

}  // namespace latentscape
