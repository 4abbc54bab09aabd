// The window's own framebuffer: version, clearing, reading back. Needs a current context.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace latentscape {

int gl_version();                // 33 for OpenGL 3.3
std::string gl_renderer();       // "llvmpipe (LLVM 15.0.6, 256 bits)"
void clear_framebuffer(int width, int height, float r, float g, float b);   // sets the viewport, too
/// RGBA of the back buffer, top row first, opaque.
std::vector<uint8_t> read_framebuffer(int width, int height);

}  // namespace latentscape
