#include "core/base/machine_memory.hpp"

#include <unistd.h>

namespace latentscape {

size_t machine_memory() { return static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGE_SIZE)); }

}  // namespace latentscape
