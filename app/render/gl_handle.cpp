#include "app/render/gl_handle.hpp"

#include <epoxy/gl.h>

namespace latentscape {

void TextureDeleter::destroy(unsigned id) { glDeleteTextures(1, &id); }
void BufferDeleter::destroy(unsigned id) { glDeleteBuffers(1, &id); }
void VertexArrayDeleter::destroy(unsigned id) { glDeleteVertexArrays(1, &id); }
void FramebufferDeleter::destroy(unsigned id) { glDeleteFramebuffers(1, &id); }
void ProgramDeleter::destroy(unsigned id) { glDeleteProgram(id); }

}  // namespace latentscape
