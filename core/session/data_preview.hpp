// DataPreview: data as it would be trained on, looked at before; and what was understood of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/data/dataset.hpp"
#include "core/data/image_sizes.hpp"
#include "core/data/summary.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

struct PreviewRequest {
  RunConfig config;  // what of it is about data: data, kind, reading, seed, heldout_share, ...
  uint64_t tag = 0;
};

struct DataPreview {
  uint64_t tag = 0;
  RunConfig config;                            // as asked
  std::string source;                          // what reads it, by the name in data_sources(); empty: nothing does
  std::shared_ptr<const Dataset> data;         // null: `error` says why
  std::shared_ptr<const DataSummary> summary;  // of the data
  Error error;
  std::vector<std::string> text_columns;  // of a table of texts: the names of all, the texts' own among them
  std::optional<ImageSizes> sizes;        // where the error is that they differ
};

}  // namespace latentscape
