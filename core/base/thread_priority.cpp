#include "core/base/thread_priority.hpp"

#if defined(__linux__)
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace latentscape {

#if defined(__linux__)
void lower_thread_priority(int steps) {
  // On Linux niceness belongs to a thread, whatever POSIX says (sched(7)).
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  setpriority(PRIO_PROCESS, thread, getpriority(PRIO_PROCESS, thread) + steps);
}
#else
void lower_thread_priority(int) {}
#endif

}  // namespace latentscape
