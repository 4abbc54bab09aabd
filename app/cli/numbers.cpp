#include "app/cli/numbers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace latentscape {
namespace {

template <class T>
CLI::Validator number_check(T least, T most, const std::string& what) {
  return CLI::Validator(
      [=](const std::string& text) -> std::string {
        T value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole_text = error == std::errc() && end == text.data() + text.size();
        if (whole_text && value >= least && value <= most) return "";  // not a number compares as false
        return fmt::format("is '{}', expected {} from {} to {}", text, what, least, most);
      },
      fmt::format("{} TO {}", least, most));
}

}  // namespace

CLI::Validator whole_number(uint64_t least, uint64_t most) { return number_check(least, most, "a whole number"); }
CLI::Validator finite_number(double least, double most) { return number_check(least, most, "a number"); }

}  // namespace latentscape
