#include "core/base/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#if defined(__SSE__)
#include <immintrin.h>
#endif

namespace latentscape {

#if defined(__SSE__)
FlushDenormals::FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040u); }
FlushDenormals::~FlushDenormals() { _mm_setcsr(saved_); }
#else
FlushDenormals::FlushDenormals() = default;
FlushDenormals::~FlushDenormals() = default;
#endif

namespace {

void relax() {
#if defined(__SSE__)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

// The gate's parts: which run it is, whether helpers may still join it, how many are inside.
constexpr uint64_t kRun = 1 << 16;
constexpr uint64_t kOpen = 1 << 15;
constexpr uint64_t kInside = kOpen - 1;

// A helper spins this often before it sleeps: long enough for the next product of the same minibatch.
constexpr int kSpins = 2000;

}  // namespace

/// Tiles that one thread begins with; others help when they are done with theirs. Neighbouring tiles, the same ones in each run of a kind:
/// what a thread wrote is still in its own cache when it comes to read it.
struct alignas(64) Share {
  std::atomic<size_t> next{0};
  size_t end = 0;
};

struct ComputePool::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<uint64_t> gate{0};
  std::vector<Share> shares = std::vector<Share>(1);
  const TileTask* tile = nullptr;
  size_t active = 1;
  std::vector<std::jthread> helpers;

  void share_out(size_t tiles) {
    for (size_t i = 0; i < active; ++i) {
      shares[i].next.store(tiles * i / active, std::memory_order_relaxed);
      shares[i].end = tiles * (i + 1) / active;
    }
  }

  void work(size_t self) {
    FlushDenormals flush;
    for (size_t k = 0; k < active; ++k) {
      Share& share = shares[(self + k) % active];
      for (size_t i; (i = share.next.fetch_add(1, std::memory_order_relaxed)) < share.end;) (*tile)(i);
    }
  }

  uint64_t run_number() const { return gate.load(std::memory_order_acquire) / kRun; }

  /// Works along while the run is open. A caller that has done everything alone does not wait for helpers that the system was slow to wake.
  void join(size_t self, uint64_t run) {
    uint64_t now = gate.load(std::memory_order_acquire);
    while (now / kRun == run && (now & kOpen)) {
      if (!gate.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel)) continue;
      work(self);
      gate.fetch_sub(1, std::memory_order_release);
      return;
    }
  }

  void helper(std::stop_token stop, size_t self, uint64_t seen) {
    while (!stop.stop_requested()) {
      for (int spin = 0; spin < kSpins && run_number() == seen; ++spin) relax();
      if (run_number() == seen) {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return run_number() != seen || stop.stop_requested(); });
      }
      if (stop.stop_requested()) return;
      seen = run_number();
      join(self, seen);
    }
  }

  void resize(size_t threads) {
    active = threads;
    while (helpers.size() + 1 < threads)
      helpers.emplace_back([this, self = helpers.size() + 1, seen = run_number()](std::stop_token stop) { helper(stop, self, seen); });
    if (helpers.size() + 1 > threads) {
      for (size_t i = threads - 1; i < helpers.size(); ++i) helpers[i].request_stop();
      { std::lock_guard lock(mutex); }
      wake.notify_all();
      helpers.resize(threads - 1);
    }
    shares = std::vector<Share>(threads);
  }
};

size_t ComputePool::machine_threads() { return std::max<size_t>(1, std::thread::hardware_concurrency()); }

ComputePool::ComputePool(size_t threads) : state_(std::make_unique<State>()) { set_threads(threads); }

ComputePool::~ComputePool() { state_->resize(1); }

void ComputePool::set_threads(size_t threads) {
  if (threads == 0) threads = machine_threads();
  if (threads != state_->active) state_->resize(threads);
}

size_t ComputePool::threads() const { return state_->active; }

void ComputePool::run(size_t tiles, TileTask tile) {
  State& s = *state_;
  if (tiles == 0) return;
  if (s.active == 1 || tiles == 1) {
    FlushDenormals flush;
    for (size_t i = 0; i < tiles; ++i) tile(i);
    return;
  }
  s.tile = &tile;
  s.share_out(tiles);
  {
    std::lock_guard lock(s.mutex);
    s.gate.store((s.run_number() + 1) * kRun + kOpen, std::memory_order_release);
  }
  s.wake.notify_all();
  s.work(0);
  s.gate.fetch_and(~kOpen, std::memory_order_acq_rel);
  for (int spin = 0; s.gate.load(std::memory_order_acquire) & kInside; ++spin) {
    if (spin < kSpins)
      relax();
    else
      std::this_thread::yield();
  }
}

}  // namespace latentscape
