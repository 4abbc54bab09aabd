#include "core/data/vocabulary.hpp"

#include <gmock/gmock.h>

#include "core/data/tokens.hpp"

namespace latentscape {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  Tokens tokens(text);
  for (std::string word; tokens.next(word);) words.push_back(word);
  return words;
}

TEST(Tokens, WordsAreLettersAndDigitsInLowerCase) {
  EXPECT_THAT(words_of("Don't PANIC -- it's 1930s-style, 42 times!"), ElementsAre("don't", "panic", "it's", "1930s", "style", "times"));
  EXPECT_THAT(words_of("the dogs' 'quoted' ''x"), ElementsAre("the", "dogs", "quoted", "x"));
  EXPECT_THAT(words_of("don\xe2\x80\x99t"), ElementsAre("don't")) << "the typographic apostrophe is the same";
  EXPECT_THAT(words_of("  12 3.5 ... "), IsEmpty());
  EXPECT_THAT(words_of(std::string(101, 'a') + " b"), ElementsAre("b"));
}

TEST(Tokens, ChineseIsReadByCharacterAndOtherScriptsByWord) {
  EXPECT_THAT(words_of("电影，很好。 3D 电影!"), ElementsAre("电", "影", "很", "好", "3d", "电", "影"));
  EXPECT_THAT(words_of("na\xc3\xafve caf\xc3\xa9 \xc2\xab\xd0\xba\xd0\xbe\xd1\x82\xc2\xbb"), ElementsAre("naïve", "café", "кот"));
  EXPECT_THAT(words_of("good\xf0\x9f\x99\x82\xf0\x9f\x99\x82"), ElementsAre("good", "\xf0\x9f\x99\x82", "\xf0\x9f\x99\x82"));
  EXPECT_THAT(words_of("a\xff\xc3"), ElementsAre("a")) << "what is no UTF-8 parts words";
}

Dataset texts(std::vector<std::string> lines) {
  Dataset data;
  data.origin = "t";
  data.kind = DataKind::text;
  data.rows = lines.size();
  data.texts = std::move(lines);
  data.split.assign(data.rows, Split::train);
  return data;
}

TEST(Vocabulary, TheWordsOfTheMostTrainTextsAreCounted) {
  Dataset data = texts({"b b a the", "a c the", "b the z", "the d d", "a b the", "d the"});
  data.split[4] = data.split[5] = Split::test;  // "d" is then in one train text, "a" and "b" in two
  Reading reading;
  ASSERT_TRUE(fit_vocabulary(data, reading).ok());
  EXPECT_THAT(data.preprocessing.words, ElementsAre("a", "b")) << "by texts, then by bytes; \"the\" is in more than half";
  EXPECT_THAT(data.warnings,
              Contains(HasSubstr("1 word is in more than 50 % of the train texts and is not counted (setting `common` to 1 takes it)")));
  EXPECT_THAT(data.warnings, Contains(HasSubstr("2 of 6 rows have none of the 2 words")));
  EXPECT_EQ(data.shape, std::vector<size_t>{2});
  const std::vector<uint32_t> rows = {0, 3, 4};
  EXPECT_THAT(data.gather(rows).values, ElementsAre(1, 2, 0, 0, 1, 1));

  reading.common = 1.0;
  reading.words = 2;
  ASSERT_TRUE(fit_vocabulary(data, reading).ok());
  EXPECT_THAT(data.preprocessing.words, ElementsAre("the", "a"));
  Dataset few = texts({"one two", "three"});
  ASSERT_TRUE(fit_vocabulary(few, {}).ok());
  EXPECT_THAT(few.preprocessing.words, ElementsAre("one", "three", "two")) << "rather words of one text than none";
  Dataset none = texts({"1 2 3", "..."});
  EXPECT_THAT(fit_vocabulary(none, {}).error().message, HasSubstr("there is no word in its 2 train texts"));
}

TEST(Vocabulary, OtherDataIsCountedWithTheWordsOfTheModel) {
  Dataset later = texts({"B a b", "new words only"});
  ASSERT_TRUE(count_words(later, {"a", "b"}).ok());
  EXPECT_THAT(later.gather(std::vector<uint32_t>{0, 1}).values, ElementsAre(1, 2, 0, 0));

  Dataset counted;
  counted.origin = "w.svm";
  counted.kind = DataKind::text;
  counted.rows = 1;
  counted.preprocessing.words = {"b", "x", "a"};
  WordCounts counts;
  counts.add_row(std::vector<uint32_t>{0, 1, 2}, std::vector<float>{5, 6, 7});
  counted.values = counts;
  ASSERT_TRUE(count_words(counted, {"a", "b"}).ok());
  EXPECT_THAT(counted.gather(std::vector<uint32_t>{0}).values, ElementsAre(7, 5)) << "by their names";
  EXPECT_EQ(text_of(counted, 0), "a, b") << "data that came as counts shows its commonest words";
  EXPECT_THAT(count_words(counted, {"y", "z"}).error().message, HasSubstr("none of which is one of the 2 that the model knows ('y'"));
}

TEST(Vocabulary, TheLargestWordsComeFirst) {
  const std::vector<std::string> words = {"a", "b", "c", "d"};
  const std::vector<float> numbers = {0.1f, 0.4f, 0.0f, 0.4f};
  EXPECT_EQ(words_line(numbers, words, 10), "b, d, a");
  EXPECT_EQ(words_line(numbers, words, 1), "b");
}

}  // namespace
}  // namespace latentscape
