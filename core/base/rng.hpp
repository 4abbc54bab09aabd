// Counter-based random numbers: the same key and counter give the same number on every platform and thread.
// Generator: Philox4x32-10, Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
// Normals: inverse distribution function, Wichura, AS 241 (PPND16), in double precision, rounded to float.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace latentscape {

/// What a stream of numbers is for; two purposes never share numbers.
enum class RngStream : uint32_t {
  initialise = 1,  // weights
  posterior = 2,   // the noise of z in training
  shuffle = 3,     // the order of an epoch
  binarise = 4,    // dynamic binarisation
  evaluate = 5,    // the noise of z in evaluation
  split = 6,       // held-out and test shares
  sample = 7,      // draws from the prior
  strokes = 8,     // the built-in digits
  project = 9,     // projections
  general = 10,
  dropout = 11,  // masks in training
  labels = 12,   // label budgets, and which labelled rows come again
  jitter = 13,   // of images in training
};

/// One block of four 32-bit numbers for a 128-bit counter and a 64-bit key.
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// The quantile function of the standard normal, p in (0, 1); relative error about 1e-16.
double normal_quantile(double p);

/// A sequence of random numbers keyed by seed, stream, step and row. A small value type.
class Rng {
 public:
  Rng(uint64_t seed, RngStream stream, uint64_t step = 0, uint32_t row = 0);

  uint32_t bits();                  // 32 uniform bits
  std::array<uint32_t, 4> block();  // 128 of them, the next whole block
  double uniform();                 // in (0, 1), 2^-33 from either end at least
  float normal();                   // standard normal
  uint32_t below(uint32_t n);       // in [0, n), n > 0, without bias
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  void fill_normal(std::span<float> out);

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 4> block_{};
  uint32_t used_ = 4;
};

/// A permutation of 0 .. n-1 (Fisher-Yates).
std::vector<uint32_t> random_permutation(uint32_t n, Rng rng);

}  // namespace latentscape
