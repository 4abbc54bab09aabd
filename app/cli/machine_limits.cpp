#include "app/cli/fma_peak.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/clock.hpp"

namespace latentscape {
namespace {

#if defined(__AVX512F__)
constexpr size_t kBytes = 64;
#elif defined(__AVX__)
constexpr size_t kBytes = 32;
#else
constexpr size_t kBytes = 16;
#endif
using Vector = float __attribute__((vector_size(kBytes)));

constexpr size_t kChains = 12;  // more than latency times throughput, and they fit into the registers
constexpr size_t kRounds = 200'000;
constexpr int kRepeats = 3;

/// Independent chains of a = a * b + c; the sum is returned so that nothing is optimised away.
float run_chains(float seed) {
  std::array<Vector, kChains> a;
  for (size_t k = 0; k < kChains; ++k) a[k] = Vector{} + (seed + static_cast<float>(k));
  const Vector b = Vector{} + 0.999f, c = Vector{} + 0.001f * seed;
  for (size_t i = 0; i < kRounds; ++i)
    for (size_t k = 0; k < kChains; ++k) a[k] = a[k] * b + c;
  Vector sum = a[0];
  for (size_t k = 1; k < kChains; ++k) sum += a[k];
  return sum[0];
}

}  // namespace

double fma_peak_flops(ComputePool& pool) {
  const size_t threads = pool.threads();
  std::vector<float> sink(threads);
  double best = 0.0;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const Stopwatch watch;
    pool.run(threads, [&](size_t t) { sink[t] = run_chains(1.0f + static_cast<float>(t + repeat)); });
    const double flops = 2.0 * static_cast<double>(threads * kRounds * kChains * (kBytes / sizeof(float)));
    best = std::max(best, flops / watch.seconds());
  }
  // The sums go where the optimiser cannot look.
  volatile float kept = 0.0f;
  for (const float s : sink) kept = kept + s;
  return best;
}

}  // namespace latentscape
