#include "core/data/memory_budget.hpp"

#include <charconv>
#include <cmath>

#include "core/base/machine_memory.hpp"

namespace latentscape {

Result<size_t> bytes_from_text(std::string_view text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  double scale = 1.0;
  bool known = error == std::errc() && std::isfinite(number);
  if (unit == "K")
    scale = 0x1p10;
  else if (unit == "M")
    scale = 0x1p20;
  else if (unit == "G")
    scale = 0x1p30;
  else if (unit == "%")
    scale = static_cast<double>(machine_memory()) / 100.0;
  else
    known = known && unit.empty();
  const double bytes = std::floor(number * scale);
  if (known && bytes >= 1.0 && bytes < 0x1p60) return static_cast<size_t>(bytes);
  return fail(ErrorCode::invalid_argument, "is '{}', expected bytes, as in 2G, 512M or 64K, or a share of the machine's memory, as in 25%",
              text);
}

size_t memory_budget(size_t asked) { return asked ? asked : machine_memory() / 2; }

std::string text_from_bytes(uint64_t bytes) {
  const auto n = static_cast<double>(bytes);
  if (n >= 1e9) return fmt::format("{:.1f} GB", n / 1e9);
  if (n >= 1e6) return fmt::format("{:.1f} MB", n / 1e6);
  return fmt::format("{} bytes", bytes);
}

}  // namespace latentscape
