// A log sink: lines with a level and a time, handed to whoever listens.
#pragma once

#include <functional>
#include <string>

namespace latentscape {

enum class LogLevel { info, warning, error };

struct LogLine {
  LogLevel level = LogLevel::info;
  std::string text;
  double seconds = 0.0;  // since the program's start
};

using LogSink = std::function<void(const LogLine&)>;

/// Something long reports how far it is: fraction in [0, 1], and in words what it does.
using Progress = std::function<void(double fraction, const std::string& what)>;

}  // namespace latentscape
