// MIG: does one latent dimension alone tell each known factor? Chen et al., "Isolating sources of disentanglement in variational
// autoencoders", 2018, equation 6.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/data/dataset.hpp"

namespace latentscape {

/// A factor of variation that is known for each row: level indices 0 .. levels-1.
struct Factor {
  std::string name;
  std::vector<uint32_t> level;  // n
  size_t levels = 0;
};

/// The factors that a data set has columns of: classes, and numbers of at most kMostLevels different values, each with a value in all of
/// `rows` and more than one among them. Errors (invalid_argument): fewer than two, since a lone class label is not what the data varies by.
inline constexpr size_t kMostLevels = 64;
Result<std::vector<Factor>> factors_of(const Dataset& data, std::span<const uint32_t> rows);

/// The gap of one factor: (informations[best] - that of the next best) / entropy.
struct FactorGap {
  std::string name;
  double value = 0.0;
  size_t best = 0;                   // the dimension that tells most of it
  double entropy = 0.0;              // H(v), nats, of the rows given
  std::vector<double> informations;  // I(z_j; v), nats, one a dimension
};

struct MutualInformationGap {
  double value = 0.0;  // mean over the factors; 0 to 1
  size_t n = 0;
  size_t bins = 0;
  std::vector<FactorGap> factors;
};

inline constexpr size_t kMigBins = 20;

/// Latents (n x d, d >= 1; with one dimension the next best is 0) are cut into `bins` equal parts between the least and greatest of each
/// dimension, as Locatello et al., 2019, do; so a factor of more levels than bins cannot come to 1. Errors: no rows, no factors, bins = 0,
/// lengths that differ, a level out of range, a factor that is the same in all rows, latents that are not finite.
Result<MutualInformationGap> mutual_information_gap(FloatView latents, const std::vector<Factor>& factors, size_t bins = kMigBins);

}  // namespace latentscape
