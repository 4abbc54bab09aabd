// How a text is drawn where an image would be: the words that stand out in it against all texts, or how it begins.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/gui/panel.hpp"

namespace latentscape {

/// p(w): each word's share of all words of the train texts, of very many texts evenly taken ones. Half a word is added to each count, so
/// that none is 0. Empty where the data is not word counts.
std::vector<float> word_frequencies(const Dataset& data);

/// A word that a text has more often than texts have it at large.
struct StandingWord {
  std::string_view word;
  float share = 0.0f;   // p(w|z): of the words of this text
  float lift = 1.0f;    // p(w|z) / p(w)
  float excess = 0.0f;  // (p(w|z) - p(w)) / sqrt(p(w)): how far above chance its count is, in standard deviations of a text of one word
};
/// The `most` that are furthest above chance, largest first (Pearson's residual). Neither a word that is common everywhere nor a rare one
/// with a number that is next to nothing gets far. `numbers`: one a word, counts or probabilities, not below 0.
std::vector<StandingWord> standing_words(std::span<const float> numbers, std::span<const float> frequencies,
                                         const std::vector<std::string>& words, size_t most);

/// The words of the open run's data; how frequent they are is counted once a run.
class TextLook {
 public:
  /// A row a word: the word, a bar as long as its excess, its share and its lift; as many as fit.
  void bars(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x);
  /// The words alone, a line each.
  void tile(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x);
  /// The same in a line: "film, good, story".
  std::string line(const OpenedRun& run, std::span<const float> x, size_t most);

 private:
  std::vector<StandingWord> words(const OpenedRun& run, std::span<const float> x, size_t most);

  uint64_t run_ = 0;
  std::vector<float> frequencies_;
};

/// How a text begins, in as many lines as fit.
void text_tile(PanelContext& c, ImVec2 at, ImVec2 size, std::string_view text);

}  // namespace latentscape
