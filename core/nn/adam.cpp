#include "core/nn/adam.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

namespace {

constexpr size_t kTile = 16384;
constexpr size_t kCacheLine = 64;
constexpr size_t kLanes = 64;      // sums that go on side by side
constexpr size_t kStretch = 4096;  // numbers summed in one precision

template <class S>
struct AdamConstants {
  S b1, c1, b2, c2, rate, root, epsilon, scale;
};

/// By value and apart: behind a lambda's references the compiler would not see that the loop can go many numbers at once.
template <class S>
void update(S* __restrict p, S* __restrict m, S* __restrict v, const S* __restrict gradient, size_t n, const AdamConstants<S> k) {
  for (size_t i = 0; i < n; ++i) {
    const S g = gradient[i] * k.scale;
    m[i] = k.b1 * m[i] + k.c1 * g;
    v[i] = k.b2 * v[i] + k.c2 * g * g;
    p[i] -= k.rate * m[i] / (std::sqrt(v[i]) * k.root + k.epsilon);
  }
}

/// The tile stays in cache for what follows.
template <class S>
void shrink(S* p, size_t n, const S kept) {
  for (size_t i = 0; i < n; ++i) p[i] *= kept;
}

/// Where all four begin at the same place within a cache line, what lies before its end goes first: vectors across two lines are slower.
template <class S>
size_t before_line(const S* p, const S* m, const S* v, const S* gradient) {
  const auto place = [](const S* at) { return reinterpret_cast<uintptr_t>(at) % kCacheLine; };
  const size_t at = place(p);
  return at == place(m) && at == place(v) && at == place(gradient) ? (kCacheLine - at) % kCacheLine / sizeof(S) : 0;
}

/// In lanes of S for a short stretch at a time (at the speed of memory), then in double. A square too large for S counts in double.
template <class S>
double sum_of_squares(const S* values, size_t n) {
  double sum = 0.0;
  for (size_t i = 0; i < n; i += kStretch) {
    const size_t end = std::min(n, i + kStretch), whole = i + (end - i) / kLanes * kLanes;
    S lanes[kLanes] = {};
    for (size_t k = i; k < whole; k += kLanes)
      for (size_t j = 0; j < kLanes; ++j) lanes[j] += values[k + j] * values[k + j];
    double stretch = 0.0;
    for (const S lane : lanes) stretch += static_cast<double>(lane);
    for (size_t k = whole; k < end; ++k) stretch += static_cast<double>(values[k]) * static_cast<double>(values[k]);
    if (!std::isfinite(stretch)) {
      stretch = 0.0;
      for (size_t k = i; k < end; ++k) stretch += static_cast<double>(values[k]) * static_cast<double>(values[k]);
    }
    sum += stretch;
  }
  return sum;
}

}  // namespace

template <class S>
void adam_step(ComputePool& pool, std::span<const RateRange> ranges, std::span<S> parameters, std::span<const S> gradients,
               std::span<S> mean, std::span<S> variance, uint64_t t, double gradient_scale, const AdamOptions& options) {
  const double correction1 = 1.0 - std::pow(options.beta1, static_cast<double>(t));
  const double correction2 = 1.0 - std::pow(options.beta2, static_cast<double>(t));
  AdamConstants<S> k;
  k.b1 = static_cast<S>(options.beta1), k.b2 = static_cast<S>(options.beta2);
  k.c1 = static_cast<S>(1.0 - options.beta1), k.c2 = static_cast<S>(1.0 - options.beta2);
  k.epsilon = static_cast<S>(options.epsilon), k.root = static_cast<S>(1.0 / std::sqrt(correction2));
  k.scale = static_cast<S>(gradient_scale);
  for (const RateRange& range : ranges) {
    k.rate = static_cast<S>(range.rate / correction1);
    const S kept = static_cast<S>(1.0 - range.rate * range.decay);
    const auto work = [&](size_t tile) {
      const size_t begin = range.begin + tile * kTile, n = std::min(range.end - begin, kTile);
      S *const p = parameters.data() + begin, *const m = mean.data() + begin, *const v = variance.data() + begin;
      const S* const g = gradients.data() + begin;
      if (range.decay != 0.0) shrink<S>(p, n, kept);
      const size_t first = std::min(n, before_line(p, m, v, g));
      update<S>(p, m, v, g, first, k);
      update<S>(p + first, m + first, v + first, g + first, n - first, k);
    };
    pool.run((range.end - range.begin + kTile - 1) / kTile, work);
  }
}

template <class S>
double gradient_norm(ComputePool& pool, std::span<const S> gradients, std::vector<double>& partials) {
  const size_t tiles = (gradients.size() + kTile - 1) / kTile;
  partials.resize(tiles);
  const auto work = [&](size_t tile) {
    const size_t begin = tile * kTile;
    partials[tile] = sum_of_squares<S>(gradients.data() + begin, std::min(gradients.size() - begin, kTile));
  };
  pool.run(tiles, work);
  double total = 0.0;
  for (double partial : partials) total += partial;
  return std::sqrt(total);
}

template void adam_step<float>(ComputePool&, std::span<const RateRange>, std::span<float>, std::span<const float>, std::span<float>,
                               std::span<float>, uint64_t, double, const AdamOptions&);
template void adam_step<double>(ComputePool&, std::span<const RateRange>, std::span<double>, std::span<const double>, std::span<double>,
                                std::span<double>, uint64_t, double, const AdamOptions&);
template double gradient_norm<float>(ComputePool&, std::span<const float>, std::vector<double>&);
template double gradient_norm<double>(ComputePool&, std::span<const double>, std::vector<double>&);

}  // namespace latentscape
