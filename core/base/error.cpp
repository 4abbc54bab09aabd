#include "core/base/error.hpp"

namespace latentscape {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::exists: return "exists";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::io: return "io";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::no_display: return "no_display";
    case ErrorCode::non_finite: return "non_finite";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

}  // namespace latentscape
