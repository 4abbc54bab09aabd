#include "core/data/drawn_images.hpp"

#include "core/base/thread_pool.hpp"

namespace latentscape {

namespace {

constexpr size_t kTile = 128;  // rows a task

}  // namespace

Result<Dataset> draw_images(const DataRequest& request, const std::string& name, size_t side, size_t rows, std::vector<Column> columns,
                            const DrawRow& draw) {
  std::vector<uint8_t> pixels(rows * side * side);
  ComputePool pool;
  for_tiles(pool, rows, kTile, [&](size_t begin, size_t end) {
    if (request.stop.stop_requested()) return;
    for (size_t i = begin; i < end; ++i) draw(i, pixels.data() + i * side * side, columns);
  });
  if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: drawing was stopped", name);
  Dataset data;
  data.name = name;
  data.kind = DataKind::image;
  data.shape = {side, side};
  data.rows = rows;
  data.values = std::move(pixels);
  data.columns = std::move(columns);
  data.label_column = 0;
  return data;
}

}  // namespace latentscape
