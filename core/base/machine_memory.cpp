#include "core/base/machine_memory.hpp"

#include <malloc.h>
#include <unistd.h>

namespace latentscape {

size_t machine_memory() { return static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGE_SIZE)); }

void give_memory_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace latentscape
