#include "core/io/scores_csv.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace latentscape {
namespace {

TEST(ScoresCsv, NamesTheFileAndTheClassOfEachRow) {
  Dataset data;
  data.rows = 3;
  data.shape = {1};
  data.columns = {{"kind", {"cat", "a, b"}, {0, 1, NAN}}, {"weight", {}, {1.5f, 2.0f, 3.0f}}};
  data.split = {Split::train, Split::test, Split::heldout};
  AnomalyScores scores;
  scores.score = {4.0, 5.0};
  scores.reconstruction = {3.0, 4.5};
  scores.kl = {1.0, 0.5};
  const std::vector<uint32_t> rows = {1, 2};
  EXPECT_EQ(scores_csv(data, rows, scores), "row,split,kind,score,reconstruction,kl\n1,test,\"a, b\",4,3,1\n2,heldout,,5,4.5,0.5\n");
  data.row_names = {"a.png", "b,2.png", "c.png"};
  EXPECT_EQ(scores_csv(data, rows, scores, "weight"),
            "row,split,file,kind,weight,score,reconstruction,kl\n1,test,\"b,2.png\",\"a, b\",2,4,3,1\n2,heldout,c.png,,3,5,4.5,0.5\n");
}

}  // namespace
}  // namespace latentscape
