#include "core/nn/adam.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace latentscape {

namespace {

constexpr size_t kTile = 16384;
constexpr size_t kLanes = 16;

}  // namespace

template <class S>
void adam_step(ComputePool& pool, std::span<const RateRange> ranges, std::span<S> parameters, std::span<const S> gradients,
               std::span<S> mean, std::span<S> variance, uint64_t t, double gradient_scale, const AdamOptions& options) {
  const double correction1 = 1.0 - std::pow(options.beta1, static_cast<double>(t));
  const double correction2 = 1.0 - std::pow(options.beta2, static_cast<double>(t));
  const S b1 = static_cast<S>(options.beta1), b2 = static_cast<S>(options.beta2);
  const S c1 = static_cast<S>(1.0 - options.beta1), c2 = static_cast<S>(1.0 - options.beta2);
  const S epsilon = static_cast<S>(options.epsilon), root = static_cast<S>(1.0 / std::sqrt(correction2));
  const S scale = static_cast<S>(gradient_scale);
  for (const RateRange& range : ranges) {
    const S rate = static_cast<S>(range.rate / correction1);
    const auto work = [&](size_t tile) {
      const size_t begin = range.begin + tile * kTile, end = std::min(range.end, begin + kTile);
      S* __restrict p = parameters.data() + begin;
      S* __restrict m = mean.data() + begin;
      S* __restrict v = variance.data() + begin;
      const S* __restrict gradient = gradients.data() + begin;
      const size_t n = end - begin;
      for (size_t i = 0; i < n; ++i) {
        const S g = gradient[i] * scale;
        m[i] = b1 * m[i] + c1 * g;
        v[i] = b2 * v[i] + c2 * g * g;
        p[i] -= rate * m[i] / (std::sqrt(v[i]) * root + epsilon);
      }
    };
    pool.run((range.end - range.begin + kTile - 1) / kTile, std::ref(work));
  }
}

template <class S>
double gradient_norm(ComputePool& pool, std::span<const S> gradients, std::vector<double>& partials) {
  const size_t tiles = (gradients.size() + kTile - 1) / kTile;
  partials.resize(tiles);
  const auto work = [&](size_t tile) {
    const size_t begin = tile * kTile, end = std::min(gradients.size(), begin + kTile);
    double lanes[kLanes] = {};
    size_t i = begin;
    for (; i + kLanes <= end; i += kLanes)
      for (size_t j = 0; j < kLanes; ++j) {
        const double g = static_cast<double>(gradients[i + j]);
        lanes[j] += g * g;
      }
    for (size_t j = 0; i < end; ++i, ++j) lanes[j] += static_cast<double>(gradients[i]) * static_cast<double>(gradients[i]);
    double sum = 0.0;
    for (double lane : lanes) sum += lane;
    partials[tile] = sum;
  };
  pool.run(tiles, std::ref(work));
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
