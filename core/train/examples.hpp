// Examples of a dataset as the model sees them: gathered, binarised where asked, with the noise of z; filled in parallel by rows.
#pragma once

#include <cstdint>
#include <span>

#include "core/data/dataset.hpp"
#include "core/models/model.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// A batch: x rows x width, noise (rows x samples of z) x latent, the class of each row. Buffers are reused between batches.
struct Examples {
  FloatArray x;
  FloatArray noise;
  FloatArray plain;             // x before its jitter, where there is one
  std::vector<int32_t> labels;  // -1: not known
};

/// Of a batch, the labels that encoding with the model may read.
inline std::span<const int32_t> labels_read(const ModelF& model, const Examples& examples) {
  return model.encodes_labels() ? std::span<const int32_t>(examples.labels) : std::span<const int32_t>();
}

/// Training: jitter and dynamic binarisation are keyed by step and row id, noise by step and place in the batch; labels as far as they are
/// known.
void fill_training_examples(const Dataset& data, std::span<const uint32_t> rows, const ModelF& model, const KnownLabels& known,
                            const RunConfig& config, uint64_t step, ComputePool& pool, Examples& out);

/// Evaluation: everything is keyed by row id alone, so the same state gives the same numbers; one sample of z (latent 0: none), all labels.
void fill_evaluation_examples(const Dataset& data, std::span<const uint32_t> rows, size_t latent, uint64_t seed, Binarise binarise,
                              ComputePool& pool, Examples& out);

}  // namespace latentscape
