#include "core/base/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace latentscape {

std::string number_text(double offset, double rest) {
  if (offset == 0.0) return fmt::format("{}", static_cast<float>(rest));
  const double sum = offset + rest;
  if (!std::isfinite(sum) || sum == 0.0) return fmt::format("{}", sum);
  constexpr int most = std::numeric_limits<double>::digits10, of_float = std::numeric_limits<float>::digits10 + 1;
  const int before = static_cast<int>(std::floor(std::log10(std::abs(sum)))) + 1;  // the point
  const int more = rest == 0.0 ? most : static_cast<int>(std::ceil(std::log10(std::abs(sum / rest))));
  if (before > most) return fmt::format("{:.{}g}", sum, most);
  std::string text = fmt::format("{:.{}f}", sum, std::max(0, std::clamp(of_float + more, of_float, most) - before));
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace latentscape
