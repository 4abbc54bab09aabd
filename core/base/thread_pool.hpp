// The one compute pool: fixed tasks in fixed tiles, so results never depend on how many threads run them.
#pragma once

#include <cstddef>
#include <memory>

namespace latentscape {

/// Flushes denormal floats to zero on this thread while it lives (x86: MXCSR FTZ and DAZ; elsewhere nothing).
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  unsigned saved_ = 0;
};

/// A borrowed function of a tile's index; it must outlive the call that it is passed to. Never allocates.
class TileTask {
 public:
  template <class F>
  TileTask(const F& f) : object_(&f), call_([](const void* o, size_t tile) { (*static_cast<const F*>(o))(tile); }) {}
  void operator()(size_t tile) const { call_(object_, tile); }

 private:
  const void* object_;
  void (*call_)(const void*, size_t);
};

/// Runs tiles of work on the calling thread and threads-1 helpers. One caller at a time.
class ComputePool {
 public:
  /// threads >= 1, the caller included; 0 means all cores of this machine.
  explicit ComputePool(size_t threads = 0);
  ~ComputePool();
  ComputePool(const ComputePool&) = delete;
  ComputePool& operator=(const ComputePool&) = delete;

  /// How many threads take part from the next run on; may change between any two runs.
  void set_threads(size_t threads);
  size_t threads() const;

  /// Calls tile(i) once for each i in [0, tiles), in any order, and returns when all are done.
  /// Tiles must not throw and must write to disjoint places; reduce in tile order afterwards.
  void run(size_t tiles, TileTask tile);

  static size_t machine_threads();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The tiles [begin, end) of `size` each that cover n; cut by shape, never by thread count.
template <class F>
void for_tiles(ComputePool& pool, size_t n, size_t size, F&& body) {
  const size_t tiles = (n + size - 1) / size;
  if (tiles <= 1) {
    if (n) body(size_t{0}, n);
    return;
  }
  pool.run(tiles, [&](size_t t) { body(t * size, t * size + size < n ? t * size + size : n); });
}

}  // namespace latentscape
