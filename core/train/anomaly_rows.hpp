// Anomaly scores of rows of a dataset, as a run reads them.
#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "core/data/dataset.hpp"
#include "core/metrics/anomaly.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// One score a row (core/metrics/anomaly.hpp), with the run's binarisation, labels and seed: a row's score depends on no other row. No
/// rows, no scores. `progress` hears the share that is done after each chunk of rows. Errors: those of anomaly_scores, cancelled among
/// them.
Result<AnomalyScores> anomaly_of_rows(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                      std::span<const uint32_t> rows, const RunConfig& config, ComputePool& pool,
                                      const std::stop_token& stop = {}, const std::function<void(double share)>& progress = {});

}  // namespace latentscape
