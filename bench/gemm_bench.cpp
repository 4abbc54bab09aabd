// The products of one step of 784-400-20 behind the seam: our kernels, Eigen's and, where it is installed (Debian: libdnnl-dev), oneDNN's,
// one thread each. Run with OMP_NUM_THREADS=1, or oneDNN takes all cores.
#include <benchmark/benchmark.h>

#include <vector>
#if defined(LS_WITH_DNNL)
#include <dnnl.h>
#endif

#include "core/base/rng.hpp"
#include "core/nn/eigen.hpp"
#include "core/nn/gemm.hpp"
#include "core/nn/kernels.hpp"

namespace latentscape {
namespace {

/// One product: op(a) op(b) = c, rows x depth by depth x cols.
struct Step {
  Transpose ta, tb;
  size_t rows, depth, cols;
  FloatArray a{}, b{}, c{};
};

/// Forward, then backward, of encoder and decoder; all but the gradient of the data.
std::vector<Step> products(size_t n) {
  constexpr auto no = Transpose::no, yes = Transpose::yes;
  std::vector<Step> all = {{no, yes, n, 784, 400}, {no, yes, n, 400, 40}, {no, yes, n, 20, 400}, {no, yes, n, 400, 784},
                           {yes, no, 784, n, 400}, {no, no, n, 784, 400}, {yes, no, 400, n, 20}, {no, no, n, 400, 20},
                           {yes, no, 40, n, 400},  {no, no, n, 40, 400},  {yes, no, 400, n, 784}};
  Rng rng(1, RngStream::general);
  for (Step& s : all) {
    s.a = s.ta == no ? FloatArray(s.rows, s.depth) : FloatArray(s.depth, s.rows);
    s.b = s.tb == no ? FloatArray(s.depth, s.cols) : FloatArray(s.cols, s.depth);
    s.c = FloatArray(s.rows, s.cols);
    rng.fill_normal(s.a.values);
    rng.fill_normal(s.b.values);
  }
  return all;
}

template <class F>
void run_steps(benchmark::State& state, const F& multiply) {
  const FlushDenormals flush;
  std::vector<Step> steps = products(static_cast<size_t>(state.range(0)));
  double flops = 0.0;
  for (const Step& s : steps) flops += 2.0 * static_cast<double>(s.rows * s.depth * s.cols);
  for (auto _ : state)
    for (Step& s : steps) {
      multiply(s);
      benchmark::DoNotOptimize(s.c.values.data());
      benchmark::ClobberMemory();
    }
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
}

void ours(benchmark::State& state) {
  const Kernels* by = kernels_of(static_cast<InstructionSet>(state.range(1)));
  if (!by) return state.SkipWithError("not on this machine");
  state.SetLabel(by->name);
  ComputePool pool(1);
  run_steps(state, [&](Step& s) { gemm_by<float>(*by, pool, s.ta, s.tb, s.a, s.b, s.c); });
}
BENCHMARK(ours)->ArgsProduct({{128, 16}, {0, 1, 2}})->Unit(benchmark::kMillisecond);

void eigen(benchmark::State& state) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto map = [](FloatArray& m) { return Eigen::Map<Matrix>(m.values.data(), static_cast<long>(m.rows), static_cast<long>(m.cols)); };
  run_steps(state, [&](Step& s) {
    auto a = map(s.a), b = map(s.b), c = map(s.c);
    if (s.ta == Transpose::yes)
      c.noalias() = a.transpose() * b;
    else if (s.tb == Transpose::yes)
      c.noalias() = a * b.transpose();
    else
      c.noalias() = a * b;
  });
}
BENCHMARK(eigen)->Arg(128)->Arg(16)->Unit(benchmark::kMillisecond);

#if defined(LS_WITH_DNNL)
void onednn(benchmark::State& state) {
  run_steps(state, [](Step& s) {
    dnnl_sgemm(s.ta == Transpose::yes ? 'T' : 'N', s.tb == Transpose::yes ? 'T' : 'N', static_cast<dnnl_dim_t>(s.rows),
               static_cast<dnnl_dim_t>(s.cols), static_cast<dnnl_dim_t>(s.depth), 1.0f, s.a.values.data(),
               static_cast<dnnl_dim_t>(s.a.cols), s.b.values.data(), static_cast<dnnl_dim_t>(s.b.cols), 0.0f, s.c.values.data(),
               static_cast<dnnl_dim_t>(s.c.cols));
  });
}
BENCHMARK(onednn)->Arg(128)->Arg(16)->Unit(benchmark::kMillisecond);
#endif

}  // namespace
}  // namespace latentscape
