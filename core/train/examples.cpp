#include "core/train/examples.hpp"

#include <algorithm>

#include "core/base/rng.hpp"

namespace latentscape {

namespace {

constexpr size_t kRowTile = 8;

// Step 0 of stream `binarise` is the fixed binarisation; step s of training uses s + 1.
void binarise_row(float* x, size_t n, uint64_t seed, uint64_t step, uint32_t row) {
  Rng rng(seed, RngStream::binarise, step, row);
  for (size_t i = 0; i < n; ++i) x[i] = static_cast<double>(rng.bits()) < static_cast<double>(x[i]) * 0x1p32 ? 1.0f : 0.0f;
}

/// fill(i): row i of the batch.
template <class F>
void for_rows(ComputePool& pool, size_t n, const F& fill) {
  const auto tile = [&](size_t t) {
    for (size_t i = t * kRowTile; i < std::min(n, (t + 1) * kRowTile); ++i) fill(i);
  };
  pool.run((n + kRowTile - 1) / kRowTile, tile);
}

}  // namespace

void fill_training_examples(const Dataset& data, std::span<const uint32_t> rows, const ModelF& model, const KnownLabels& known,
                            const RunConfig& config, uint64_t step, ComputePool& pool, Examples& out) {
  const size_t samples = model.samples();
  const bool jitter = config.jitter.any();
  if (jitter) out.plain.resize(rows.size(), data.width());
  out.x.resize(rows.size(), data.width());
  out.noise.resize(rows.size() * samples, model.latent());
  out.labels.resize(rows.size());
  for_rows(pool, rows.size(), [&](size_t i) {
    float* x = out.x.row_data(i);
    if (jitter)
      copy_jittered(data, rows[i], config.jitter, config.seed, step, out.plain.row(i), x);
    else
      data.copy_row(rows[i], x);
    if (config.binarise != Binarise::none)
      binarise_row(x, out.x.cols, config.seed, config.binarise == Binarise::dynamic ? step + 1 : 0, rows[i]);
    for (size_t r = i * samples; r < (i + 1) * samples; ++r)
      Rng(config.seed, RngStream::posterior, step, static_cast<uint32_t>(r)).fill_normal(out.noise.row(r));
    out.labels[i] = known.label(rows[i]);
  });
  data.passed(rows.size());
}

void fill_evaluation_examples(const Dataset& data, std::span<const uint32_t> rows, size_t latent, uint64_t seed, Binarise binarise,
                              ComputePool& pool, Examples& out) {
  out.x.resize(rows.size(), data.width());
  out.noise.resize(rows.size(), latent);
  out.labels.resize(rows.size());
  for_rows(pool, rows.size(), [&](size_t i) {
    data.copy_row(rows[i], out.x.row_data(i));
    if (binarise != Binarise::none) binarise_row(out.x.row_data(i), out.x.cols, seed, 0, rows[i]);
    Rng(seed, RngStream::evaluate, 0, rows[i]).fill_normal(out.noise.row(i));
    out.labels[i] = data.label(rows[i]);
  });
  data.passed(rows.size());
}

}  // namespace latentscape
