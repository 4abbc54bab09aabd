// Window: one GLFW window with an OpenGL 3.3 core context; its callbacks only fill the input queue. Main thread only.
#pragma once

#include <memory>
#include <string>

#include "app/gui/input_queue.hpp"
#include "core/base/result.hpp"

struct GLFWwindow;

namespace latentscape {

struct WindowOptions {
  int width = 1600;
  int height = 1000;
  std::string title = "Latentscape";
};

class Window {
 public:
  /// Fails with no_display where there is no window system or no OpenGL 3.3, saying what to install or set.
  static Result<std::unique_ptr<Window>> open(const WindowOptions& options, InputQueue& input);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  void poll();  // callbacks fill the input queue
  void swap();
  bool take_refresh();  // the window system lost the picture since the last call
  bool close_requested() const;
  int width() const;  // window pixels
  int height() const;
  int framebuffer_width() const;
  int framebuffer_height() const;
  const char* clipboard() const;  // never null; good until the next call
  void set_clipboard(const std::string& text);
  void set_title(const std::string& title);
  const std::string& renderer() const { return renderer_; }

 private:
  friend struct WindowCallbacks;
  Window() = default;
  GLFWwindow* window_ = nullptr;
  InputQueue* input_ = nullptr;
  bool refresh_ = true;
  std::string renderer_, title_;
};

}  // namespace latentscape
