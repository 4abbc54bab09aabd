#include "core/train/anomaly_rows.hpp"

#include <algorithm>

#include "core/train/evaluate.hpp"

namespace latentscape {
namespace {

void append(std::vector<double>& to, const std::vector<double>& from) { to.insert(to.end(), from.begin(), from.end()); }

}  // namespace

Result<AnomalyScores> anomaly_of_rows(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                      std::span<const uint32_t> rows, const RunConfig& config, ComputePool& pool,
                                      const std::stop_token& stop, const std::function<void(double share)>& progress) {
  AnomalyScores all;
  Examples examples;
  for (size_t first = 0; first < rows.size(); first += kEvaluationChunk) {
    const auto ids = rows.subspan(first, std::min(kEvaluationChunk, rows.size() - first));
    fill_evaluation_examples(data, ids, 0, config.seed, config.binarise, pool, examples);
    LS_TRY(const AnomalyScores part,
           anomaly_scores(model, parameters, {examples.x, labels_read(model, examples)}, ids, kAnomalySamples, config.seed, pool, stop));
    append(all.score, part.score);
    append(all.reconstruction, part.reconstruction);
    append(all.kl, part.kl);
    append(all.entropy, part.entropy);
    if (progress) progress(static_cast<double>(first + ids.size()) / static_cast<double>(rows.size()));
  }
  return all;
}

}  // namespace latentscape
