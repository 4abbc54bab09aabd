#include "app/render/shader.hpp"

#include <epoxy/gl.h>

#include <string>

#include "app/render/embedded.hpp"

namespace latentscape {

namespace {

Result<unsigned> compile(GLenum kind, const std::string& file) {
  const auto source = embedded_file(file);
  if (!source) return fail(ErrorCode::internal, "{} is not embedded in the program", file);
  const unsigned shader = glCreateShader(kind);
  const char* text = source->data();
  const auto length = static_cast<GLint>(source->size());
  glShaderSource(shader, 1, &text, &length);
  glCompileShader(shader);
  GLint ok = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
  if (ok) return shader;
  std::string words(1024, '\0');
  GLsizei written = 0;
  glGetShaderInfoLog(shader, static_cast<GLsizei>(words.size()), &written, words.data());
  words.resize(static_cast<size_t>(written));
  glDeleteShader(shader);
  return fail(ErrorCode::internal, "{} does not compile: {}", file, words);
}

}  // namespace

Result<ProgramHandle> program_from(std::string_view name) {
  const std::string base = "shaders/" + std::string(name);
  LS_TRY(const unsigned vertex, compile(GL_VERTEX_SHADER, base + ".vert"));
  auto fragment = compile(GL_FRAGMENT_SHADER, base + ".frag");
  if (!fragment) {
    glDeleteShader(vertex);
    return std::move(fragment).error();
  }
  ProgramHandle program(glCreateProgram());
  glAttachShader(program.get(), vertex);
  glAttachShader(program.get(), *fragment);
  glLinkProgram(program.get());
  glDeleteShader(vertex);
  glDeleteShader(*fragment);
  GLint ok = 0;
  glGetProgramiv(program.get(), GL_LINK_STATUS, &ok);
  if (!ok) return fail(ErrorCode::internal, "{} does not link", base);
  return program;
}

}  // namespace latentscape
