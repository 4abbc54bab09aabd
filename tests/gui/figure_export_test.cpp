// What is exported of the run that is open.
#include "app/gui/figure_export.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

TEST(LatentsCsv, OfTextsHasTheText) {
  auto data = std::make_shared<Dataset>();
  data->kind = DataKind::text;
  data->rows = 2;
  data->texts = {"plain", "with \"quotes\", a comma"};
  data->columns = {{"mood", {"sad", "glad"}, {0.0f, 1.0f}}};
  data->label_column = 0;
  auto points = std::make_shared<PointSet>();
  points->ids = {0, 1};
  points->labels = {0, -1};
  points->splits = {Split::train, Split::heldout};
  LatentFrame latents;
  latents.points = points;
  latents.means = FloatArray(2, 1);
  latents.means(1, 0) = 0.5f;
  OpenedRun run;
  run.data = data;
  EXPECT_EQ(latents_csv(run, latents), "row,split,label,z1,text\n0,train,sad,0,plain\n1,heldout,,0.5,\"with \"\"quotes\"\", a comma\"\n");
}

}  // namespace
}  // namespace latentscape
