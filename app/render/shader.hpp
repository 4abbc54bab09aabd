// Shaders: GLSL 3.30 programs from the embedded files of shaders/.
#pragma once

#include <string_view>

#include "app/render/gl_handle.hpp"
#include "core/base/result.hpp"

namespace latentscape {

/// program_from("scatter"): shaders/scatter.vert with shaders/scatter.frag.
Result<ProgramHandle> program_from(std::string_view name);

}  // namespace latentscape
