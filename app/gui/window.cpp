#include "app/gui/window.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <utility>

#include "app/render/canvas.hpp"

namespace latentscape {
namespace {

std::string last_glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text ? text : "no reason given";
}

}  // namespace

struct WindowCallbacks {
  static Window& window_of(GLFWwindow* w) { return *static_cast<Window*>(glfwGetWindowUserPointer(w)); }
  static InputQueue& queue_of(GLFWwindow* w) { return *window_of(w).input_; }
  static void install(GLFWwindow* window);
};

void WindowCallbacks::install(GLFWwindow* window) {
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { window_of(w).refresh_ = true; });
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double x, double y) {
    queue_of(w).push({input::Move{static_cast<float>(x), static_cast<float>(y)}});
  });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int entered) {
    if (!entered && glfwGetMouseButton(w, GLFW_MOUSE_BUTTON_LEFT) != GLFW_PRESS) queue_of(w).push({input::Move{-1e6f, -1e6f}});
  });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int) {
    queue_of(w).push({input::Button{button, action == GLFW_PRESS}});
  });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double x, double y) {
    queue_of(w).push({input::Wheel{static_cast<float>(x), static_cast<float>(y)}});
  });
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int, int action, int mods) {
    if (action != GLFW_REPEAT) queue_of(w).push({input::Key{key, action == GLFW_PRESS, mods}});
  });
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned code_point) { queue_of(w).push({input::Text{code_point}}); });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int focused) { queue_of(w).push({input::Focus{focused != 0}}); });
  glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
    queue_of(w).push({input::Drop{std::vector<std::string>(paths, paths + count)}});
  });
}

Result<std::unique_ptr<Window>> Window::open(const WindowOptions& options, InputQueue& input) {
  if (!glfwInit())
    return fail(
        ErrorCode::no_display,
        "no window system to draw on ({}): run this in a desktop session, set DISPLAY or WAYLAND_DISPLAY, or put `xvfb-run` before the "
        "command (package xvfb)",
        last_glfw_error());
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  std::unique_ptr<Window> window(new Window());
  window->window_ = glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
  if (!window->window_) {
    const std::string reason = last_glfw_error();
    glfwTerminate();
    return fail(ErrorCode::no_display,
                "no OpenGL 3.3 here ({}): install your graphics card's driver, or the software renderer of the package libgl1-mesa-dri",
                reason);
  }
  glfwMakeContextCurrent(window->window_);
  if (gl_version() < 33)
    return fail(ErrorCode::no_display,
                "OpenGL 3.3 is needed and this display has {}.{}: install your graphics card's driver, or the package libgl1-mesa-dri",
                gl_version() / 10, gl_version() % 10);
  window->renderer_ = gl_renderer();
  glfwSwapInterval(1);
  glfwSetWindowSizeLimits(window->window_, 640, 480, GLFW_DONT_CARE, GLFW_DONT_CARE);
  window->input_ = &input;
  glfwSetWindowUserPointer(window->window_, window.get());
  WindowCallbacks::install(window->window_);
  // Without a window manager (Xvfb) nobody else gives the keyboard to the window.
  glfwFocusWindow(window->window_);
  return window;
}

Window::~Window() {
  if (!window_) return;
  glfwDestroyWindow(window_);
  glfwTerminate();
}

void Window::poll() { glfwPollEvents(); }
bool Window::take_refresh() { return std::exchange(refresh_, false); }
void Window::swap() { glfwSwapBuffers(window_); }
bool Window::close_requested() const { return glfwWindowShouldClose(window_) != 0; }

int Window::width() const {
  int w = 0, h = 0;
  glfwGetWindowSize(window_, &w, &h);
  return w;
}
int Window::height() const {
  int w = 0, h = 0;
  glfwGetWindowSize(window_, &w, &h);
  return h;
}
int Window::framebuffer_width() const {
  int w = 0, h = 0;
  glfwGetFramebufferSize(window_, &w, &h);
  return w;
}
int Window::framebuffer_height() const {
  int w = 0, h = 0;
  glfwGetFramebufferSize(window_, &w, &h);
  return h;
}

const char* Window::clipboard() const {
  const char* text = glfwGetClipboardString(window_);
  return text ? text : "";
}
void Window::set_clipboard(const std::string& text) { glfwSetClipboardString(window_, text.c_str()); }
void Window::set_title(const std::string& title) {
  if (title == title_) return;
  title_ = title;
  glfwSetWindowTitle(window_, title.c_str());
}

}  // namespace latentscape
