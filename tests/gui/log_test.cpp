#include "app/gui/log.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/gui/trouble.hpp"

namespace latentscape {
namespace {

Strings words(const char* language) {
  auto strings = Strings::embedded();
  EXPECT_TRUE(strings.ok());
  Strings out = strings.ok() ? std::move(strings).value() : Strings{};
  out.set_language(language);
  return out;
}

bool has_chinese(const std::string& text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0xE4 && static_cast<unsigned char>(c) <= 0xE9) return true;
  return false;
}

std::vector<LogEntry> one_of_each() {
  event::Evaluated evaluated;
  evaluated.epoch = 2.0;
  evaluated.evaluation.split = Split::heldout;
  evaluated.evaluation.terms.reconstruction = 170.0;
  const std::set<std::string> exports = {"/tmp/map.svg"};
  std::vector<LogEntry> out = {entry_of(evaluated),
                               entry_of(event::CheckpointSaved{5, "/run/a", false}),
                               entry_of(event::CheckpointSaved{5, "/run/a", true}),
                               entry_of(event::Recovered{7, "the loss was not finite"}),
                               entry_of(event::TargetReached{30}),
                               entry_of(event::Logged{{LogLevel::info, "/tmp/map.svg", 0.0}}, exports),
                               entry_of(event::Logged{{LogLevel::warning, "t10k has no labels", 0.0}}, exports),
                               entry_of(event::Failed{{ErrorCode::not_found, "opening mnist: mnist: is not there"}}, "mnist", exports),
                               entry_of(event::Failed{{ErrorCode::cancelled, "opening mnist: cancelled"}}, "mnist", exports),
                               entry_of(event::Failed{{ErrorCode::io, "/tmp/map.svg: disk full"}}, "mnist", exports)};
  for (const char* key : {"lr", "beta", "batch", "epochs", "label:12", "something"})
    out.push_back(entry_of(event::SettingChanged{9, 0.5, key, 1.0, 2.0}));
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
    out.push_back(entry_of(event::Failed{{static_cast<ErrorCode>(code), "said by core"}}, "mnist", {}));
  return out;
}

TEST(Log, EveryKindOfEventIsASentenceInBothLanguages) {
  const Strings english = words("en"), chinese = words("zh");
  for (const LogEntry& entry : one_of_each()) {
    EXPECT_TRUE(english.has(entry.key)) << entry.key;
    const std::string en = sentence_of(entry, english), zh = sentence_of(entry, chinese);
    EXPECT_FALSE(has_chinese(en)) << en;
    EXPECT_TRUE(has_chinese(zh)) << entry.key << ": " << zh;
    EXPECT_EQ(en.find("heldout"), std::string::npos) << en;
    EXPECT_FALSE(en[0] >= 'a' && en[0] <= 'z') << en;
  }
}

TEST(Log, AnEvaluationSaysHeldOut) {
  const auto entries = one_of_each();
  EXPECT_EQ(sentence_of(entries[0], words("en")), "Held-out loss 170.00 at epoch 2");
}

TEST(Log, ALabelByHandSaysTheClassAndTheMinibatchItCountsFrom) {
  const Column labels{"class", {"cat", "dog", "fox"}, {}};
  const event::SettingChanged event{9, 0.5, "label:12", -1.0, 2.0};
  EXPECT_TRUE(names_a_label(event));
  EXPECT_EQ(sentence_of(entry_of(event, &labels), words("en")), "Row #12 is fox to training from minibatch 10 on");
}

TEST(Log, WhatCoreSaidIsTheDetail) {
  const auto failed = entry_of(event::Failed{{ErrorCode::not_found, "opening mnist: mnist: is not there"}}, "mnist", {});
  EXPECT_EQ(failed.key, "fail.open");
  EXPECT_EQ(failed.level, LogLevel::error);
  EXPECT_EQ(failed.detail, "mnist: is not there");
  EXPECT_EQ(text_of(failed, words("en")), "Could not open mnist\nmnist: is not there");
  const auto other = entry_of(event::Failed{{ErrorCode::invalid_argument, "batch is 0"}}, "mnist", {});
  EXPECT_EQ(other.key, "fail.invalid_argument");
  EXPECT_EQ(other.detail, "batch is 0");
  const auto exported = entry_of(event::Failed{{ErrorCode::io, "/a/b.svg: /a: no"}}, "mnist", {"/a/b.svg"});
  EXPECT_EQ(exported.key, "fail.export");
  EXPECT_EQ(exported.words.at(0).text, "/a/b.svg");
}

TEST(Log, BothLanguagesPutTheSameNumberOfWordsIntoASentence) {
  std::ifstream file(std::filesystem::path(LS_SOURCE_DIR) / "assets/strings.tsv");
  const auto count = [](const std::string& text) {
    size_t n = 0;  // {} or, where a language has them in another order, {1}
    for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) ++n;
    return n;
  };
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::string key, en, zh;
    std::getline(fields, key, '\t');
    std::getline(fields, en, '\t');
    std::getline(fields, zh, '\t');
    EXPECT_EQ(count(en), count(zh)) << key;
    EXPECT_EQ(en.find("heldout"), std::string::npos) << key;
  }
}

TEST(Log, AnEpochIsOneLine) {
  event::Evaluated evaluated{46, 4.0, {}};
  evaluated.evaluation.split = Split::heldout;
  LogEntry line = entry_of(evaluated);
  EXPECT_FALSE(joins(line, {45, "/run/a", true})) << "a checkpoint of other weights";
  EXPECT_FALSE(joins(line, {46, "/run/a", true, true})) << "one that a person asked for";
  EXPECT_TRUE(joins(line, {46, "/run/a", true}));
  EXPECT_EQ(sentence_of(line, words("en")), "Held-out loss 0.00 at epoch 4, best so far");
  EXPECT_FALSE(joins(line, {46, "/run/a", false})) << "the epoch has its checkpoint";
}

SessionHistory history_of(const std::vector<double>& losses) {
  SessionHistory history;
  for (const double loss : losses) {
    event::LossPoint point;
    point.train.reconstruction = loss;
    history.losses.push_back(point);
  }
  return history;
}

TEST(Log, ACheckpointIsToldByTheNameOfItsFile) {
  const LogEntry entry = entry_of(event::CheckpointSaved{46, "/far/away/run/checkpoints/step-00000046.safetensors", true});
  ASSERT_EQ(entry.words.size(), 1u);
  EXPECT_EQ(entry.words[0].text, "step-00000046.safetensors");
}

TEST(Trouble, IsALossFarAboveWhereItBeganOrAStop) {
  EXPECT_EQ(trouble_of(RunPhase::running, history_of({})), Trouble::none);
  EXPECT_EQ(trouble_of(RunPhase::running, history_of({500, 300, 200, 180})), Trouble::none);
  EXPECT_EQ(trouble_of(RunPhase::running, history_of({500, 300, 9e9, 9e9, 9e9})), Trouble::diverged);
  EXPECT_EQ(trouble_of(RunPhase::running, history_of({500, 300, 9e9, 400, 300})), Trouble::none) << "it came back by itself";
  EXPECT_EQ(trouble_of(RunPhase::paused, history_of({-5, -4, NAN, NAN, NAN})), Trouble::diverged);
  EXPECT_EQ(trouble_of(RunPhase::failed, history_of({500})), Trouble::stopped);
}

}  // namespace
}  // namespace latentscape
