// Sizes of the images of a folder, by their headers alone: what a person chooses one size for all from.
#pragma once

#include <array>
#include <stop_token>
#include <string>

#include "core/base/log.hpp"
#include "core/base/result.hpp"

namespace latentscape {

struct ImageSizes {
  size_t images = 0;                      // whose header can be read
  size_t different = 0;                   // sizes
  std::array<size_t, 2> least{}, most{};  // height and width of the one with the fewest pixels, and with the most
  size_t least_side = 0;                  // the shortest side of all

  /// A square that no image has to be blown up to, where there is such a one: 16, 28, 32, 48 or 64 pixels a side.
  size_t suggested() const;
};

/// Errors: those of find_images, cancelled.
Result<ImageSizes> sizes_of_images(const std::string& folder, std::stop_token stop = {}, const Progress& progress = {});

}  // namespace latentscape
