#include "app/gui/latent_lookup.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

TEST(Underlays, AreOfferedWhereTheyDrawSomething) {
  auto data = std::make_shared<Dataset>();
  OpenedRun run;
  run.data = data;
  const size_t shape[] = {2, 2};
  ModelConfig config;
  run.model = *make_model(config, shape);
  data->kind = DataKind::image;
  EXPECT_EQ(underlays_for(run, "raw"), (std::vector<Underlay>{Underlay::none, Underlay::manifold, Underlay::prior}));
  EXPECT_EQ(underlays_for(run, "tsne"), std::vector<Underlay>{Underlay::none}) << "t-SNE has no inverse";
  data->kind = DataKind::table;
  EXPECT_EQ(underlays_for(run, "pca"), (std::vector<Underlay>{Underlay::none, Underlay::prior}));
  config.objective = Objective::autoencoder;
  run.model = *make_model(config, shape);
  EXPECT_EQ(underlays_for(run, "pca"), std::vector<Underlay>{Underlay::none}) << "an autoencoder has no prior";
}

}  // namespace
}  // namespace latentscape
