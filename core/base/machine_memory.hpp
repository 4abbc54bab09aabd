// The memory of this machine.
#pragma once

#include <cstddef>

namespace latentscape {

/// Bytes of physical memory.
size_t machine_memory();

/// What was freed goes back to the system, before something large is allocated. Costs some milliseconds; nothing where the C library has no
/// such call.
void give_memory_back();

}  // namespace latentscape
