#include "core/session/export_queue.hpp"

#include <new>

namespace latentscape {

void ExportQueue::loop(std::stop_token stop) {
  while (jobs_.wait(stop)) {
    for (Job& job : jobs_.drain()) {
      Status done;
      try {
        done = stop.stop_requested() ? Status(fail(ErrorCode::cancelled, "the program was closed first")) : job.work(stop);
      } catch (const std::bad_alloc&) {
        done = fail(ErrorCode::out_of_memory, "out of memory; a smaller one needs less");
      }
      if (done.ok())
        state_.events.push(event::Logged{LogLine{LogLevel::info, job.what, 0.0}});
      else
        state_.events.push(event::Failed{std::move(done).error().context(job.what)});
    }
    if (stop.stop_requested()) return;
  }
}

}  // namespace latentscape
