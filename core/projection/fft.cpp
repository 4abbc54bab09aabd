#include "core/projection/fft.hpp"

#include <cmath>
#include <numbers>

namespace latentscape {
namespace {

using C = ComplexLanes;

inline C operator+(const C& a, const C& b) { return {a.re + b.re, a.im + b.im}; }
inline C operator-(const C& a, const C& b) { return {a.re - b.re, a.im - b.im}; }
inline C operator*(const C& a, float b) { return {a.re * b, a.im * b}; }

/// a times -i, or times i where Inverse.
template <bool Inverse>
inline C turned(const C& a) {
  if constexpr (Inverse) return {-a.im, a.re};
  return {a.im, -a.re};
}

/// The transforms of 2, 3, 4 and 5 numbers, in place.
template <size_t Radix, bool Inverse>
inline void butterfly(C (&a)[Radix]) {
  if constexpr (Radix == 2) {
    const C sum = a[0] + a[1];
    a[1] = a[0] - a[1];
    a[0] = sum;
  } else if constexpr (Radix == 3) {
    constexpr float sine = 0.866025403784438647f;
    const C sum = a[1] + a[2], side = turned<Inverse>(a[1] - a[2]) * sine, middle = a[0] - sum * 0.5f;
    a[0] = a[0] + sum;
    a[1] = middle + side;
    a[2] = middle - side;
  } else if constexpr (Radix == 4) {
    const C even = a[0] + a[2], odd = a[1] + a[3], even_side = a[0] - a[2], odd_side = turned<Inverse>(a[1] - a[3]);
    a[0] = even + odd;
    a[1] = even_side + odd_side;
    a[2] = even - odd;
    a[3] = even_side - odd_side;
  } else {
    constexpr float cosine1 = 0.309016994374947424f, cosine2 = -0.809016994374947424f;
    constexpr float sine1 = 0.951056516295153572f, sine2 = 0.587785252292473129f;
    const C sum1 = a[1] + a[4], sum2 = a[2] + a[3], side1 = turned<Inverse>(a[1] - a[4]), side2 = turned<Inverse>(a[2] - a[3]);
    const C middle1 = a[0] + sum1 * cosine1 + sum2 * cosine2, middle2 = a[0] + sum1 * cosine2 + sum2 * cosine1;
    const C across1 = side1 * sine1 + side2 * sine2, across2 = side1 * sine2 - side2 * sine1;
    a[0] = a[0] + sum1 + sum2;
    a[1] = middle1 + across1;
    a[2] = middle2 + across2;
    a[3] = middle2 - across2;
    a[4] = middle1 - across1;
  }
}

}  // namespace

Fft::Fft(size_t length) : length_(length) {
  for (size_t left = length, stride = 1; left > 1;) {
    const size_t radix = left % 4 == 0 ? 4 : left % 2 == 0 ? 2 : left % 3 == 0 ? 3 : 5;
    const size_t parts = left / radix;
    passes_.push_back({radix, parts, stride, twiddles_.size()});
    for (size_t p = 0; p < parts; ++p)
      for (size_t k = 1; k < radix; ++k) {
        const double angle = -2.0 * std::numbers::pi * static_cast<double>(p * k) / static_cast<double>(left);
        twiddles_.push_back({static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))});
      }
    left = parts;
    stride *= radix;
  }
}

template <size_t Radix, bool Inverse>
void Fft::pass(const Pass& p, const C* from, C* to) const {
  const Twiddle* twiddle = twiddles_.data() + p.twiddles;
  const size_t apart = p.parts * p.stride;
  for (size_t part = 0; part < p.parts; ++part, twiddle += Radix - 1) {
    const C* in = from + part * p.stride;
    C* out = to + part * Radix * p.stride;
    for (size_t s = 0; s < p.stride; ++s) {
      C a[Radix];
      for (size_t k = 0; k < Radix; ++k) a[k] = in[s + k * apart];
      butterfly<Radix, Inverse>(a);
      out[s] = a[0];
      for (size_t k = 1; k < Radix; ++k) {
        const float re = twiddle[k - 1].re, im = Inverse ? -twiddle[k - 1].im : twiddle[k - 1].im;
        out[s + k * p.stride] = {a[k].re * re - a[k].im * im, a[k].re * im + a[k].im * re};
      }
    }
  }
}

template <bool Inverse>
C* Fft::run(C* data, C* room) const {
  for (const Pass& p : passes_) {
    switch (p.radix) {
      case 2: pass<2, Inverse>(p, data, room); break;
      case 3: pass<3, Inverse>(p, data, room); break;
      case 4: pass<4, Inverse>(p, data, room); break;
      default: pass<5, Inverse>(p, data, room);
    }
    C* const result = room;
    room = data;
    data = result;
  }
  return data;
}

template ComplexLanes* Fft::run<false>(ComplexLanes*, ComplexLanes*) const;
template ComplexLanes* Fft::run<true>(ComplexLanes*, ComplexLanes*) const;

size_t fft_length(size_t least, size_t unit) {
  for (size_t parts = (least + unit - 1) / unit;; ++parts) {
    size_t left = parts ? parts : 1;
    for (const size_t factor : {size_t{2}, size_t{3}, size_t{5}})
      while (left % factor == 0) left /= factor;
    if (left == 1) return (parts ? parts : 1) * unit;
  }
}

}  // namespace latentscape
