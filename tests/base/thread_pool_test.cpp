#include "core/base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <vector>

namespace latentscape {
namespace {

void expect_each_tile_once(ComputePool& pool, size_t tiles) {
  std::vector<std::atomic<int>> calls(tiles);
  pool.run(tiles, [&](size_t i) { calls[i].fetch_add(1); });
  for (size_t i = 0; i < tiles; ++i)
    ASSERT_EQ(calls[i].load(), 1) << "tile " << i << " of " << tiles << ", " << pool.threads() << " threads";
}

TEST(ComputePool, RunsEachTileOnce) {
  for (const size_t threads : {1, 2, 4}) {
    ComputePool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const size_t tiles : {0, 1, 2, 3, 64, 1000}) expect_each_tile_once(pool, tiles);
  }
}

// Helpers sleep, wake and spin between runs; many short runs meet all three.
TEST(ComputePool, ManyShortRuns) {
  ComputePool pool(4);
  size_t total = 0;
  for (int run = 0; run < 2000; ++run) {
    std::vector<size_t> out(5);  // plain memory: the end of a run must publish what the tiles wrote
    pool.run(out.size(), [&](size_t i) { out[i] = i + 1; });
    for (const size_t v : out) total += v;
  }
  EXPECT_EQ(total, 2000u * 15u);
}

// Tiles that are slow in turns: whoever is done with its own takes over others', and the run ends when all are done.
TEST(ComputePool, UnevenTiles) {
  ComputePool pool(3);
  for (int run = 0; run < 200; ++run) {
    std::vector<size_t> out(30);
    pool.run(out.size(), [&](size_t i) {
      volatile size_t spin = i / 10 == static_cast<size_t>(run) % 3 ? 2000 : 0;
      while (spin > 0) spin = spin - 1;
      out[i] = i + 1;
    });
    for (size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], i + 1);
  }
}

TEST(ComputePool, ResizesBetweenRuns) {
  ComputePool pool(1);
  for (const size_t threads : {4, 2, 1, 3, 3, 1, 4}) {
    pool.set_threads(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int run = 0; run < 20; ++run) expect_each_tile_once(pool, 17);
  }
}

TEST(ComputePool, ZeroMeansAllCores) { EXPECT_EQ(ComputePool(0).threads(), ComputePool::machine_threads()); }

// Never running is also a life: the helpers must stop without having worked.
TEST(ComputePool, StopsUnused) {
  for (int i = 0; i < 50; ++i) ComputePool pool(4);
}

TEST(ForTiles, CoversTheRangeWithoutOverlap) {
  ComputePool pool(2);
  for (const size_t n : {0, 1, 7, 8, 9, 100}) {
    std::vector<std::atomic<int>> seen(n);
    std::atomic<size_t> longest{0};
    for_tiles(pool, n, 8, [&](size_t begin, size_t end) {
      size_t length = end - begin, known = longest.load();
      while (known < length && !longest.compare_exchange_weak(known, length)) {
      }
      for (size_t i = begin; i < end; ++i) seen[i].fetch_add(1);
    });
    for (size_t i = 0; i < n; ++i) ASSERT_EQ(seen[i].load(), 1);
    EXPECT_LE(longest.load(), 8u);
  }
}

bool denormals_survive() {
  volatile float smallest = std::numeric_limits<float>::min();
  volatile float half = 0.5f;
  const volatile float product = smallest * half;
  return product != 0.0f;
}

#if defined(__SSE__)
TEST(FlushDenormals, FlushesInsideAndRestoresOutside) {
  ASSERT_TRUE(denormals_survive());
  {
    FlushDenormals outer;
    EXPECT_FALSE(denormals_survive());
    { FlushDenormals inner; }
    EXPECT_FALSE(denormals_survive());
  }
  EXPECT_TRUE(denormals_survive());
}

// The mode is per thread: each tile must see it, on the caller and on the helpers, and the caller must get its own back.
TEST(ComputePool, FlushesDenormalsInEveryTile) {
  for (const size_t threads : {1, 3}) {
    ComputePool pool(threads);
    std::atomic<int> survived{0};
    pool.run(64, [&](size_t) { survived += denormals_survive() ? 1 : 0; });
    EXPECT_EQ(survived.load(), 0);
    EXPECT_TRUE(denormals_survive());
  }
}
#endif

}  // namespace
}  // namespace latentscape
