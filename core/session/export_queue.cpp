#include "core/session/export_queue.hpp"

namespace latentscape {

void ExportQueue::loop(std::stop_token stop) {
  while (jobs_.wait(stop)) {
    for (Job& job : jobs_.drain()) {
      Status done = stop.stop_requested() ? Status(fail(ErrorCode::cancelled, "the program was closed first")) : job.work(stop);
      if (done.ok())
        state_.events.push(event::Logged{LogLine{LogLevel::info, job.what, 0.0}});
      else
        state_.events.push(event::Failed{std::move(done).error().context(job.what)});
    }
    if (stop.stop_requested()) return;
  }
}

}  // namespace latentscape
