#include "app/gui/live_requests.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "app/gui/latent_lookup.hpp"
#include "core/train/prepare_run.hpp"

namespace latentscape {
namespace {

TEST(UnderlayGrid, CoversTheVisiblePriorWithTilesThatAreNotTooSmall) {
  const Camera camera{0.0, 0.0, 0.01};
  const UnderlayGrid grid = underlay_grid(camera, 1000, 700, 1.0f, 3.2);
  EXPECT_GE(grid.step / camera.units_per_pixel, 32.0 - 1e-6);
  EXPECT_LE(grid.x, -3.0);
  EXPECT_GE(grid.x + grid.step * static_cast<double>(grid.columns - 1), 3.0);
  EXPECT_LE(grid.columns, 28u);
  EXPECT_LE(grid.rows, 28u);
}

TEST(UnderlayGrid, TilesStayInPlaceWhileTheCameraMoves) {
  const UnderlayGrid a = underlay_grid({0.00, 0.0, 0.004}, 1000, 700, 1.0f, 3.2);
  const UnderlayGrid b = underlay_grid({0.07, 0.0, 0.004}, 1000, 700, 1.0f, 3.2);
  EXPECT_EQ(a.step, b.step);
  const double offset = (b.x - a.x) / a.step;
  EXPECT_NEAR(offset, std::round(offset), 1e-6);
}

TEST(UnderlayGrid, IsEmptyFarFromThePrior) {
  const UnderlayGrid grid = underlay_grid({100.0, 0.0, 0.01}, 1000, 700, 1.0f, 3.2);
  EXPECT_EQ(grid.columns * grid.rows, 0u);
}

// An autoencoder has no prior to keep its points together, and a young run has not obeyed its own.
TEST(UnderlayGrid, ReachesAsFarAsThePointsDo) {
  ProjectionFrame projection;
  projection.positions = FloatArray(2, 2);
  EXPECT_EQ(underlay_reach(projection), 3.2);
  projection.positions.values = {0.5f, -17.3f, std::numeric_limits<float>::quiet_NaN(), 4.0f};
  EXPECT_EQ(underlay_reach(projection), 18.0);
}

/// A run on 12 pictures of three classes, with weights to decode with.
struct Opened {
  SessionView session;
  ViewState view;
  SessionHistory history;

