// A folder of IDX files that `train` and `data info` read: decoded images, with the class that each was decoded as.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"

namespace latentscape {

/// Before any work is done: a folder that is not there yet, or empty, in one that is there. Errors: exists, not_found.
Status check_set_output(const std::string& folder);

/// IDX holds grey images alone; `path` names them in the message.
Status check_set_shape(const std::string& path, const std::vector<size_t>& shape);

/// x: n x width in [0, 1], rounded to bytes. labels: n indices of `classes`, or none: then no file of labels is written. A label is written
/// as the class's own number where all are named by one, else as its index.
Status write_image_set(const std::string& folder, const FloatArray& x, const std::vector<size_t>& shape, std::span<const int32_t> labels,
                       const std::vector<std::string>& classes);

}  // namespace latentscape
