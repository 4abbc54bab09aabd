// Scores on request: the same as the command line's, of the revision that they name, cancelled when asked.
#include <algorithm>

#include "core/train/anomaly_rows.hpp"
#include "tests/session/session_fixture.hpp"

namespace latentscape {
namespace {

class SessionOutliers : public ::testing::Test {
 protected:
  void SetUp() override {
    session_.open(tiny_request(false));
    ASSERT_TRUE(listener_.wait<event::Opened>()) << listener_.failures();
    for (size_t i = 0; i < 4; ++i) session_.post(command::Step{});
    ASSERT_TRUE(eventually([&] { return session_.snapshot()->step == 4; }));
    ASSERT_TRUE(wait_exact(session_));
  }
  std::shared_ptr<const OutlierAnswer> wait_answer(uint64_t tag) {
    EXPECT_TRUE(eventually([&] { return session_.outliers() && session_.outliers()->tag == tag; }));
    return session_.outliers();
  }

  Session session_{SessionOptions{.window = true}};
  Listener listener_{session_};
};

TEST_F(SessionOutliers, RanksTheSplitByTheScoreOfItsWeights) {
  EXPECT_EQ(session_.outliers(), nullptr) << "nothing is scored before somebody asks";
  session_.request_outliers({Split::heldout, 0, 7});
  const auto answer = wait_answer(7);
  ASSERT_TRUE(answer->error.empty()) << answer->error;
  const auto run = session_.run();
  const auto weights = session_.snapshot()->weights;
  EXPECT_EQ(answer->revision, weights->revision);
  EXPECT_EQ(answer->step, 4u);
  EXPECT_EQ(answer->rows, run->data->ids_of(Split::heldout));
  EXPECT_EQ(answer->there, answer->rows.size());
  ComputePool pool(2);
  const auto expected = anomaly_of_rows(*weights->model, weights->parameters, *run->data, answer->rows, run->config, pool);
  ASSERT_TRUE(expected.ok());
  EXPECT_EQ(answer->scores.score, expected->score);
  ASSERT_EQ(answer->ranked.size(), answer->rows.size());
  for (size_t i = 1; i < answer->ranked.size(); ++i)
    EXPECT_GE(answer->scores.score[answer->ranked[i - 1]], answer->scores.score[answer->ranked[i]]);
  EXPECT_TRUE(eventually([&] { return !session_.outlier_progress().active; }));
}

// A subset is scored as the whole is: no row's score depends on another's.
TEST_F(SessionOutliers, ALargeSplitIsSampledAndSaysSo) {
  session_.request_outliers({Split::train, 0, 1});
  const auto all = wait_answer(1);
  session_.request_outliers({Split::train, 40, 2});
  const auto some = wait_answer(2);
  ASSERT_EQ(some->rows.size(), 40u);
  EXPECT_EQ(some->there, all->rows.size());
  EXPECT_TRUE(std::is_sorted(some->rows.begin(), some->rows.end()));
  for (size_t i = 0; i < some->rows.size(); ++i) {
    const auto at = std::lower_bound(all->rows.begin(), all->rows.end(), some->rows[i]) - all->rows.begin();
    EXPECT_EQ(some->scores.score[i], all->scores.score[static_cast<size_t>(at)]);
  }
}

TEST_F(SessionOutliers, WhatIsCancelledGivesNoAnswerAndTheNextOneDoes) {
  session_.request_outliers({Split::train, 0, 1});
  session_.cancel_outliers();
  EXPECT_FALSE(session_.outlier_progress().active) << "the window shows it as cancelled at once";
  session_.request_outliers({Split::heldout, 0, 2});
  EXPECT_EQ(wait_answer(2)->split, Split::heldout);
  EXPECT_TRUE(eventually([&] { return !session_.outlier_progress().active; }));
  EXPECT_EQ(session_.outliers()->tag, 2u);
}

TEST(SessionOutliersClosing, ARunThatIsReplacedLeavesNoAnswerOfItsOwn) {
  Session session({.window = true});
  Listener listener(session);
  session.open(tiny_request(false));
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  session.post(command::Step{});
  ASSERT_TRUE(eventually([&] { return session.snapshot()->weights != nullptr; }));
  session.request_outliers({Split::test, 0, 1});
  session.open(tiny_request(false));
  ASSERT_TRUE(listener.wait<event::Opened>(2)) << listener.failures();
  session.post(command::Step{});
  ASSERT_TRUE(eventually([&] { return session.snapshot()->weights && session.snapshot()->run_id == session.run()->id; }));
  session.request_outliers({Split::heldout, 0, 2});
  ASSERT_TRUE(eventually([&] { return session.outliers() && session.outliers()->tag == 2; }));
  EXPECT_GE(session.outliers()->revision, session.run()->first_revision);
}

}  // namespace
}  // namespace latentscape
