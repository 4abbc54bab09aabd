// A training step takes no memory from the heap once its buffers have grown.
#include <gtest/gtest.h>

#include <atomic>

#include "core/data/source.hpp"
#include "core/train/trainer.hpp"

#if !defined(LS_SANITIZED)  // the sanitizers bring allocators of their own

#include "tests/support/operator_new.hpp"

namespace {

std::atomic<bool> counting{false};
std::atomic<size_t> allocations{0};

}  // namespace

void before_new(size_t) {
  if (counting.load(std::memory_order_relaxed)) allocations.fetch_add(1, std::memory_order_relaxed);
}

namespace latentscape {
namespace {

struct Case {
  const char* name;
  const char* hidden;
  OptimiserKind optimiser;
  double clip_norm;
  Jitter jitter = {};
  size_t batch = 64;
};

class Allocation : public testing::TestWithParam<Case> {};

TEST_P(Allocation, NoneInAStep) {
  DataRequest request;
  request.spec = "strokes";
  request.count = 2000;
  auto data = load_dataset(request);
  ASSERT_TRUE(data.ok());
  RunConfig config;
  ASSERT_TRUE(set_value(config, "hidden", GetParam().hidden).ok());
  config.optimiser = GetParam().optimiser;
  config.lr_schedule = RateSchedule::cosine;
  config.schedule = BetaSchedule::cyclical;
  config.clip_norm = GetParam().clip_norm;
  config.jitter = GetParam().jitter;
  config.batch = GetParam().batch;
  auto trainer = Trainer::create(config, std::move(data).value(), std::make_shared<ComputePool>(2));
  ASSERT_TRUE(trainer.ok()) << trainer.error().message;
  const auto steps = [&](int n) {
    for (int i = 0; i < n; ++i) ASSERT_TRUE((*trainer)->step().ok());
  };
  const auto allocations_of = [&](int n) {
    allocations = 0;
    counting = true;
    steps(n);
    counting = false;
    return allocations.load();
  };
  // Each thread's own buffers grow when it first takes part, which may be late on a busy machine; then there is a stretch without any. A
  // step that takes memory every time leaves none.
  size_t taken = allocations_of(20);
  for (int tries = 0; taken > 0 && tries < 50; ++tries) taken = allocations_of(20);
  EXPECT_EQ(taken, 0u);
  // The count is alive.
  counting = true;
  delete new int(3);
  counting = false;
  EXPECT_GE(allocations.load(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, Allocation,
    testing::Values(Case{"dense", "50,30", OptimiserKind::adamw, 0.0}, Case{"clipped", "50,30", OptimiserKind::adam, 10.0},
                    Case{"few", "330, res 330", OptimiserKind::adam, 0.0, {}, 16},
                    Case{"convolutional", "conv 4x4s2, dense 20", OptimiserKind::sgd, 0.0, {2, 10.0, 0.05}},
                    Case{"blocks", "conv 4x4s2 norm, resconv 4x3, dense 20 norm dropout 0.2, res 20", OptimiserKind::rmsprop, 10.0}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace latentscape

#endif
