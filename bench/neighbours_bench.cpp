// Ours beside the index libraries of Debian, where they are installed: seconds for the k nearest of all points, and the share of true ones.
#include <benchmark/benchmark.h>

#if defined(LS_WITH_HNSWLIB)
#include <hnswlib/hnswlib.h>
#endif
#if defined(LS_WITH_FAISS)
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#endif

#include <cmath>
#include <limits>
#include <vector>

#include "core/base/rng.hpp"
#include "core/neighbours/graph.hpp"

namespace latentscape {
namespace {

constexpr size_t kSample = 500, kGroups = 30;

/// Groups of different widths, as latents are.
FloatArray mixture(size_t n, size_t d) {
  FloatArray points(n, d), middles(kGroups, d);
  Rng(1, RngStream::general, 1).fill_normal(middles.values);
  Rng(1, RngStream::general).fill_normal(points.values);
  for (size_t i = 0; i < n; ++i) {
    const float width = 0.5f + static_cast<float>(i % kGroups) / static_cast<float>(kGroups);
    for (size_t j = 0; j < d; ++j) points(i, j) = width * points(i, j) + 4.0f * middles(i % kGroups, j);
  }
  return points;
}

struct Task {
  FloatArray points;
  GraphConfig config;
  ComputePool pool{0};
  NeighbourGraph graph;

  explicit Task(const benchmark::State& state) : points(mixture(static_cast<size_t>(state.range(0)), static_cast<size_t>(state.range(1)))) {
    config.k = static_cast<size_t>(state.range(2));
  }
  void judge(benchmark::State& state) { state.counters["recall"] = *graph_recall(points, graph, config, kSample, pool); }
};

void search(benchmark::State& state, size_t exact_up_to) {
  Task task(state);
  task.config.exact_up_to = exact_up_to;
  for ([[maybe_unused]] auto _ : state) task.graph = *neighbour_graph(task.points, task.config, task.pool);
  task.judge(state);
}
void exact_search(benchmark::State& state) { search(state, std::numeric_limits<size_t>::max()); }
void leaf_search(benchmark::State& state) { search(state, 0); }

#if defined(LS_WITH_HNSWLIB)
void hnswlib_search(benchmark::State& state) {
  Task task(state);
  const size_t n = task.points.rows, k = task.config.k;
  for ([[maybe_unused]] auto _ : state) {
    hnswlib::L2Space space(task.points.cols);
    hnswlib::HierarchicalNSW<float> index(&space, n, 16, 100);
    index.addPoint(task.points.row_data(0), 0);
    for_tiles(task.pool, n - 1, 64, [&](size_t begin, size_t end) {
      for (size_t i = begin + 1; i <= end; ++i) index.addPoint(task.points.row_data(i), i);
    });
    index.setEf(2 * k);
    task.graph = {Array2<uint32_t>(n, k), FloatArray(n, k)};
    for_tiles(task.pool, n, 64, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        auto found = index.searchKnn(task.points.row_data(i), k + 1);  // itself among them
        for (size_t a = 0; !found.empty(); found.pop())
          if (found.top().second != i && a < k) task.graph.ids(i, a++) = static_cast<uint32_t>(found.top().second);
      }
    });
  }
  task.judge(state);
}
#endif

#if defined(LS_WITH_FAISS)
void faiss_search(benchmark::State& state) {
  Task task(state);
  const size_t n = task.points.rows, d = task.points.cols, k = task.config.k;
  std::vector<float> distances(n * (k + 1));
  std::vector<faiss::Index::idx_t> ids(n * (k + 1));
  for ([[maybe_unused]] auto _ : state) {
    faiss::IndexFlatL2 coarse(static_cast<faiss::Index::idx_t>(d));
    faiss::IndexIVFFlat index(&coarse, d, static_cast<size_t>(std::sqrt(static_cast<double>(n))));
    index.nprobe = 32;
    const auto count = static_cast<faiss::Index::idx_t>(n);
    index.train(count, task.points.values.data());
    index.add(count, task.points.values.data());
    index.search(count, task.points.values.data(), static_cast<faiss::Index::idx_t>(k + 1), distances.data(), ids.data());
  }
  task.graph = {Array2<uint32_t>(n, k), FloatArray(n, k)};
  for (size_t i = 0; i < n; ++i)
    for (size_t a = 0, to = 0; a <= k; ++a)
      if (ids[i * (k + 1) + a] >= 0 && static_cast<size_t>(ids[i * (k + 1) + a]) != i && to < k)
        task.graph.ids(i, to++) = static_cast<uint32_t>(ids[i * (k + 1) + a]);
  task.judge(state);
}
#endif

/// Points, dimensions, neighbours.
void sizes(benchmark::internal::Benchmark* bench) {
  bench->Args({70'000, 50, 90})->Args({200'000, 10, 90})->Iterations(1)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kSecond);
}

BENCHMARK(exact_search)->Apply(sizes);
BENCHMARK(leaf_search)->Apply(sizes);
#if defined(LS_WITH_HNSWLIB)
BENCHMARK(hnswlib_search)->Apply(sizes);
#endif
#if defined(LS_WITH_FAISS)
BENCHMARK(faiss_search)->Apply(sizes);
#endif

}  // namespace
}  // namespace latentscape
