#include "app/gui/latent_lookup.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

TEST(Underlays, AreOfferedWhereTheyDrawSomething) {
  auto data = std::make_shared<Dataset>();
  OpenedRun run;
  run.data = data;
  data->kind = DataKind::image;
  EXPECT_EQ(underlays_for(run, "raw"), (std::vector<Underlay>{Underlay::none, Underlay::manifold, Underlay::prior}));
  EXPECT_EQ(underlays_for(run, "tsne"), std::vector<Underlay>{Underlay::none}) << "t-SNE has no inverse";
  data->kind = DataKind::table;
  EXPECT_EQ(underlays_for(run, "pca"), (std::vector<Underlay>{Underlay::none, Underlay::prior}));
}

}  // namespace
}  // namespace latentscape
