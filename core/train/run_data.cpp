#include "core/train/run_data.hpp"

namespace latentscape {

DataRequest data_request_from(const RunConfig& config) {
  DataRequest request;
  request.spec = config.data;
  request.kind = config.kind;
  request.seed = config.seed;
  request.count = config.data_count;
  request.heldout_share = config.heldout_share;
  request.reading = config.reading;
  request.only = config.only;
  request.extra = config.extra;
  request.fold = config.fold;
  request.folds = config.folds;
  request.memory = config.memory;
  return request;
}

}  // namespace latentscape
