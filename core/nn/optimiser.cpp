#include "core/nn/optimiser.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

namespace {

constexpr size_t kTile = 16384;
constexpr double kEpsilon = 1e-8;

/// By value and apart, as in adam.cpp: the compiler sees that the loops can go many numbers at once.
template <class S>
struct Constants {
  S rate, penalty, scale, keep, take, epsilon;  // keep, take: of the moment itself and of what comes to it
};

template <class S>
void sgd(S* __restrict p, S* __restrict m, const S* __restrict gradient, size_t n, const Constants<S> k) {
  for (size_t i = 0; i < n; ++i) {
    m[i] = k.keep * m[i] + (gradient[i] * k.scale + k.penalty * p[i]);
    p[i] -= k.rate * m[i];
  }
}

template <class S>
void rmsprop(S* __restrict p, S* __restrict v, const S* __restrict gradient, size_t n, const Constants<S> k) {
  for (size_t i = 0; i < n; ++i) {
    const S g = gradient[i] * k.scale + k.penalty * p[i];
    v[i] = k.keep * v[i] + k.take * g * g;
    p[i] -= k.rate * g / (std::sqrt(v[i]) + k.epsilon);
  }
}

}  // namespace

double default_weight_decay(OptimiserKind kind) { return kind == OptimiserKind::adamw ? 0.01 : 0.0; }

template <class S>
void optimiser_step(ComputePool& pool, const OptimiserOptions& options, std::span<const RateRange> ranges, std::span<S> parameters,
                    std::span<const S> gradients, std::span<S> first, std::span<S> second, uint64_t t, double gradient_scale) {
  if (options.kind == OptimiserKind::adam || options.kind == OptimiserKind::adamw)
    return adam_step<S>(pool, ranges, parameters, gradients, first, second, t, gradient_scale);
  const bool momentum = options.kind == OptimiserKind::sgd;
  Constants<S> k;
  k.scale = static_cast<S>(gradient_scale);
  k.keep = static_cast<S>(momentum ? options.momentum : options.alpha);
  k.take = static_cast<S>(1.0 - options.alpha);
  k.epsilon = static_cast<S>(kEpsilon);
  for (const RateRange& range : ranges) {
    k.rate = static_cast<S>(range.rate);
    k.penalty = static_cast<S>(range.decay);
    for_tiles(pool, range.end - range.begin, kTile, [&](size_t begin, size_t end) {
      const size_t at = range.begin + begin, n = end - begin;
      if (momentum)
        sgd<S>(parameters.data() + at, first.data() + at, gradients.data() + at, n, k);
      else
        rmsprop<S>(parameters.data() + at, second.data() + at, gradients.data() + at, n, k);
    });
  }
}

template void optimiser_step<float>(ComputePool&, const OptimiserOptions&, std::span<const RateRange>, std::span<float>,
                                    std::span<const float>, std::span<float>, std::span<float>, uint64_t, double);
template void optimiser_step<double>(ComputePool&, const OptimiserOptions&, std::span<const RateRange>, std::span<double>,
                                     std::span<const double>, std::span<double>, std::span<double>, uint64_t, double);

}  // namespace latentscape
