#include "app/render/scatter.hpp"

#include <epoxy/gl.h>

#include <cstddef>
#include <string_view>

#include "app/render/shader.hpp"

namespace latentscape {

bool software_opengl() {
  const auto* text = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  const std::string_view renderer = text ? text : "";
  for (const std::string_view soft : {"llvmpipe", "softpipe", "SwiftShader", "swrast", "Software"})
    if (renderer.find(soft) != std::string_view::npos) return true;
  return false;
}

void blend_premultiplied() { glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA); }

void blend_nothing() { glDisable(GL_BLEND); }

Status Scatter::prepare() {
  LS_TRY(program_, program_from("scatter"));
  unsigned id = 0;
  glGenVertexArrays(1, &id);
  vertices_ = VertexArrayHandle(id);
  glGenBuffers(1, &id);
  buffer_ = BufferHandle(id);
  glGenFramebuffers(1, &id);
  framebuffer_ = FramebufferHandle(id);
  glBindVertexArray(vertices_.get());
  glBindBuffer(GL_ARRAY_BUFFER, buffer_.get());
  constexpr auto stride = static_cast<GLsizei>(sizeof(MapPoint));
  glEnableVertexAttribArray(0);
  glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, stride, reinterpret_cast<const void*>(offsetof(MapPoint, x)));
  glEnableVertexAttribArray(1);
  glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, stride, reinterpret_cast<const void*>(offsetof(MapPoint, colour)));
  glEnableVertexAttribArray(2);
  glVertexAttribIPointer(2, 1, GL_UNSIGNED_INT, stride, reinterpret_cast<const void*>(offsetof(MapPoint, shape)));
  glBindVertexArray(0);
  return {};
}

void Scatter::set_points(std::span<const MapPoint> points) {
  glBindBuffer(GL_ARRAY_BUFFER, buffer_.get());
  glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(points.size_bytes()), points.data(), GL_STREAM_DRAW);
  count_ = points.size();
}

void Scatter::draw(const PointCamera& camera, size_t width, size_t height, float diameter) {
  GLint framebuffer = 0, viewport[4] = {};
  glGetIntegerv(GL_FRAMEBUFFER_BINDING, &framebuffer);
  glGetIntegerv(GL_VIEWPORT, viewport);
  target_.allocate(width, height);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.get());
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, target_.id(), 0);
  glViewport(0, 0, static_cast<GLsizei>(width), static_cast<GLsizei>(height));
  glDisable(GL_SCISSOR_TEST);
  glClearColor(0, 0, 0, 0);
  glClear(GL_COLOR_BUFFER_BIT);
  glEnable(GL_BLEND);
  glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glEnable(GL_PROGRAM_POINT_SIZE);
  glUseProgram(program_.get());
  const auto set = [&](const char* name, float a, float b) { glUniform2f(glGetUniformLocation(program_.get(), name), a, b); };
  set("centre", static_cast<float>(camera.x), static_cast<float>(camera.y));
  set("clip_per_unit", static_cast<float>(2.0 / (camera.units_per_pixel * static_cast<double>(width))),
      static_cast<float>(2.0 / (camera.units_per_pixel * static_cast<double>(height))));
  glUniform1f(glGetUniformLocation(program_.get(), "diameter"), diameter);
  glBindVertexArray(vertices_.get());
  glDrawArrays(GL_POINTS, 0, static_cast<GLsizei>(count_));
  glBindVertexArray(0);
  glDisable(GL_PROGRAM_POINT_SIZE);
  glBindFramebuffer(GL_FRAMEBUFFER, static_cast<GLuint>(framebuffer));
  glViewport(viewport[0], viewport[1], viewport[2], viewport[3]);
}

void Scatter::release() { *this = Scatter(); }

}  // namespace latentscape
