#include "app/cli/signal_stop.hpp"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "app/cli/commands.hpp"

namespace latentscape {

SignalStop::SignalStop() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, &saved_);
  thread_ = std::jthread([set, source = source_](std::stop_token over) mutable {
    while (!over.stop_requested()) {
      const timespec wait = {0, 50'000'000};  // so that the destructor never waits long
      if (sigtimedwait(&set, nullptr, &wait) < 0) continue;
      if (source.stop_requested()) _exit(kExitInterrupted);
      source.request_stop();
    }
  });
}

SignalStop::~SignalStop() {
  thread_.request_stop();
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &saved_, nullptr);
}

}  // namespace latentscape
