// Maps of a session while a person plays with them: settings that change, holding, beginning anew, other data, judging and the way back.
#include <algorithm>
#include <cmath>

#include "core/projection/alignment.hpp"
#include "session_fixture.hpp"

namespace latentscape {
namespace {

class SessionMaps : public SessionWithMaps {
 protected:
  void SetUp() override {
    session_.open(tiny_request(false));
    ASSERT_TRUE(listener_.wait<event::Opened>());
    ASSERT_TRUE(eventually([&] { return session_.snapshot() && session_.snapshot()->latents; }));
  }
  static ProjectionRequest endless(const char* method) {
    ProjectionRequest request;
    request.config.method = method;
    request.config.perplexity = 10;
    request.config.iterations = request.config.epochs = 100000000;
    return request;
  }
};

TEST_F(SessionMaps, SettingsChangeWhileALayoutRunsAndNothingBeginsAgain) {
  for (const char* method : {"tsne", "umap"}) {
    ProjectionRequest request = endless(method);
    session_.request_projection(request);
    const auto before =
        wait_frame([&](const ProjectionFrame& f) { return f.config.method == method && f.iteration > 60 && f.error.empty(); });
    EXPECT_EQ(before->latents, session_.snapshot()->latents);
    request.config.perplexity = 20;
    request.config.neighbours = 25;
    request.config.min_dist = 0.5;
    request.config.late_exaggeration = 1.5;
    session_.request_projection(request);
    const auto after = wait_frame([&](const ProjectionFrame& f) { return f.config == request.config && !f.searching; });
    EXPECT_GE(after->iteration, before->iteration);
  }
}

TEST_F(SessionMaps, AnImpossibleSettingIsRefusedInWordsAndTheMapGoesOn) {
  ProjectionRequest request = endless("tsne");
  session_.request_projection(request);
  const auto before = wait_frame([](const ProjectionFrame& f) { return f.config.method == "tsne" && f.iteration > 10; });
  ProjectionRequest wrong = request;
  wrong.config.perplexity = 400;
  session_.request_projection(wrong);
  const auto refused = wait_frame([](const ProjectionFrame& f) { return !f.error.empty(); });
  EXPECT_NE(refused->error.find("a third of the"), std::string::npos) << refused->error;
  EXPECT_EQ(refused->config.perplexity, 10.0);
  EXPECT_EQ(refused->positions.rows, before->positions.rows);
  EXPECT_GE(refused->iteration, before->iteration);
  wait_frame([&](const ProjectionFrame& f) { return f.iteration > refused->iteration && !f.error.empty(); });
  session_.request_projection(request);
  wait_frame([&](const ProjectionFrame& f) { return f.iteration > refused->iteration && f.error.empty(); });
}

TEST_F(SessionMaps, HoldingCostsNothingAndAnewBeginsAtTheBeginning) {
  ProjectionRequest request = endless("tsne");
  request.running = false;
  session_.request_projection(request);
  ASSERT_TRUE(eventually([&] { return !session_.projection_busy(); }));
  EXPECT_EQ(session_.projection(), nullptr) << "what is held does not begin";
  request.running = true;
  session_.request_projection(request);
  wait_frame([](const ProjectionFrame& f) { return f.iteration > 100 && f.kl_curve.size() >= 2 && f.seconds_left > 0.0; });
  request.running = false;
  session_.request_projection(request);
  ASSERT_TRUE(eventually([&] { return !session_.projection_busy(); }));
  const auto held = session_.projection();
  request.running = true;
  session_.request_projection(request);
  const auto on = wait_frame([&](const ProjectionFrame& f) { return f.iteration > held->iteration; });
  ASSERT_GE(on->kl_curve.size(), held->kl_curve.size());
  EXPECT_TRUE(std::equal(held->kl_curve.begin(), held->kl_curve.end(), on->kl_curve.begin(),
                         [](const auto& a, const auto& b) { return a.iteration == b.iteration && a.kl == b.kl; }));
  wait_frame([](const ProjectionFrame& f) { return f.iteration > 3000; });
  request.round = 1;
  session_.request_projection(request);
  const auto anew = wait_frame([](const ProjectionFrame& f) { return f.iteration < 1000; });
  EXPECT_EQ(anew->positions.rows, on->positions.rows);
}

// Another seed lays the same latents out a little turned: the map is turned back, so that groups are where the eye left them.
TEST_F(SessionMaps, AMapBegunAnewLiesAsTheOneBefore) {
  ProjectionRequest request = endless("tsne");
  request.config.iterations = 300;
  session_.request_projection(request);
  const auto first = wait_frame([](const ProjectionFrame& f) { return f.iteration == 300; });
  request.config.seed = 2;
  session_.request_projection(request);
  const auto second = wait_frame([](const ProjectionFrame& f) { return f.config.seed == 2 && f.iteration == 300; });
  EXPECT_NE(first->positions.values, second->positions.values);
  const auto left = align_map(second->positions, first->positions, {.scale = false});
  ASSERT_TRUE(left.ok());
  EXPECT_FALSE(left->mirrored);
  EXPECT_NEAR(left->matrix[0][1], 0.0, 1e-4);
  EXPECT_NEAR(left->matrix[0][0], 1.0, 1e-4);
}

// Looking at another method costs nothing of a layout: it is there again at once, as it was.
TEST_F(SessionMaps, ALayoutIsKeptWhileOthersAreLookedAt) {
  ProjectionRequest tsne = endless("tsne");
  tsne.config.iterations = 300;
  session_.request_projection(tsne);
  const auto done = wait_frame([](const ProjectionFrame& f) { return f.config.method == "tsne" && f.iteration == 300; });
  ProjectionRequest umap = endless("umap");
  session_.request_projection(umap);
  const auto umap_before = wait_frame([](const ProjectionFrame& f) { return f.config.method == "umap" && f.iteration > 30; });
  session_.request_projection(tsne);
  const auto back = wait_frame([](const ProjectionFrame& f) { return f.config.method == "tsne"; });
  EXPECT_EQ(back->iteration, 300u);
  EXPECT_EQ(back->positions.values, done->positions.values);
  EXPECT_EQ(back->kl_curve.size(), done->kl_curve.size());
  ProjectionRequest pca;
  pca.config.method = "pca";
  session_.request_projection(pca);
  wait_frame([](const ProjectionFrame& f) { return f.config.method == "pca"; });
  session_.request_projection(umap);
  const auto umap_after = wait_frame([](const ProjectionFrame& f) { return f.config.method == "umap"; });
  EXPECT_GE(umap_after->iteration, umap_before->iteration);

  tsne.config.seed = 2;
  session_.request_projection(tsne);
  const auto other = wait_frame([](const ProjectionFrame& f) { return f.config.method == "tsne" && f.error.empty(); });
  EXPECT_EQ(other->config.seed, 2u);
  EXPECT_LT(other->iteration, 300u) << "another seed is another layout";
}

TEST_F(SessionMaps, AKeptLayoutTakesUpSettingsAndLatentsThatCameMeanwhile) {
  ProjectionRequest tsne = endless("tsne");
  tsne.config.iterations = 300;
  session_.request_projection(tsne);
  const auto done = wait_frame([](const ProjectionFrame& f) { return f.config.method == "tsne" && f.iteration == 300; });
  session_.request_projection(endless("umap"));
  wait_frame([](const ProjectionFrame& f) { return f.config.method == "umap"; });
  session_.post(command::Step{});
  ASSERT_TRUE(eventually([&] { return session_.snapshot()->latents->revision > done->revision && session_.snapshot()->latents->exact(); }));
  tsne.config.late_exaggeration = 2.0;
  session_.request_projection(tsne);
  const auto back = wait_frame([&](const ProjectionFrame& f) { return f.config == tsne.config && f.revision > done->revision; });
  EXPECT_GT(back->iteration, 300u);
  EXPECT_NE(back->positions.values, done->positions.values);
}

TEST_F(SessionMaps, OtherDataMidRunGetsAMapOfItsOwn) {
  session_.request_projection(endless("umap"));
  const auto first = wait_frame([](const ProjectionFrame& f) { return f.config.method == "umap" && f.iteration > 5; });
  OpenRequest other = tiny_request(false);
  other.config.data_count = 200;
  session_.open(other);
  const auto second = wait_frame([&](const ProjectionFrame& f) { return f.points != first->points && f.iteration > 5; });
  EXPECT_LT(second->positions.rows, first->positions.rows);
  EXPECT_EQ(second->latents->points, second->points);
}

TEST_F(SessionMaps, AMapIsJudgedAndComparedWithOneThatWasKept) {
  ProjectionRequest request = endless("tsne");
  request.config.iterations = 400;
  session_.request_projection(request);
  const auto frame = wait_frame([](const ProjectionFrame& f) { return f.iteration == 400; });
  ProjectionRequest pca;
  pca.config.method = "pca";
  session_.request_projection(pca);
  const auto other = wait_frame([](const ProjectionFrame& f) { return f.config.method == "pca"; });

  session_.request_judgement({frame, true, frame});
  ASSERT_TRUE(eventually([&] { return session_.judgement() && session_.judgement()->frame == frame; }));
  auto judged = session_.judgement();
  ASSERT_TRUE(judged->error.empty()) << judged->error;
  EXPECT_EQ(judged->trust.size(), frame->positions.rows);
  EXPECT_GT(judged->quality.recall, 0.3);
  ASSERT_TRUE(judged->label_accuracy);
  EXPECT_GT(*judged->label_accuracy, 0.1);
  EXPECT_EQ(judged->kept, frame);
  EXPECT_EQ(judged->change.displacement, 0.0);
  EXPECT_EQ(judged->change.kept, 1.0);

  session_.request_judgement({other, false, frame});
  ASSERT_TRUE(eventually([&] { return session_.judgement()->frame == other; }));
  judged = session_.judgement();
  EXPECT_TRUE(judged->trust.empty());
  EXPECT_GT(judged->quality.recall, 0.99) << "two latent dimensions turned are the same neighbours";
  EXPECT_LT(judged->change.kept, 1.0);
  EXPECT_GT(judged->change.displacement, 0.0);
}

TEST_F(SessionMaps, TheWayBackFromALayoutIsThePointItselfWhereOneLies) {
  ProjectionRequest request = endless("umap");
  request.config.epochs = 60;
  session_.request_projection(request);
  const auto frame = wait_frame([](const ProjectionFrame& f) { return f.iteration == 60; });
  session_.request_inverse(frame);
  ASSERT_TRUE(eventually([&] { return session_.inverse() && session_.inverse()->frame == frame; }));
  ASSERT_TRUE(session_.inverse()->inverse);
  for (const size_t i : {0u, 7u, 100u}) {
    const auto there = session_.inverse()->inverse->latent_at({frame->positions(i, 0), frame->positions(i, 1)});
    ASSERT_EQ(there.latent.size(), 2u);
    for (size_t j = 0; j < 2; ++j) EXPECT_NEAR(there.latent[j], frame->latents->means(i, j), 0.05f);
    EXPECT_GT(there.trust, 0.0);
  }
}

}  // namespace
}  // namespace latentscape
