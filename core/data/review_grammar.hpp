// Short reviews from a grammar: sentences about a topic, with what is known of each; for the built-in `reviews`.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "core/base/rng.hpp"

namespace latentscape {

/// What is known of a review, each an index into the names below.
struct ReviewFacts {
  size_t topic = 0;      // what it is about
  size_t sentiment = 0;  // negative, mixed, positive
  size_t aspect = 0;     // what of it: of the four of its topic
  size_t strength = 0;   // calm, strong
};

std::span<const std::string_view> review_topics();
std::span<const std::string_view> review_sentiments();
std::span<const std::string_view> review_strengths();
/// The names of the aspects of a topic.
std::array<std::string_view, 4> review_aspects(size_t topic);

struct Review {
  ReviewFacts facts;
  std::string text;
};
/// Two or three sentences, drawn from rng alone.
Review draw_review(Rng& rng);

}  // namespace latentscape
