#include "core/data/review_grammar.hpp"

#include "core/data/review_phrases.hpp"

namespace latentscape {

namespace {

using namespace review_phrases;

constexpr size_t kNegative = 0, kMixed = 1;

template <class List>
const auto& one_of(Rng& rng, const List& list) {
  return list[rng.below(static_cast<uint32_t>(std::size(list)))];
}

bool chance(Rng& rng, double p) { return rng.uniform() < p; }

/// The first letter large, a mark at the end.
std::string sentence(std::string text, std::string_view mark) {
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  for (size_t i = 0; i + 2 < text.size(); ++i)
    if (text[i] == ' ' && text[i + 1] == 'i' && (text[i + 2] == ' ' || text[i + 2] == ',')) text[i + 1] = 'I';
  return text.append(mark);
}

std::string about(Rng& rng, const Topic& topic, std::string_view opener) {
  std::string text(opener);
  const size_t hole = text.find("{}");
  if (hole != std::string::npos) text.replace(hole, 2, one_of(rng, topic.nouns));
  return text;
}

std::string clause(Rng& rng, const Aspect& aspect, bool good) {
  std::string text(one_of(rng, aspect.subjects));
  return text.append(" ").append(one_of(rng, good ? aspect.praise : aspect.complaints));
}

const std::array<Phrases, 2>& openers(size_t sentiment) {
  return sentiment == kNegative ? kBadOpeners : sentiment == kMixed ? kMixedOpeners : kGoodOpeners;
}
const std::array<Phrases, 2>& closers(size_t sentiment) {
  return sentiment == kNegative ? kBadClosers : sentiment == kMixed ? kMixedClosers : kGoodClosers;
}

/// What the review says of its aspect; where it is mixed, something else of another one.
std::string body(Rng& rng, const Topic& topic, const ReviewFacts& facts) {
  const Aspect& aspect = topic.aspects[facts.aspect];
  const bool good = facts.sentiment == kMixed ? chance(rng, 0.5) : facts.sentiment != kNegative;
  std::string text = clause(rng, aspect, good);
  if (facts.sentiment != kMixed && chance(rng, 0.6)) return text;
  const size_t other = (facts.aspect + 1 + rng.below(3)) % topic.aspects.size();
  if (facts.sentiment != kMixed) return text.append(" and ").append(clause(rng, topic.aspects[other], good));
  return text.append(good ? one_of(rng, kTurns) : std::string_view(", but ")).append(clause(rng, topic.aspects[other], !good));
}

}  // namespace

std::span<const std::string_view> review_sentiments() { return kSentiments; }
std::span<const std::string_view> review_strengths() { return kStrengths; }

std::span<const std::string_view> review_topics() {
  static constexpr auto names = [] {
    std::array<std::string_view, kTopics.size()> all;
    for (size_t t = 0; t < kTopics.size(); ++t) all[t] = kTopics[t].name;
    return all;
  }();
  return names;
}

std::array<std::string_view, 4> review_aspects(size_t topic) {
  std::array<std::string_view, 4> all;
  for (size_t a = 0; a < all.size(); ++a) all[a] = kTopics[topic].aspects[a].name;
  return all;
}

Review draw_review(Rng& rng) {
  Review review;
  ReviewFacts& facts = review.facts;
  facts.topic = rng.below(static_cast<uint32_t>(kTopics.size()));
  facts.sentiment = chance(rng, 0.2) ? kMixed : chance(rng, 0.5) ? kNegative : 2;
  facts.aspect = rng.below(4);
  facts.strength = rng.below(2);
  const Topic& topic = kTopics[facts.topic];
  const bool strong = facts.strength == 1;
  const std::string_view mark = strong ? "!" : ".";
  review.text = sentence(about(rng, topic, one_of(rng, openers(facts.sentiment)[facts.strength])), mark);
  std::string told = body(rng, topic, facts);
  if (chance(rng, 0.3)) told.insert(0, one_of(rng, kLeads));
  review.text += " " + sentence(std::move(told), strong && chance(rng, 0.5) ? "!" : ".");
  if (chance(rng, 0.6)) review.text += " " + sentence(std::string(one_of(rng, closers(facts.sentiment)[facts.strength])), mark);
  return review;
}

}  // namespace latentscape
