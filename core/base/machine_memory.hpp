// How much memory this machine has.
#pragma once

#include <cstddef>

namespace latentscape {

/// Bytes of physical memory.
size_t machine_memory();

}  // namespace latentscape
