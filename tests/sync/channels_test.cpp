#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "core/sync/event_queue.hpp"
#include "core/sync/latest_slot.hpp"
#include "core/sync/latest_worker.hpp"

namespace latentscape {
namespace {

TEST(LatestSlot, IsEmptyThenHoldsTheNewest) {
  LatestSlot<int> slot;
  EXPECT_EQ(slot.latest(), nullptr);
  slot.publish(std::make_shared<const int>(1));
  const auto kept = slot.latest();
  slot.publish(std::make_shared<const int>(2));
  EXPECT_EQ(*slot.latest(), 2);
  EXPECT_EQ(*kept, 1);  // a reader's value lives as long as the reader holds it
}

// A destructor may be slow or may itself read the slot: the replaced value must die outside the lock.
TEST(LatestSlot, OldValueDiesOutsideTheLock) {
  struct Reader {
    LatestSlot<Reader>* slot = nullptr;
    std::atomic<int>* deaths = nullptr;
    ~Reader() {
      if (slot) slot->latest();
      if (deaths) ++*deaths;
    }
  };
  LatestSlot<Reader> slot;
  std::atomic<int> deaths{0};
  auto first = std::make_shared<Reader>();
  first->slot = &slot;
  first->deaths = &deaths;
  slot.publish(std::move(first));
  slot.publish(nullptr);
  EXPECT_EQ(deaths.load(), 1);
}

TEST(LatestSlot, ReadersNeverSeeAnOlderValueAfterANewer) {
  LatestSlot<int> slot;
  slot.publish(std::make_shared<const int>(0));
  constexpr int kLast = 5000;
  std::jthread writer([&] {
    for (int i = 1; i <= kLast; ++i) slot.publish(std::make_shared<const int>(i));
  });
  for (int seen = 0; seen < kLast;) {
    const int now = *slot.latest();
    ASSERT_GE(now, seen);
    seen = now;
  }
}

// Two producers: nothing lost, nothing twice, each producer's order kept.
TEST(EventQueue, LosesNothing) {
  EventQueue<std::pair<int, int>> queue;
  constexpr int kEach = 10000;
  auto produce = [&](int who) {
    for (int i = 0; i < kEach; ++i) queue.push({who, i});
  };
  std::jthread a(produce, 0), b(produce, 1);
  int next[2] = {0, 0};
  while (next[0] + next[1] < 2 * kEach) {
    ASSERT_TRUE(queue.wait_for(std::chrono::seconds(60)));
    for (const auto& event : queue.drain()) {
      ASSERT_EQ(event.second, next[event.first]);
      ++next[event.first];
    }
  }
  a.join();
  b.join();
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, WaitEndsByArrivalTimeOrStop) {
  EventQueue<int> queue;
  EXPECT_FALSE(queue.wait_for(std::chrono::milliseconds(1)));
  EXPECT_TRUE(queue.drain().empty());

  std::stop_source stopped;
  std::promise<void> waiting;
  auto result = std::async(std::launch::async, [&] {
    waiting.set_value();
    return queue.wait(stopped.get_token());
  });
  waiting.get_future().wait();
  stopped.request_stop();
  EXPECT_FALSE(result.get());

  auto arrival = std::async(std::launch::async, [&] { return queue.wait(std::stop_source().get_token()); });
  queue.push(1);
  EXPECT_TRUE(arrival.get());

  // What is there is reported even after a stop: nothing is lost on the way out.
  EXPECT_TRUE(queue.wait(stopped.get_token()));
  EXPECT_EQ(queue.drain(), std::vector<int>{1});
}

TEST(EventQueue, CarriesWhatCanOnlyMove) {
  EventQueue<std::unique_ptr<int>> queue;
  queue.push(std::make_unique<int>(3));
  EXPECT_EQ(*queue.drain().front(), 3);
}

template <class Request, class Answer>
void wait_until_idle(const LatestWorker<Request, Answer>& worker) {
  while (worker.busy()) std::this_thread::yield();
}

TEST(LatestWorker, AnswersTheNewestRequest) {
  std::atomic<int> answered{0};
  std::promise<void> entered, release;
  auto gate = release.get_future().share();
  LatestWorker<int, int> worker([&](const int& request, std::stop_token) {
    if (answered++ == 0) {
      entered.set_value();
      gate.wait();
    }
    return std::make_shared<const int>(request * 10);
  });
  EXPECT_EQ(worker.latest(), nullptr);
  worker.request(1);
  entered.get_future().wait();
  for (int i = 2; i <= 100; ++i) worker.request(i);  // while it works on 1: 2 .. 99 are superseded
  EXPECT_TRUE(worker.busy());
  release.set_value();
  wait_until_idle(worker);
  EXPECT_EQ(*worker.latest(), 1000);
  EXPECT_EQ(answered.load(), 2);
}

TEST(LatestWorker, NothingPublishedKeepsTheLastAnswer) {
  LatestWorker<int, int> worker([](const int& request, std::stop_token) -> std::shared_ptr<const int> {
    if (request < 0) return nullptr;
    return std::make_shared<const int>(request);
  });
  worker.request(4);
  wait_until_idle(worker);
  worker.request(-1);
  wait_until_idle(worker);
  ASSERT_NE(worker.latest(), nullptr);
  EXPECT_EQ(*worker.latest(), 4);
}

// The function never ends by itself: only the stop token can end it, so returning from the destructor is the test.
TEST(LatestWorker, StopsInTheMiddleOfAnAnswer) {
  std::promise<void> entered;
  std::atomic<int> ended{0};
  {
    LatestWorker<int, int> worker([&](const int&, std::stop_token stop) -> std::shared_ptr<const int> {
      entered.set_value();
      while (!stop.stop_requested()) std::this_thread::yield();
      ++ended;
      return nullptr;
    });
    worker.request(1);
    entered.get_future().wait();
  }
  EXPECT_EQ(ended.load(), 1);
}

// A request that waits when the worker goes is not started.
TEST(LatestWorker, StartsNothingAfterAStop) {
  std::promise<void> entered;
  std::atomic<int> calls{0};
  {
    LatestWorker<int, int> worker([&](const int&, std::stop_token stop) -> std::shared_ptr<const int> {
      if (++calls == 1) entered.set_value();
      while (!stop.stop_requested()) std::this_thread::yield();
      return nullptr;
    });
    worker.request(1);
    entered.get_future().wait();
    worker.request(2);
  }
  EXPECT_EQ(calls.load(), 1);
}

TEST(LatestWorker, StopsUnused) {
  for (int i = 0; i < 50; ++i) LatestWorker<int, int> worker([](const int& v, std::stop_token) { return std::make_shared<const int>(v); });
}

}  // namespace
}  // namespace latentscape
