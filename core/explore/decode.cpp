#include "core/explore/decode.hpp"

#include <algorithm>

#include "core/neighbours/packed_points.hpp"

namespace latentscape {

Result<FloatArray> decode_all(const ModelF& model, std::span<const float> parameters, FloatView z, ComputePool& pool,
                              Workspace<float>& work, std::stop_token stop) {
  constexpr size_t kChunk = 128;  // rows between two looks at the stop token
  if (z.cols != model.latent())
    return fail(ErrorCode::invalid_argument, "decode: positions have {} dimensions, expected {} as the model's latent space", z.cols,
                model.latent());
  LS_CHECK(check_finite(z, "decode"));
  FloatArray x(z.rows, model.width());
  const MutableFloatView out(x);
  for (size_t begin = 0; begin < z.rows; begin += kChunk) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "decode: stopped after {} of {} positions", begin, z.rows);
    const size_t end = std::min(begin + kChunk, z.rows);
    model.decode(pool, work, parameters, z.rows_between(begin, end), out.rows_between(begin, end));
  }
  return x;
}

}  // namespace latentscape
