#include "core/nn/optimiser.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

namespace {

constexpr size_t kTile = 16384;
constexpr size_t kCacheLine = 64;
constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

template <class S>
struct AdamConstants {
  S b1, c1, b2, c2, rate, root, epsilon, scale;
};

/// By value and apart: behind a lambda's references the compiler would not see that the loop can go many numbers at once.
template <class S>
void adam(S* __restrict p, S* __restrict m, S* __restrict v, const S* __restrict gradient, size_t n, const AdamConstants<S> k) {
  for (size_t i = 0; i < n; ++i) {
    const S g = gradient[i] * k.scale;
    m[i] = k.b1 * m[i] + k.c1 * g;
    v[i] = k.b2 * v[i] + k.c2 * g * g;
    p[i] -= k.rate * m[i] / (std::sqrt(v[i]) * k.root + k.epsilon);
  }
}

/// The stretch stays in cache for what follows.
template <class S>
void shrink(S* p, size_t n, const S kept) {
  for (size_t i = 0; i < n; ++i) p[i] *= kept;
}

/// Where all three begin at the same place within a cache line, what lies before its end goes first: vectors across two lines are slower.
template <class S>
size_t before_line(const S* p, const S* m, const S* v) {
  const auto place = [](const S* at) { return reinterpret_cast<uintptr_t>(at) % kCacheLine; };
  const size_t at = place(p);
  return at == place(m) && at == place(v) ? (kCacheLine - at) % kCacheLine / sizeof(S) : 0;
}

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
OptimiserStep<S>::OptimiserStep(const OptimiserOptions& options, std::span<const RateRange> ranges, std::span<S> parameters,
                                std::span<S> first, std::span<S> second, uint64_t t, double gradient_scale)
    : options_(options),
      ranges_(ranges),
      parameters_(parameters),
      first_(first),
      second_(second),
      scale_(static_cast<S>(gradient_scale)),
      rate_factor_(1.0 - std::pow(kBeta1, static_cast<double>(t))),
      root_factor_(1.0 / std::sqrt(1.0 - std::pow(kBeta2, static_cast<double>(t)))) {}

template <class S>
void OptimiserStep<S>::operator()(size_t begin, std::span<const S> gradient) const {
  for (const RateRange& range : ranges_) {
    const size_t from = std::max(begin, range.begin), to = std::min(begin + gradient.size(), range.end);
    if (from < to) update(range, from, gradient.data() + (from - begin), to - from);
  }
}

template <class S>
void OptimiserStep<S>::run(ComputePool& pool, size_t begin, std::span<const S> gradient) const {
  for_tiles(pool, gradient.size(), kTile, [&](size_t from, size_t to) { (*this)(begin + from, gradient.subspan(from, to - from)); });
}

template <class S>
void OptimiserStep<S>::update(const RateRange& range, size_t begin, const S* gradient, size_t n) const {
  S *const p = parameters_.data() + begin, *const m = first_.data() + begin, *const v = second_.data() + begin;
  if (options_.kind == OptimiserKind::adam || options_.kind == OptimiserKind::adamw) {
    const AdamConstants<S> k = {
        S(kBeta1),   S(1.0 - kBeta1), S(kBeta2), S(1.0 - kBeta2), static_cast<S>(range.rate / rate_factor_), static_cast<S>(root_factor_),
        S(kEpsilon), scale_};
    if (range.decay != 0.0) shrink<S>(p, n, static_cast<S>(1.0 - range.rate * range.decay));
    const size_t first = std::min(n, before_line(p, m, v));
    adam<S>(p, m, v, gradient, first, k);
    adam<S>(p + first, m + first, v + first, gradient + first, n - first, k);
    return;
  }
  const bool momentum = options_.kind == OptimiserKind::sgd;
  const double keep = momentum ? options_.momentum : options_.alpha;
  const Constants<S> k = {static_cast<S>(range.rate), static_cast<S>(range.decay),          scale_,
                          static_cast<S>(keep),       static_cast<S>(1.0 - options_.alpha), S(kEpsilon)};
  if (momentum)
    sgd<S>(p, m, gradient, n, k);
  else
    rmsprop<S>(p, v, gradient, n, k);
}

template class OptimiserStep<float>;
template class OptimiserStep<double>;

}  // namespace latentscape
