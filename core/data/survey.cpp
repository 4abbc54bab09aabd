#include "core/data/survey.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace latentscape {

namespace {

constexpr uint64_t kLayoutStep = 20;  // of RngStream::general
constexpr double kContrast = 1.5;     // of the log odds of two answers, their standard deviation over sqrt(2)

size_t drawn(Rng& rng, const std::vector<double>& chances) {
  double left = rng.uniform();
  for (size_t i = 0; i + 1 < chances.size(); ++i) {
    if (left < chances[i]) return i;
    left -= chances[i];
  }
  return chances.size() - 1;
}

}  // namespace

Survey::Survey(uint64_t seed) : answers_{2, 3, 4, 5, 3, 2, 4, 5}, shares_{0.4, 0.3, 0.2, 0.1} {
  for (size_t c = 0; c < shares_.size(); ++c) {
    Rng rng(seed, RngStream::general, kLayoutStep, static_cast<uint32_t>(c));
    chances_.emplace_back();
    for (const size_t count : answers_) {
      std::vector<double> chances(count);
      for (double& v : chances) v = std::exp(kContrast * static_cast<double>(rng.normal()));
      const double sum = std::accumulate(chances.begin(), chances.end(), 0.0);
      for (double& v : chances) v /= sum;
      chances_.back().push_back(std::move(chances));
    }
  }
}

size_t Survey::draw(Rng& rng, std::span<size_t> given) const {
  const size_t hidden = drawn(rng, shares_);
  for (size_t q = 0; q < given.size(); ++q) given[q] = drawn(rng, chances_[hidden][q]);
  return hidden;
}

double Survey::log_probability(std::span<const size_t> given) const {
  double sum = 0.0;
  for (size_t c = 0; c < shares_.size(); ++c) {
    double p = shares_[c];
    for (size_t q = 0; q < given.size(); ++q) p *= chances_[c][q][given[q]];
    sum += p;
  }
  return std::log(sum);
}

}  // namespace latentscape
