// What comes of a data request: the data, or the sentence that refuses it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/data/source.hpp"

namespace latentscape {

/// Empty data, and a failed test, where it cannot be loaded.
inline std::shared_ptr<const Dataset> loaded(const DataRequest& request) {
  auto data = load_dataset(request);
  EXPECT_TRUE(data.ok()) << data.error().message;
  return data.ok() ? *data : std::make_shared<Dataset>();
}

inline std::string message(const DataRequest& request) {
  const auto data = load_dataset(request);
  return data.ok() ? "ok" : data.error().message;
}

}  // namespace latentscape
