// Which words of a text are shown: those that set it apart from the others.
#include "app/panels/text/text_look.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

/// Word 0 is in all texts, 1 and 2 in one kind each, 3 in a single one; the last text is held out and full of word 3.
Dataset texts() {
  Dataset data;
  data.kind = DataKind::text;
  data.shape = {4};
  data.rows = 41;
  WordCounts counts;
  for (uint32_t i = 0; i < 40; ++i) {
    const std::vector<uint32_t> words = i == 0 ? std::vector<uint32_t>{0, 1, 3} : std::vector<uint32_t>{0, 1 + i % 2};
    std::vector<float> numbers(words.size(), 1.0f);
    numbers[0] = 4.0f;
    counts.add_row(words, numbers);
  }
  counts.add_row(std::vector<uint32_t>{3}, std::vector<float>{1000.0f});
  data.values = std::move(counts);
  data.split.assign(40, Split::train);
  data.split.push_back(Split::heldout);
  data.preprocessing.words = {"the", "good", "bad", "zoo"};
  return data;
}

TEST(TextLook, FrequenciesAreThoseOfTrainTexts) {
  const std::vector<float> p = word_frequencies(texts());
  ASSERT_EQ(p.size(), 4u);
  const float all = 160.0f + 40.0f + 1.0f + 4 * 0.5f;
  EXPECT_FLOAT_EQ(p[0], 160.5f / all);
  EXPECT_FLOAT_EQ(p[1], 20.5f / all);
  EXPECT_FLOAT_EQ(p[3], 1.5f / all);
}

TEST(TextLook, WordsOfEveryTextAndNoiseOfRareOnesDoNotStandOut) {
  const Dataset data = texts();
  const std::vector<float> p = word_frequencies(data);
  // "the" is most of it and there a little more often than at large, "good" three times as often, "zoo", too, but hardly at all.
  const std::vector<float> x = {1.1f * p[0], 3.0f * p[1], 0.0f, 3.0f * p[3]};
  const auto words = standing_words(x, p, data.preprocessing.words, 10);
  ASSERT_GE(words.size(), 2u);
  EXPECT_EQ(words[0].word, "good");
  EXPECT_EQ(words[1].word, "zoo");
  EXPECT_GT(words[0].excess, 3.0f * words[1].excess);
  for (const StandingWord& w : words) EXPECT_NE(w.word, "bad");
  EXPECT_EQ(standing_words(x, p, data.preprocessing.words, 1).size(), 1u);
}

TEST(TextLook, CountsAndSharesSayTheSame) {
  const Dataset data = texts();
  const std::vector<float> p = word_frequencies(data);
  const auto counts = standing_words(std::vector<float>{4, 4, 0, 0}, p, data.preprocessing.words, 4);
  const auto shares = standing_words(std::vector<float>{0.5f, 0.5f, 0, 0}, p, data.preprocessing.words, 4);
  ASSERT_EQ(counts.size(), 1u);
  ASSERT_EQ(shares.size(), 1u);
  EXPECT_FLOAT_EQ(counts[0].lift, 0.5f / p[1]);
  EXPECT_FLOAT_EQ(counts[0].excess, shares[0].excess);
  EXPECT_TRUE(standing_words(std::vector<float>(4, 0.0f), p, data.preprocessing.words, 4).empty()) << "a text without a word";
}

}  // namespace
}  // namespace latentscape
