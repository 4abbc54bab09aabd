#include "core/explore/decode.hpp"

#include <algorithm>

#include "core/neighbours/packed_points.hpp"

namespace latentscape {

Result<FloatArray> decode_all(const ModelF& model, std::span<const float> parameters, const LabelledRows<float>& z, ComputePool& pool,
                              Workspace<float>& work, std::stop_token stop) {
  constexpr size_t kChunk = 128;  // rows between two looks at the stop token
  const FloatView rows = z.values;
  if (rows.cols != model.latent())
    return fail(ErrorCode::invalid_argument, "decode: positions have {} dimensions, expected {} as the model's latent space", rows.cols,
                model.latent());
  if (model.decodes_labels() && z.labels.size() != rows.rows)
    return fail(ErrorCode::invalid_argument, "decode: {} labels for {} positions, expected one each: the model decodes with a label",
                z.labels.size(), rows.rows);
  LS_CHECK(check_finite(rows, "decode"));
  FloatArray x(rows.rows, model.width());
  const MutableFloatView out(x);
  for (size_t begin = 0; begin < rows.rows; begin += kChunk) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "decode: stopped after {} of {} positions", begin, rows.rows);
    const size_t end = std::min(begin + kChunk, rows.rows);
    const auto labels = model.decodes_labels() ? z.labels.subspan(begin, end - begin) : std::span<const int32_t>();
    model.decode(pool, work, parameters, {rows.rows_between(begin, end), labels}, out.rows_between(begin, end));
  }
  return x;
}

}  // namespace latentscape
