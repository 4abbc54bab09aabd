#include "app/gui/log.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <string_view>

#include "app/gui/data_warnings.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {
namespace {

LogEntry entry(LogLevel level, std::string key, std::vector<LogWord> words = {}, std::string detail = {}) {
  return {level, std::move(key), std::move(words), std::move(detail), 0.0, 0};
}

/// What follows "context: ", where the message begins so.
bool strip(std::string_view message, const std::string& context, std::string& rest) {
  const bool there = !context.empty() && message.size() > context.size() + 2 && message.substr(0, context.size()) == context &&
                     message.substr(context.size(), 2) == ": ";
  if (there) rest = message.substr(context.size() + 2);
  return there;
}

/// All of a run's checkpoints are in one folder.
std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

}  // namespace

std::string sentence_of(const LogEntry& entry, const Strings& tr) {
  fmt::dynamic_format_arg_store<fmt::format_context> words;
  for (const LogWord& word : entry.words) words.push_back(word.is_key ? std::string(tr(word.text)) : word.text);
  std::string text = fmt::vformat(tr(entry.key), words);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

std::string text_of(const LogEntry& entry, const Strings& tr) {
  std::string text = sentence_of(entry, tr);
  return entry.detail.empty() ? text : text + "\n" + told(tr, entry.detail);
}

LogEntry entry_of(const event::Opened& event) {
  const OpenedRun& run = *event.run;
  return entry(LogLevel::info, event.resumed ? "log.resumed" : "log.opened",
               {{run.data->name},
                {ui::count(run.data->rows)},
                {fmt::format("{} {}", run.config.model.name, short_text(run.config.model.encoder))},
                {fmt::format("{}", run.model->latent())}});
}

LogEntry entry_of(const event::Evaluated& event) {
  LogEntry told = entry(LogLevel::info, "log.evaluated",
                        {{fmt::format("split.{}", to_string(event.evaluation.split)), true},
                         {ui::compact(event.evaluation.terms.loss(), 2)},
                         {ui::number(event.epoch, event.epoch == std::floor(event.epoch) ? 0 : 2)}});
  if (event.evaluation.split == Split::heldout) told.step = event.step;
  return told;
}

bool joins(LogEntry& last, const event::CheckpointSaved& saved) {
  if (saved.asked || last.key != "log.evaluated" || last.step != saved.step || saved.step == 0) return false;
  last.step = 0;
  if (saved.best) last.key = "log.evaluated.best";
  return true;
}

std::string moment_of(const ProjectionFrame& map, const Strings& tr) {
  const std::string step = ui::count(map.latents ? map.latents->step : 0);
  if (map.iterations == 0) return fmt::format(fmt::runtime(tr("map.moment.step")), step);
  return fmt::format(fmt::runtime(tr("map.moment")), ui::count(map.iteration), step);
}

namespace {

constexpr std::string_view kLabelKey = "label:";  // and the row

}  // namespace

bool names_a_label(const event::SettingChanged& event) { return event.key.compare(0, kLabelKey.size(), kLabelKey) == 0; }

LogEntry entry_of(const event::SettingChanged& event, const Column* labels) {
  if (names_a_label(event)) {
    const auto label = static_cast<size_t>(event.after);
    const bool named = labels && label < labels->categories.size();
    return entry(LogLevel::info, "log.set.label",
                 {{event.key.substr(kLabelKey.size())},
                  {named ? labels->categories[label] : fmt::format("{}", label)},
                  {ui::count(event.step + 1)}});
  }
  const auto value = [&](double v) { return event.key == "lr" ? ui::scientific(v) : fmt::format("{:.6g}", v); };
  std::vector<LogWord> words = {{value(event.before)}, {value(event.after)}, {ui::count(event.step)}};
  for (const char* known : {"lr", "beta", "batch", "epochs"})
    if (event.key == known) return entry(LogLevel::info, "log.set." + event.key, std::move(words));
  words.insert(words.begin(), {event.key});
  return entry(LogLevel::info, "log.set.other", std::move(words));
}

LogEntry entry_of(const event::CheckpointSaved& event) {
  return entry(LogLevel::info, event.best ? "log.checkpoint.best" : "log.checkpoint", {{file_name(event.path)}});
}

LogEntry entry_of(const event::Recovered& event) {
  return entry(LogLevel::warning, "log.recovered", {{ui::count(event.step)}}, event.message);
}

LogEntry entry_of(const event::TargetReached& event) { return entry(LogLevel::info, "log.target", {{ui::count(event.epochs)}}); }

LogEntry entry_of(const event::Logged& event, const std::set<std::string>& exports) {
  if (exports.count(event.line.text)) return entry(event.line.level, "log.exported", {{event.line.text}});
  return entry(event.line.level, "log.note", {}, event.line.text);
}

LogEntry entry_of(const event::Failed& event, const std::string& opening, const std::set<std::string>& exports) {
  const Error& error = event.error;
  std::string rest;
  if (strip(error.message, "opening " + opening, rest)) {
    if (error.code == ErrorCode::cancelled) return entry(LogLevel::info, "log.cancelled", {{opening}});
    return entry(LogLevel::error, "fail.open", {{opening}}, rest);
  }
  for (const std::string& path : exports)
    if (strip(error.message, path, rest)) return entry(LogLevel::error, "fail.export", {{path}}, rest);
  return entry(LogLevel::error, "fail." + std::string(to_string(error.code)), {}, error.message);
}

}  // namespace latentscape
