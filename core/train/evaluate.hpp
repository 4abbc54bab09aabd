// Evaluation and encoding in fixed chunks, with buffers that the caller keeps; the functions of trainer.hpp are made of these.
#pragma once

#include <functional>
#include <stop_token>

#include "core/train/examples.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {

/// How many labelled neighbours vote where a model does not classify; all of them where fewer are known.
inline constexpr size_t kVotingNeighbours = 5;

/// Rows a chunk; fixed, because sums are made chunk by chunk.
inline constexpr size_t kEvaluationChunk = 512;

/// Buffers of an evaluation, reused.
struct EvaluationBuffers {
  Workspace<float> work;
  Examples examples;
  FloatArray mean;
  FloatArray log_variance;
  std::vector<float> reconstruction;
  std::vector<float> kl;
  std::vector<float> kl_per_dimension;
  FloatArray class_probabilities;  // n x classes, where the model classifies
  FloatArray means, voters;        // of all rows and of those that vote, where the model does not
};

/// One forward pass with one z over all rows; `take(first, terms)` sees each chunk in order, its outputs in the buffers.
Status for_evaluation_chunks(const ModelF& model, std::span<const float> parameters, const Dataset& data, std::span<const uint32_t> rows,
                             uint64_t seed, Binarise binarise, ComputePool& pool, EvaluationBuffers& buffers, const std::stop_token& stop,
                             const std::function<void(size_t first, size_t n, const LossTerms&)>& take);

Result<Evaluation> evaluate_with(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                 std::span<const uint32_t> rows, Split split, uint64_t seed, Binarise binarise, ComputePool& pool,
                                 EvaluationBuffers& buffers, const std::stop_token& stop, const KnownLabels* known);

/// The class to decode each row with, where the model decodes with one: its own, or the likeliest where the model finds it by itself.
/// Empty: none is needed.
Result<std::vector<int32_t>> decoding_labels(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                             std::span<const uint32_t> rows, uint64_t seed, Binarise binarise, ComputePool& pool,
                                             const std::stop_token& stop = {});

/// Encodes all rows chunk by chunk, nothing is decoded. mean: rows x latent; log_variance the same, or none (data == nullptr).
Status encode_with(const ModelF& model, std::span<const float> parameters, const Dataset& data, std::span<const uint32_t> rows,
                   uint64_t seed, Binarise binarise, ComputePool& pool, EvaluationBuffers& buffers, const std::stop_token& stop,
                   MutableFloatView mean, MutableFloatView log_variance);

}  // namespace latentscape
