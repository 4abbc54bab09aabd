#include "app/gui/damage.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace latentscape {
namespace {

uint64_t mixed(uint64_t h, uint64_t value) {
  h = (h ^ value) * 0x9E3779B97F4A7C15ull;
  return h ^ (h >> 29);
}

/// Four lanes: vertex buffers are a few hundred kilobytes each frame.
uint64_t hash_bytes(uint64_t seed, const void* data, size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  uint64_t lane[4] = {seed, seed + 1, seed + 2, seed + 3};
  for (; size >= 32; bytes += 32, size -= 32) {
    uint64_t word[4];
    std::memcpy(word, bytes, 32);
    for (int i = 0; i < 4; ++i) lane[i] = (lane[i] ^ word[i]) * 0x9E3779B97F4A7C15ull, lane[i] ^= lane[i] >> 31;
  }
  uint64_t h = mixed(mixed(mixed(lane[0], lane[1]), lane[2]), lane[3]);
  for (; size > 0; ++bytes, --size) h = mixed(h, *bytes);
  return h;
}

Rect united(const Rect& a, const Rect& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  const float x = std::min(a.x, b.x), y = std::min(a.y, b.y);
  return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

Rect common(const Rect& a, const Rect& b) {
  const float x = std::max(a.x, b.x), y = std::max(a.y, b.y);
  return {x, y, std::max(0.0f, std::min(a.right(), b.right()) - x), std::max(0.0f, std::min(a.bottom(), b.bottom()) - y)};
}

/// Where the vertices are; clip rectangles of tooltips and popups cover the whole window.
Rect extent(const ImDrawList& list) {
  if (list.VtxBuffer.empty()) return {};
  float x0 = 1e9f, y0 = 1e9f, x1 = -1e9f, y1 = -1e9f;
  for (const ImDrawVert& v : list.VtxBuffer) {
    x0 = std::min(x0, v.pos.x);
    y0 = std::min(y0, v.pos.y);
    x1 = std::max(x1, v.pos.x);
    y1 = std::max(y1, v.pos.y);
  }
  return {x0 - 1.0f, y0 - 1.0f, x1 - x0 + 2.0f, y1 - y0 + 2.0f};
}

bool touch(const Rect& a, const Rect& b) { return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom(); }

Rect whole_pixels(const Rect& r, const ImVec2& size) {
  const float x0 = std::max(0.0f, std::floor(r.x)), y0 = std::max(0.0f, std::floor(r.y));
  const float x1 = std::min(size.x, std::ceil(r.right())), y1 = std::min(size.y, std::ceil(r.bottom()));
  return {x0, y0, std::max(0.0f, x1 - x0), std::max(0.0f, y1 - y0)};
}

/// Rectangles that touch become one, until none do and there are few.
void merge(std::vector<Rect>& rects, size_t most) {
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < rects.size() && !changed; ++i)
      for (size_t k = i + 1; k < rects.size() && !changed; ++k)
        if (touch(rects[i], rects[k])) {
          rects[i] = united(rects[i], rects[k]);
          rects.erase(rects.begin() + static_cast<ptrdiff_t>(k));
          changed = true;
        }
    if (!changed && rects.size() > most) {
      rects[0] = united(rects[0], rects.back());
      rects.pop_back();
      changed = true;
    }
  }
}

}  // namespace

std::vector<Rect> Damage::update(const ImDrawData& data) {
  const Rect all{data.DisplayPos.x, data.DisplayPos.y, data.DisplaySize.x, data.DisplaySize.y};
  std::vector<Part> now;
  for (int n = 0; n < data.CmdListsCount; ++n) {
    const ImDrawList& list = *data.CmdLists[n];
    Part part;
    part.name = list._OwnerName ? hash_bytes(7, list._OwnerName, std::strlen(list._OwnerName)) : 0;
    uint64_t h = hash_bytes(11, list.VtxBuffer.Data, static_cast<size_t>(list.VtxBuffer.size_in_bytes()));
    h = hash_bytes(h, list.IdxBuffer.Data, static_cast<size_t>(list.IdxBuffer.size_in_bytes()));
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.ElemCount == 0) continue;
      h = hash_bytes(h, &command.ClipRect, sizeof command.ClipRect);
      h = mixed(mixed(mixed(h, reinterpret_cast<uintptr_t>(command.TextureId)), command.IdxOffset), command.ElemCount);
      const ImVec4& c = command.ClipRect;
      part.bounds = united(part.bounds, whole_pixels({c.x, c.y, c.z - c.x, c.w - c.y}, data.DisplaySize));
    }
    part.bounds = whole_pixels(common(part.bounds, extent(list)), data.DisplaySize);
    part.content = h;
    now.push_back(part);
  }
  std::vector<Rect> rects;
  if (!known_) {
    rects.push_back(all);
  } else {
    // Both sequences in step; what is only in one of them came, went or changed its place above or below the others.
    size_t i = 0, k = 0;
    const auto find = [](const std::vector<Part>& in, size_t from, uint64_t name) {
      while (from < in.size() && in[from].name != name) ++from;
      return from;
    };
    while (i < parts_.size() || k < now.size()) {
      if (i < parts_.size() && k < now.size() && parts_[i].name == now[k].name) {
        if (parts_[i].content != now[k].content) rects.push_back(united(parts_[i].bounds, now[k].bounds));
        ++i, ++k;
      } else if (k < now.size() && (i >= parts_.size() || find(parts_, i, now[k].name) == parts_.size())) {
        rects.push_back(now[k++].bounds);
      } else {
        rects.push_back(parts_[i++].bounds);
      }
    }
  }
  std::erase_if(rects, [](const Rect& r) { return r.empty(); });
  merge(rects, kMost);
  parts_ = std::move(now);
  known_ = true;
  return rects;
}

void draw_clipped(ImDrawData& data, const std::vector<Rect>& rects, void (*before)(void* user, const Rect& rect), void (*draw)(ImDrawData*),
                  void* user) {
  std::vector<ImDrawList*> lists;
  std::vector<ImVec4> clips;
  for (const Rect& rect : rects) {
    before(user, rect);
    lists.clear();
    clips.clear();
    ImDrawData part = data;
    for (int n = 0; n < data.CmdListsCount; ++n) {
      ImDrawList* list = data.CmdLists[n];
      bool seen = false;
      for (const ImDrawCmd& command : list->CmdBuffer)
        seen = seen || touch(rect, {command.ClipRect.x, command.ClipRect.y, command.ClipRect.z - command.ClipRect.x,
                                    command.ClipRect.w - command.ClipRect.y});
      if (!seen) continue;
      lists.push_back(list);
      for (ImDrawCmd& command : list->CmdBuffer) {
        clips.push_back(command.ClipRect);
        ImVec4& c = command.ClipRect;
        c = {std::max(c.x, rect.x), std::max(c.y, rect.y), std::min(c.z, rect.right()), std::min(c.w, rect.bottom())};
        if (c.z <= c.x || c.w <= c.y) c = {-2.0f, -2.0f, -3.0f, -3.0f};  // backends skip what is inside out
      }
    }
    part.CmdLists = lists.data();
    part.CmdListsCount = static_cast<int>(lists.size());
    draw(&part);
    size_t at = 0;
    for (ImDrawList* list : lists)
      for (ImDrawCmd& command : list->CmdBuffer) command.ClipRect = clips[at++];
  }
}

}  // namespace latentscape
