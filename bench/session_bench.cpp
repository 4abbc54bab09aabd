// How long a person waits for pause, step and quit while MNIST-sized minibatches train: each beside its limit of 50 ms.
// A ratio below 1 is within the limit. Build with -DLATENTSCAPE_BENCH=ON, run bin/session_bench.
#include <benchmark/benchmark.h>

#include <thread>

#include "core/base/clock.hpp"
#include "core/session/session.hpp"

namespace latentscape {
namespace {

constexpr double kLimitMs = 50.0;

OpenRequest request() {
  OpenRequest r;
  r.config.data = "strokes";
  r.config.data_count = 4000;
  r.config.model.latent = 20;
  r.config.epochs = 1000000;
  return r;
}

bool wait_phase(Session& session, RunPhase phase) {
  Stopwatch watch;
  while (watch.seconds() < 60.0) {
    const auto snapshot = session.snapshot();
    if (snapshot && snapshot->phase == phase) return true;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return false;
}

/// A session of the window, training.
std::unique_ptr<Session> training() {
  SessionOptions options;
  options.window = true;
  auto session = std::make_unique<Session>(options);
  session->open(request());
  wait_phase(*session, RunPhase::running);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  return session;
}

void report(benchmark::State& state, double total_ms) {
  const double mean = total_ms / static_cast<double>(state.iterations());
  state.counters["ms"] = mean;
  state.counters["limit_ms"] = kLimitMs;
  state.counters["ratio_to_limit"] = mean / kLimitMs;
}

void pause(benchmark::State& state) {
  auto session = training();
  double total = 0.0;
  for (auto _ : state) {
    Stopwatch watch;
    session->post(command::Pause{});
    if (!wait_phase(*session, RunPhase::paused)) state.SkipWithError("never paused");
    const double ms = watch.seconds() * 1e3;
    state.SetIterationTime(ms * 1e-3);
    total += ms;
    session->post(command::Run{});
    wait_phase(*session, RunPhase::running);
  }
  report(state, total);
}
BENCHMARK(pause)->UseManualTime()->Iterations(30)->Unit(benchmark::kMillisecond);

void step(benchmark::State& state) {
  auto session = training();
  session->post(command::Pause{});
  wait_phase(*session, RunPhase::paused);
  double total = 0.0;
  for (auto _ : state) {
    const uint64_t before = session->snapshot()->step;
    Stopwatch watch;
    session->post(command::Step{});
    while (session->snapshot()->step == before && watch.seconds() < 60.0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    const double ms = watch.seconds() * 1e3;
    state.SetIterationTime(ms * 1e-3);
    total += ms;
  }
  report(state, total);
}
BENCHMARK(step)->UseManualTime()->Iterations(30)->Unit(benchmark::kMillisecond);

void quit(benchmark::State& state) {
  double total = 0.0;
  for (auto _ : state) {
    auto session = training();
    Stopwatch watch;
    session.reset();
    const double ms = watch.seconds() * 1e3;
    state.SetIterationTime(ms * 1e-3);
    total += ms;
  }
  report(state, total);
}
BENCHMARK(quit)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latentscape
