#include "core/io/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace latentscape {

namespace {

double nice_step(double span, size_t wanted) {
  const double rough = span / static_cast<double>(std::max<size_t>(wanted, 1));
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double share = rough / power;
  return power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
}

std::string grouped(std::string digits) {
  const size_t point = std::min(digits.find('.'), digits.size());
  for (size_t at = point; at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string power_of_ten(double value) {
  const char* raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  int exponent = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9));
  const double mantissa = std::abs(value) / std::pow(10.0, exponent);
  std::string text = value < 0 ? "−" : "";
  const std::string digits = fmt::format("{:.3g}", mantissa);
  if (digits != "1") text += digits + "×";
  text += "10";
  if (exponent < 0) text += "⁻";
  for (const char c : std::to_string(std::abs(exponent))) text += raised[c - '0'];
  return text;
}

}  // namespace

std::string tick_label(double value, double step) {
  if (std::abs(value) < step * 1e-6) return "0";
  if (std::abs(value) >= 1e7 || step < 1e-5) return power_of_ten(value);
  const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-6)));
  return fmt::format("{}{}", value < 0 ? "−" : "", grouped(fmt::format("{:.{}f}", std::abs(value), decimals)));
}

std::string value_label(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "–" : value > 0 ? "∞" : "−∞";
  if (value == 0) return "0";
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
  if (magnitude >= 7 || magnitude < -4) return power_of_ten(value);
  return fmt::format("{}{}", value < 0 ? "−" : "", grouped(fmt::format("{:.{}f}", std::abs(value), std::clamp(2 - magnitude, 0, 6))));
}

std::vector<Tick> linear_ticks(double low, double high, size_t wanted) {
  std::vector<Tick> ticks;
  const double step = nice_step(high - low, wanted);
  const double first = std::ceil(low / step - 1e-9), last = std::floor(high / step + 1e-9);
  for (double i = first; i <= last && ticks.size() < 100; ++i) ticks.push_back({i * step, tick_label(i * step, step)});
  return ticks;
}

std::vector<Tick> log_ticks(double low, double high, size_t wanted) {
  std::vector<Tick> ticks;
  const int first = static_cast<int>(std::floor(std::log10(low))), last = static_cast<int>(std::ceil(std::log10(high)));
  const double decades = std::log10(high / low);
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / static_cast<double>(std::max<size_t>(wanted, 1)))));
  for (int e = first; e <= last; ++e) {
    for (const double m : {1.0, 2.0, 5.0}) {
      const double value = m * std::pow(10.0, e);
      if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
      if (m > 1 && decades > 3) continue;
      if (((e % stride) + stride) % stride != 0) continue;
      ticks.push_back({value, tick_label(value, value)});
    }
  }
  // Less than a decade shows too few of those.
  return ticks.size() < 3 ? linear_ticks(low, high, wanted) : ticks;
}

}  // namespace latentscape
