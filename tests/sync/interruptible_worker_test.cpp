#include "core/sync/interruptible_worker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace latentscape {
namespace {

/// Requests below 0 are worked on until they are given up.
class InterruptibleWorkerTest : public testing::Test {
 protected:
  template <class Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 6000 && !condition(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return condition();
  }

  std::atomic<int> begun_ = 0;
  InterruptibleWorker<int, int> worker_{[this](const int& request, const std::stop_token& stop) {
    ++begun_;
    while (request < 0 && !stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::make_shared<const int>(request);
  }};
};

TEST_F(InterruptibleWorkerTest, WorkUnderWayIsGivenUpAndTheNextRequestIsAnswered) {
  worker_.request(-1);
  ASSERT_TRUE(eventually([&] { return begun_ == 1; }));
  worker_.interrupt();
  worker_.request(7);
  ASSERT_TRUE(eventually([&] { return worker_.latest() != nullptr; }));
  EXPECT_EQ(*worker_.latest(), 7) << "what was given up is not published";
}

TEST_F(InterruptibleWorkerTest, ItsEndGivesUpWhatIsUnderWay) {
  worker_.request(-1);
  ASSERT_TRUE(eventually([&] { return begun_ == 1; }));  // the destructor then returns
}

}  // namespace
}  // namespace latentscape
