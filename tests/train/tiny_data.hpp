// Small datasets made in memory for the tests of training.
#pragma once

#include <memory>
#include <utility>

#include "core/base/rng.hpp"
#include "core/data/dataset.hpp"

namespace latentscape {

/// The data of ten_steps_reference.py: 24 images of 3 x 4 pixels, all of them train rows.
inline std::shared_ptr<Dataset> reference_data() {
  auto d = std::make_shared<Dataset>();
  d->name = "reference";
  d->shape = {3, 4};
  d->rows = 24;
  std::vector<uint8_t> values;
  for (size_t i = 0; i < 24; ++i)
    for (size_t j = 0; j < 12; ++j) values.push_back(static_cast<uint8_t>((i * 37 + j * 59 + i * j * 11) % 256));
  d->values = std::move(values);
  d->split.assign(24, Split::train);
  return d;
}

/// Images of `side` x `side` with a bright bar whose place varies; every tenth row is held out, every tenth plus one is test.
inline std::shared_ptr<Dataset> bars(size_t rows, size_t side) {
  auto d = std::make_shared<Dataset>();
  d->name = "bars";
  d->shape = {side, side};
  d->rows = rows;
  std::vector<uint8_t> values(rows * side * side);
  for (size_t i = 0; i < rows; ++i) {
    Rng rng(1, RngStream::general, 9, static_cast<uint32_t>(i));
    const size_t at = rng.below(static_cast<uint32_t>(side));
    const bool upright = rng.below(2) == 0;
    for (size_t k = 0; k < side * side; ++k)
      values[i * side * side + k] = static_cast<uint8_t>((upright ? k % side : k / side) == at ? 200 + rng.below(56) : rng.below(20));
    d->split.push_back(i % 10 == 0 ? Split::heldout : (i % 10 == 1 ? Split::test : Split::train));
  }
  d->values = std::move(values);
  return d;
}

/// Bars whose class is whether they stand upright; the last `extra` rows joined train.
inline std::shared_ptr<Dataset> labelled_bars(size_t rows, size_t extra = 0) {
  auto data = bars(rows, 6);
  data->columns.push_back({"label", {"lying", "upright"}, {}});
  for (size_t i = 0; i < rows; ++i) {
    Rng rng(1, RngStream::general, 9, static_cast<uint32_t>(i));
    rng.below(6);
    data->columns[0].values.push_back(rng.below(2) == 0 ? 1.0f : 0.0f);
  }
  data->label_column = 0;
  data->extra = extra;
  for (size_t i = rows - extra; i < rows; ++i) data->split[i] = Split::train;
  return data;
}

/// Rows of a table, two correlated normals each.
inline std::shared_ptr<Dataset> points(size_t rows) {
  auto d = std::make_shared<Dataset>();
  d->name = "points";
  d->kind = DataKind::table;
  d->shape = {2};
  d->rows = rows;
  std::vector<float> values;
  for (size_t i = 0; i < rows; ++i) {
    Rng rng(2, RngStream::general, 9, static_cast<uint32_t>(i));
    const float a = rng.normal();
    values.push_back(a);
    values.push_back(0.8f * a + 0.3f * rng.normal());
  }
  d->values = std::move(values);
  d->split.assign(rows, Split::train);
  return d;
}

}  // namespace latentscape
