// Controls: where each named control was drawn this frame, so that scripts and tests click what a person would.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace latentscape {

struct ControlRect {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // window pixels
};

class Controls {
 public:
  void begin_frame();  // forgets controls that were not drawn in the last whole frame
  void add(std::string_view name, ControlRect rect);
  std::optional<ControlRect> find(std::string_view name) const;
  const std::map<std::string, ControlRect, std::less<>>& all() const { return current_; }

 private:
  std::map<std::string, ControlRect, std::less<>> current_, next_;
};

}  // namespace latentscape
