// Complex Fourier transforms of kLanes columns at once: each lane is a sequence of its own, so nothing is ever shuffled.
// Stockham's self-sorting form of the mixed-radix transform; Temperton, "Self-sorting mixed-radix fast Fourier transforms", 1983.
#pragma once

#include <cstddef>
#include <vector>

#include "core/neighbours/lanes.hpp"

namespace latentscape {

struct ComplexLanes {
  Lanes re, im;
};

class Fft {
 public:
  /// length = 2^a 3^b 5^c (see fft_length).
  explicit Fft(size_t length = 1);
  size_t length() const { return length_; }

  /// X_k = sum_j x_j e^(-2 pi i j k / length), in one of the two arrays of `length`, which is returned; the other is overwritten.
  ComplexLanes* forward(ComplexLanes* data, ComplexLanes* room) const { return run<false>(data, room); }
  /// The same with e^(+2 pi i j k / length): not divided by the length.
  ComplexLanes* inverse(ComplexLanes* data, ComplexLanes* room) const { return run<true>(data, room); }

 private:
  struct Pass {
    size_t radix, parts, stride;  // radix * parts * stride = length
    size_t twiddles;              // where its own begin
  };
  struct Twiddle {
    float re, im;
  };
  template <bool Inverse>
  ComplexLanes* run(ComplexLanes* data, ComplexLanes* room) const;
  template <size_t Radix, bool Inverse>
  void pass(const Pass& p, const ComplexLanes* from, ComplexLanes* to) const;

  size_t length_;
  std::vector<Pass> passes_;
  std::vector<Twiddle> twiddles_;
};

/// The smallest length of at least `least` that is a multiple of `unit` and has no prime factor above 5; nor has `unit`.
size_t fft_length(size_t least, size_t unit);

}  // namespace latentscape