  explicit Opened(const char* family) {
    auto data = std::make_shared<Dataset>();
    data->name = "pictures";
    data->shape = {2, 2};
    data->rows = 12;
    data->values = std::vector<uint8_t>(48, 100);
    data->split.assign(12, Split::train);
    data->columns = {{"class", {"a", "b", "c"}, {}}};
    for (size_t i = 0; i < 12; ++i) data->columns[0].values.push_back(static_cast<float>(i % 3));
    data->label_column = 0;
    RunConfig config;
    use_family(config.model, *model_families().find(family));
    config.model.latent = 2;
    config.model.encoder = config.model.decoder = {4};
    auto prepared = prepare_run(config, *data);
    EXPECT_TRUE(prepared.ok()) << prepared.error().message;
    session.run = std::make_shared<const OpenedRun>(OpenedRun{1, 1, prepared->config, data, nullptr, prepared->model, ""});
    set_weights(1);
    session.history = &history;
    view.probe.z = {0.5f, -0.25f};
    view.layout.right_tab = "samples";
  }
  void set_weights(uint64_t revision) {
    auto snapshot = std::make_shared<TrainingSnapshot>();
    snapshot->weights = std::make_shared<const ModelWeights>(ModelWeights{revision, revision, session.run->model, {}});
    session.snapshot = snapshot;
  }
  LiveRequests::Situation at(double seconds) const { return {session, view, {800, 600}, seconds}; }
};

TEST(Samples, OfAModelThatIsToldTheClassShowEachInTurn) {
  Opened open("cvae");
  LiveRequests live;
  const auto request = live.samples(open.at(1.0));
  ASSERT_TRUE(request);
  const SamplesGrid grid = samples_grid(*open.session.run, open.view.samples);
  EXPECT_EQ(grid.columns % 3, 0u) << "a class a column";
  ASSERT_EQ(request->labels.size(), request->z.rows);
  for (size_t t = 0; t < request->labels.size(); ++t) EXPECT_EQ(request->labels[t], static_cast<int>(t % grid.columns % 3));
  open.view.samples.label = 2;
  const auto two = live.samples(open.at(2.0));
  ASSERT_TRUE(two);
  EXPECT_EQ(std::set<int>(two->labels.begin(), two->labels.end()), std::set<int>{2});
  Opened plain("mlp");
  const auto unlabelled = LiveRequests().samples(plain.at(1.0));
  ASSERT_TRUE(unlabelled);
  EXPECT_TRUE(unlabelled->labels.empty());
}

TEST(Samples, TheMatrixHasTheSameStylesForEachClassAndFollowsTheProbe) {
  Opened open("cvae");
  open.view.samples.kind = SamplesKind::styles;
  LiveRequests live;
  const auto first = live.samples(open.at(1.0));
  ASSERT_TRUE(first);
  const SamplesGrid grid = samples_grid(*open.session.run, open.view.samples);
  ASSERT_EQ(first->z.rows, grid.rows * grid.columns);
  EXPECT_EQ(grid.rows, 3u);
  for (size_t t = 0; t < first->z.rows; ++t) {
    EXPECT_EQ(first->labels[t], static_cast<int>(t / grid.columns));
    for (size_t j = 0; j < 2; ++j) EXPECT_EQ(first->z(t, j), first->z(t % grid.columns, j));
  }
  EXPECT_EQ(first->z(0, 0), 0.5f);
  EXPECT_FALSE(live.samples(open.at(5.0))) << "nothing has changed";
  open.view.probe.z[0] = 1.0f;
  const auto moved = live.samples(open.at(5.1));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->z(0, 0), 1.0f);
  EXPECT_EQ(moved->z(1, 0), first->z(1, 0)) << "the other styles stay";
  open.set_weights(2);
  EXPECT_TRUE(live.samples(open.at(6.0))) << "live while training";
  // An answer of the other kind is not shown as this one.
  GridAnswer answer;
  answer.tag = moved->tag;
  answer.z = moved->z;
  EXPECT_TRUE(shows(answer, grid));
  open.view.samples.kind = SamplesKind::draws;
  EXPECT_FALSE(shows(answer, samples_grid(*open.session.run, open.view.samples)));
}

TEST(Samples, AreNotDecodedWhereNobodyLooks) {
  Opened open("mlp");
  open.view.layout.right_tab = "probe";
  EXPECT_FALSE(LiveRequests().samples(open.at(1.0)));
  open.view.layout.right_tab = "samples";
  open.view.layout.right_open = false;
  EXPECT_FALSE(LiveRequests().samples(open.at(1.0)));
}

TEST(Probe, IsDecodedAnewAsAnotherClass) {
  Opened open("cvae");
  LiveRequests live;
  bool moved = false;
  EXPECT_TRUE(live.probe(open.at(1.0), moved));
  EXPECT_FALSE(live.probe(open.at(1.1), moved));
  open.view.probe.label = 2;
  EXPECT_TRUE(live.probe(open.at(1.2), moved));
  EXPECT_TRUE(moved);
}

/// A layout of the run's points at some iteration.
std::shared_ptr<const ProjectionFrame> layout_frame(const std::shared_ptr<const PointSet>& points, size_t iteration) {
  auto frame = std::make_shared<ProjectionFrame>();
  frame->config.method = "tsne";
  frame->points = points;
  frame->latents = std::make_shared<const LatentFrame>();
  frame->iteration = iteration;
  frame->iterations = 1000;
  return frame;
}

TEST(Layouts, HoldingAndAnewAreAskedForOnceAndNeverOfADirectMap) {
  Opened open("mlp");
  LiveRequests live;
  open.view.map.projection.method = "umap";
  ASSERT_TRUE(live.projection(open.at(1.0)));
  open.view.map.frozen = true;
  auto request = live.projection(open.at(1.1));
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->running);
  EXPECT_FALSE(live.projection(open.at(1.2)));
  LiveRequests::Situation anew = open.at(1.3);
  anew.map_round = 1;
  request = live.projection(anew);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->round, 1u);
  open.view.map.projection.method = "tsne";
  anew.seconds = 1.35;
  request = live.projection(anew);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->round, 0u) << "the layouts of other methods are not begun anew";
  open.view.map.projection.method = "raw";
  anew.seconds = 1.4;
  request = live.projection(anew);
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->running) << "latents as they are do not stand still";
}

TEST(Layouts, TheWayBackFollowsTheMapNotFasterThanItIsFound) {
  Opened open("mlp");
  LiveRequests live;
  const auto points = std::make_shared<const PointSet>();
  open.session.projection = layout_frame(points, 1);
  EXPECT_EQ(live.inverse(open.at(1.0)), open.session.projection);
  EXPECT_FALSE(live.inverse(open.at(2.0))) << "the same map";
  const auto answered = [&](double cost) {
    auto placed = std::make_shared<PlacedInverse>();
    placed->frame = open.session.projection;
    placed->seconds = cost;
    return placed;
  };
  const auto first = answered(0.5);
  open.session.projection = layout_frame(points, 2);
  EXPECT_FALSE(live.inverse(open.at(3.0))) << "the last question has no answer yet";
  open.session.inverse = first;
  EXPECT_FALSE(live.inverse(open.at(3.0))) << "it cost half a second";
  EXPECT_TRUE(live.inverse(open.at(6.0)));
  auto direct = std::make_shared<ProjectionFrame>(*layout_frame(points, 0));
  direct->config.method = "pca";
  open.session.projection = direct;
  EXPECT_FALSE(live.inverse(open.at(60.0))) << "it has an exact one";
}

