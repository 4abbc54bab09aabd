// What happened, kept as what kind of thing it was, so that it is told in the window's language, also after a switch of it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "app/gui/strings.hpp"
#include "core/session/events.hpp"
#include "core/session/explore_requests.hpp"

namespace latentscape {

/// A word put into a sentence: as it is, or a key of the strings table.
struct LogWord {
  std::string text;
  bool is_key = false;
};

struct LogEntry {
  LogLevel level = LogLevel::info;
  std::string key;  // of the sentence
  std::vector<LogWord> words;
  std::string detail;    // what core said in its own words; empty: nothing to add
  double seconds = 0.0;  // since the program's start
  uint64_t step = 0;     // of an evaluation, until its checkpoint joined it
};

/// The sentence in the current language, with a capital; the detail is not in it.
std::string sentence_of(const LogEntry& entry, const Strings& tr);
/// Sentence and detail, with a line break between them.
std::string text_of(const LogEntry& entry, const Strings& tr);

LogEntry entry_of(const event::Opened& event);
LogEntry entry_of(const event::Evaluated& event);
/// A label that a person gave is a change of a setting of its own.
bool names_a_label(const event::SettingChanged& event);
/// `labels`: of the data, for the names of classes.
LogEntry entry_of(const event::SettingChanged& event, const Column* labels = nullptr);
LogEntry entry_of(const event::CheckpointSaved& event);
/// An epoch is one line: the checkpoint of the weights that `last` tells the loss of is told by it, too. False where it is of others.
bool joins(LogEntry& last, const event::CheckpointSaved& saved);
LogEntry entry_of(const event::Recovered& event);
LogEntry entry_of(const event::TargetReached& event);
/// Which map it is: "iteration 120 (training step 2,400)".
std::string moment_of(const ProjectionFrame& map, const Strings& tr);
/// `exports`: what the window asked to be written; a line that is one of them says that it is.
LogEntry entry_of(const event::Logged& event, const std::set<std::string>& exports);
/// `opening`: what was asked to be opened last. Both tell what failed; else the kind of error does.
LogEntry entry_of(const event::Failed& event, const std::string& opening, const std::set<std::string>& exports);

}  // namespace latentscape
