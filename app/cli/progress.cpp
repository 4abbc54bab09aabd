#include "app/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace latentscape {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr size_t kBarCells = 24;

size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

std::string text_from_seconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "--:--";
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

ProgressBar::ProgressBar() : terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

void ProgressBar::show(double fraction, const std::string& what, double eta_seconds) {
  if (!terminal_ || (drawn_ && since_drawn_.seconds() < kRedrawSeconds)) return;
  fraction = std::clamp(fraction, 0.0, 1.0);
  if (eta_seconds < 0 && fraction > 0.02) eta_seconds = since_start_.seconds() * (1.0 - fraction) / fraction;
  const auto filled = static_cast<size_t>(fraction * static_cast<double>(kBarCells));
  std::string text = fmt::format("[{}{}] {:3.0f} %  ETA {}  {}", std::string(filled, '='), std::string(kBarCells - filled, ' '),
                                 100.0 * fraction, text_from_seconds(eta_seconds), what);
  const size_t columns = terminal_columns();
  if (text.size() >= columns) text.resize(columns - 1);
  fmt::print(stderr, "\r{}\x1b[K", text);
  std::fflush(stderr);
  drawn_ = true;
  since_drawn_.restart();
}

void ProgressBar::line(const std::string& text) {
  clear();
  fmt::print(stderr, "{}\n", text);
  std::fflush(stderr);
}

}  // namespace latentscape
