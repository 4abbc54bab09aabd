#include "app/cli/machine_limits.hpp"

#include <algorithm>
#include <vector>

#include "core/base/clock.hpp"
#include "core/nn/kernels.hpp"

namespace latentscape {
namespace {

constexpr size_t kRounds = 200'000;
constexpr int kRepeats = 3;

template <class F>
double best_seconds(const F& work) {
  double best = 0.0;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const Stopwatch watch;
    work(repeat);
    const double seconds = watch.seconds();
    best = repeat == 0 ? seconds : std::min(best, seconds);
  }
  return best;
}

/// Apart and without aliases, so that it is vectorised.
void stream(float* __restrict a, float* __restrict b, float* __restrict c, const float* __restrict d, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    a[i] += d[i];
    b[i] += d[i];
    c[i] += d[i];
  }
}

}  // namespace

double fma_peak_flops(ComputePool& pool) {
  const Kernels& by = kernels();
  const size_t threads = pool.threads();
  std::vector<float> sink(threads);
  const double seconds = best_seconds([&](int repeat) {
    pool.run(threads,
             [&](size_t t) { sink[t] = by.multiply_add_chains(1.0f + static_cast<float>(t) + static_cast<float>(repeat), kRounds); });
  });
  // The sums go where the optimiser cannot look.
  volatile float kept = 0.0f;
  for (const float s : sink) kept = kept + s;
  return 2.0 * static_cast<double>(threads * kRounds * by.chain_numbers) / seconds;
}

double memory_bytes_per_second(ComputePool& pool, size_t numbers) {
  std::vector<float> a(numbers), b(numbers), c(numbers), d(numbers, 1.0f);
  constexpr size_t tile = 1 << 14;
  const double seconds = best_seconds([&](int) {
    for_tiles(pool, numbers, tile, [&](size_t begin, size_t end) {
      stream(a.data() + begin, b.data() + begin, c.data() + begin, d.data() + begin, end - begin);
    });
  });
  return kUpdateBytes * static_cast<double>(numbers) / seconds;
}

}  // namespace latentscape