TEST(Judgement, IsAskedForWhereItIsShownAndAtOnceWhenTheMapRests) {
  Opened open("mlp");
  open.view.map.projection.method = "tsne";
  LiveRequests live;
  const auto points = std::make_shared<const PointSet>();
  open.session.projection = layout_frame(points, 10);
  EXPECT_FALSE(live.judgement(open.at(1.0))) << "nobody looks";
  open.view.layout.left_tab = "view";
  auto request = live.judgement(open.at(1.0));
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->trust);
  const auto answer = [&] {
    auto judged = std::make_shared<MapJudgement>();
    judged->frame = request->frame;
    judged->kept = request->kept;
    judged->seconds = 0.1;
    open.session.judgement = judged;
  };
  open.session.projection = layout_frame(points, 20);
  answer();
  EXPECT_FALSE(live.judgement(open.at(1.5))) << "a running map is judged now and then";
  open.view.map.colour_by = ColourBy::trust;
  request = live.judgement(open.at(1.5));
  ASSERT_TRUE(request) << "another thing is asked";
  EXPECT_TRUE(request->trust);
  answer();
  open.session.projection = layout_frame(points, 1000);
  EXPECT_TRUE(live.judgement(open.at(1.6))) << "it is done";
  answer();
  EXPECT_FALSE(live.judgement(open.at(60.0))) << "and does not change";
}

/// A t-SNE is chosen, and the panel that judges it is shown.
struct OpenedOnLayout : Opened {
  OpenedOnLayout() : Opened("mlp") {
    view.map.projection.method = "tsne";
    view.layout.left_tab = "view";
  }
};

TEST(Judgement, OfAnotherRunIsAskedForAtOnce) {
  OpenedOnLayout open;
  LiveRequests live;
  open.session.projection = layout_frame(std::make_shared<const PointSet>(), 10);
  ASSERT_TRUE(live.judgement(open.at(1.0)));
  open.session.projection = layout_frame(std::make_shared<const PointSet>(), 5);
  EXPECT_TRUE(live.judgement(open.at(1.1))) << "the answer about the run before is not seen any more";
}

// Choosing another method gives the question under way up: it is asked again on return, with no wait for an answer that never comes.
TEST(Judgement, IsOfTheChosenMethodAlone) {
  OpenedOnLayout open;
  LiveRequests live;
  const auto points = std::make_shared<const PointSet>();
  open.session.projection = layout_frame(points, 10);
  ASSERT_TRUE(live.judgement(open.at(1.0)));
  open.view.map.projection.method = "umap";
  EXPECT_FALSE(live.judgement(open.at(1.1))) << "the map that is shown is still the one before";
  open.view.map.projection.method = "tsne";
  EXPECT_TRUE(live.judgement(open.at(1.2)));
}

TEST(Judgement, OfTheKeptMapItselfIsSoonOneOfTheMapThatIsShown) {
  OpenedOnLayout open;
  LiveRequests live;
  const auto points = std::make_shared<const PointSet>();
  open.session.projection = open.session.kept_map = layout_frame(points, 10);
  const auto request = live.judgement(open.at(1.0));
  ASSERT_TRUE(request);
  auto judged = std::make_shared<MapJudgement>();
  judged->frame = request->frame;
  judged->kept = request->kept;
  open.session.judgement = judged;
  EXPECT_EQ(change_shown(open.session), judged) << "nothing has moved yet";
  EXPECT_TRUE(is_of(*judged, *open.session.projection));
  open.session.projection = layout_frame(points, 11);
  EXPECT_EQ(change_shown(open.session), nullptr) << "a map compared with itself tells nothing of the next one";
  EXPECT_EQ(judgement_shown(open.session), judged);
  EXPECT_FALSE(is_of(*judged, *open.session.projection));
  const auto next = live.judgement(open.at(1.1));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->frame, open.session.projection);
}

TEST(Colours, ByTrustOrWhatMovedWaitForTheirNumbers) {
  Opened open("mlp");
  const auto points = std::make_shared<const PointSet>();
  const auto frame = layout_frame(points, 10);
  open.session.projection = frame;
  open.view.map.colour_by = ColourBy::moved;
  EXPECT_EQ(colour_chosen(open.session, open.view), ColourBy::label) << "nothing was kept";
  open.session.kept_map = frame;
  EXPECT_EQ(colour_chosen(open.session, open.view), ColourBy::moved);
  EXPECT_EQ(colour_shown(open.session, open.view), ColourBy::label);
  auto judged = std::make_shared<MapJudgement>();
  judged->frame = frame;
  judged->kept = frame;
  open.session.judgement = judged;
  EXPECT_EQ(colour_shown(open.session, open.view), ColourBy::moved);
  open.view.map.colour_by = ColourBy::trust;
  EXPECT_EQ(colour_shown(open.session, open.view), ColourBy::label) << "trust was not asked for";
  auto other = std::make_shared<ProjectionFrame>(*frame);
  other->config.method = "umap";
  open.session.projection = other;
  open.view.map.colour_by = ColourBy::moved;
  EXPECT_EQ(colour_shown(open.session, open.view), ColourBy::label) << "those are numbers of another map";
}

}  // namespace
}  // namespace latentscape
