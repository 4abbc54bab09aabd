// Jitter: images shifted, turned and made noisy a little, anew each time training meets them; nothing else ever sees them so.
#pragma once

#include <cstdint>
#include <span>

#include "core/data/dataset.hpp"

namespace latentscape {

/// The most of each; what an image gets is drawn, evenly to either side.
struct Jitter {
  size_t shift = 0;     // whole pixels, along each side: an image that is only shifted stays sharp
  double rotate = 0.0;  // degrees, about the middle, bilinear
  double noise = 0.0;   // standard deviation of the nearly normal noise on each number, clipped to [0, 1]
  bool any() const { return shift > 0 || rotate > 0.0 || noise > 0.0; }
  bool operator==(const Jitter&) const = default;
};

/// Errors (invalid_argument): data that are not images, a shift by a whole side or more.
Status check_jitter(const Jitter& jitter, const Dataset& data);

/// Example `row` of image data, jittered, into out[0 .. width). Keyed by seed, step and row; each kind of jitter has its own draw, whatever
/// the others are. What comes in from outside is the image's mirror image about its outermost pixels, so that photos have no black corners
/// and a black background stays black. `plain` gets the example as it is.
void copy_jittered(const Dataset& data, uint32_t row, const Jitter& jitter, uint64_t seed, uint64_t step, std::span<float> plain,
                   float* out);

}  // namespace latentscape
