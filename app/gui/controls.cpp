#include "app/gui/controls.hpp"

namespace latentscape {

void Controls::begin_frame() {
  current_.swap(next_);
  next_.clear();
}

void Controls::add(std::string_view name, ControlRect rect) { next_.insert_or_assign(std::string(name), rect); }

std::optional<ControlRect> Controls::find(std::string_view name) const {
  const auto it = current_.find(name);
  if (it == current_.end()) return std::nullopt;
  return it->second;
}

}  // namespace latentscape
