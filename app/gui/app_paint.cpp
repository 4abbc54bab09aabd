// Painting: only what changed, into a canvas that keeps the rest; and screenshots of it.
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <utility>

#include "app/gui/app.hpp"
#include "core/formats/image.hpp"

namespace latentscape {

void App::paint() {
  AppState& app = *state_;
  ImDrawData& data = *ImGui::GetDrawData();
  // Software OpenGL shares the cores with training: while nobody touches anything, every second frame is enough.
  if (!frame_input_.empty()) last_input_ = app.seconds;
  painted_ = false;
  every_second_ = !every_second_;
  if (software_ && every_second_ && app.seconds - last_input_ > 0.3 && app.screenshot_path.empty()) return;
  if (canvas_.resize(window_->framebuffer_width(), window_->framebuffer_height()) || !software_ || window_->take_refresh())
    damage_.invalidate();
  std::vector<Fill> fills = fills_of(app.layout, app.theme);
  if (!(fills == fills_)) damage_.invalidate();
  fills_ = std::move(fills);
  const std::vector<Rect> rects = damage_.update(data);
  painted_ = !rects.empty();
  if (!painted_) return;
  canvas_.begin();
  draw_clipped(
      data, rects,
      [](void* user, const Rect& rect) {
        App& self = *static_cast<App*>(user);
        const ImVec2 scale = ImGui::GetIO().DisplayFramebufferScale;
        for (const Fill& fill : self.fills_) {
          const float x0 = std::max(rect.x, fill.rect.x), y0 = std::max(rect.y, fill.rect.y);
          const float x1 = std::min(rect.right(), fill.rect.right()), y1 = std::min(rect.bottom(), fill.rect.bottom());
          if (x1 > x0 && y1 > y0)
            self.canvas_.fill(static_cast<int>(x0 * scale.x), static_cast<int>(y0 * scale.y), static_cast<int>((x1 - x0) * scale.x),
                              static_cast<int>((y1 - y0) * scale.y), fill.colour);
        }
      },
      ImGui_ImplOpenGL3_RenderDrawData, this);
  canvas_.present();
}

void App::write_screenshot() {
  AppState& app = *state_;
  if (app.screenshot_path.empty()) return;
  const double before = thread_cpu_seconds();
  Image image;
  image.width = static_cast<size_t>(canvas_.width());
  image.height = static_cast<size_t>(canvas_.height());
  image.channels = 4;
  image.pixels = canvas_.read();
  const std::string path = std::exchange(app.screenshot_path, {});
  Status written;
  if (auto png = encode_png(image); png.ok())
    written = atomic_write_file(path, ByteView(png.value()));
  else
    written = std::move(png).error();
  if (!written.ok())
    app.tell_failure("fail.export", path, written.error());
  else if (!script_)
    app.tell({LogLevel::info, "log.exported", {{path}}, {}, 0.0});
  if (script_) script_->screenshot_done(written);
  excluded_cpu_ += thread_cpu_seconds() - before;
}

}  // namespace latentscape
