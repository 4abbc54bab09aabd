// Answers to a questionnaire, from a latent class model: in each hidden class every question has its own probabilities of its answers, and
// the answers are independent. Lazarsfeld & Henry, "Latent structure analysis", 1968.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/rng.hpp"

namespace latentscape {

/// The same seed gives the same questionnaire.
class Survey {
 public:
  explicit Survey(uint64_t seed);

  /// How many answers each question has.
  const std::vector<size_t>& answers() const { return answers_; }
  size_t classes() const { return shares_.size(); }
  /// One answer to each question, counted from 0; returns the hidden class.
  size_t draw(Rng& rng, std::span<size_t> given) const;
  /// log p(answers), nats: the sum over the hidden classes.
  double log_probability(std::span<const size_t> given) const;

 private:
  std::vector<size_t> answers_;
  std::vector<double> shares_;                             // of each class
  std::vector<std::vector<std::vector<double>>> chances_;  // [class][question][answer]
};

}  // namespace latentscape
