// What a worker of the session says where the allocator says no; the worker goes on with the next thing that it is asked.
#pragma once

#include <functional>
#include <memory>
#include <new>
#include <stop_token>
#include <string>

#include "core/session/session_state.hpp"

namespace latentscape {

inline Error no_memory(const std::string& what) {
  return {ErrorCode::out_of_memory, what + ": out of memory; a smaller batch, model or count needs less"};
}

/// Gives what `work` gives; out of memory, nothing, and says so in an event, once until it works again.
template <class Request, class Answer>
class SaysNoMemory {
 public:
  using Work = std::function<std::shared_ptr<const Answer>(const Request&, std::stop_token)>;

  SaysNoMemory(SessionState& state, std::string what, Work work) : state_(&state), what_(std::move(what)), work_(std::move(work)) {}

  std::shared_ptr<const Answer> operator()(const Request& request, std::stop_token stop) {
    try {
      auto answer = work_(request, std::move(stop));
      said_ = false;
      return answer;
    } catch (const std::bad_alloc&) {
      if (!said_) state_->events.push(event::Failed{no_memory(what_)});
      said_ = true;
      return nullptr;
    }
  }

 private:
  SessionState* state_;
  std::string what_;
  Work work_;
  bool said_ = false;
};

}  // namespace latentscape
