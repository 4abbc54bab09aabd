// Ticks: nice numbers (1, 2, 5) along an axis and how they are written.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace latentscape {

struct Tick {
  double value = 0;
  std::string label;
};

/// Ticks at multiples of 1, 2 or 5 times a power of ten inside [low, high], about `wanted` of them; low < high, both finite.
std::vector<Tick> linear_ticks(double low, double high, size_t wanted);
/// The same for a logarithmic axis: decades where there are many, 1-2-5 where there are few; 0 < low < high.
std::vector<Tick> log_ticks(double low, double high, size_t wanted);

/// "−1,250.5": a real minus, thousands in groups, no more digits than `step` needs; powers of ten where that is shorter.
std::string tick_label(double value, double step);

/// A number for people: four significant digits.
std::string value_label(double value);

}  // namespace latentscape
