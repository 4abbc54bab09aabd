#include "app/gui/script.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "app/gui/app_state.hpp"
#include "core/formats/file.hpp"

namespace latentscape {
namespace {

constexpr double kLongestUntil = 60.0;
constexpr double kLongestWait = 600.0;  // seconds: a script never hangs for ever

/// What is written after a word, spaces and all.
std::string text_after(const ScriptLine& line, size_t word) {
  size_t at = 0;
  for (size_t i = 1; i <= word; ++i) at = line.rest.find(line.words[i], at) + line.words[i].size();
  const size_t begin = line.rest.find_first_not_of(" \t", at);
  return begin == std::string::npos ? std::string() : line.rest.substr(begin);
}

Result<double> number_of(const ScriptLine& line, size_t word) {
  if (line.words.size() <= word) return fail(ErrorCode::invalid_argument, "{}: expected a number after it", line.words[0]);
  char* end = nullptr;
  const double value = std::strtod(line.words[word].c_str(), &end);
  if (end == line.words[word].c_str() || *end != '\0' || !std::isfinite(value))
    return fail(ErrorCode::invalid_argument, "{}: '{}' is not a number", line.words[0], line.words[word]);
  return value;
}

Result<int> button_of(const ScriptLine& line) {
  const std::string name = line.words.size() > 1 ? line.words[1] : "left";
  if (name == "left") return 0;
  if (name == "right") return 1;
  if (name == "middle") return 2;
  return fail(ErrorCode::invalid_argument, "{}: '{}' is not left, right or middle", line.words[0], name);
}

Result<ControlRect> control_of(const AppState& app, std::string name) {
  if (!name.empty() && name[0] == '@') name.erase(0, 1);
  if (const auto rect = app.controls.find(name)) return *rect;
  std::vector<std::string> known;
  for (const auto& [key, rect] : app.controls.all()) known.push_back(key);
  return unknown_name("control", name, known);
}

void push_text(InputQueue& queue, std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    unsigned point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (size_t k = 1; k < length && i + k < text.size(); ++k) point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    queue.push({input::Text{point}});
    i += length;
  }
}

Status push_key(InputQueue& queue, const std::string& shortcut) {
  int key = 0, mods = 0;
  if (!parse_shortcut(shortcut, key, mods))
    return fail(ErrorCode::invalid_argument, "key: '{}' is not a key such as K, Ctrl+K or F11", shortcut);
  constexpr std::pair<int, int> kModifiers[] = {
      {GLFW_MOD_CONTROL, GLFW_KEY_LEFT_CONTROL}, {GLFW_MOD_SHIFT, GLFW_KEY_LEFT_SHIFT}, {GLFW_MOD_ALT, GLFW_KEY_LEFT_ALT}};
  for (const auto& [mod, code] : kModifiers)
    if (mods & mod) queue.push({input::Key{code, true, mods}});
  queue.push({input::Key{key, true, mods}});
  queue.push({input::Key{key, false, mods}});
  for (const auto& [mod, code] : kModifiers)
    if (mods & mod) queue.push({input::Key{code, false, 0}});
  return {};
}

}  // namespace

Script Script::parse(std::string name, std::string_view text) {
  Script script;
  script.name = std::move(name);
  std::istringstream stream{std::string(text)};
  std::string line;
  for (size_t number = 1; std::getline(stream, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::istringstream words(line);
    ScriptLine parsed;
    parsed.number = number;
    for (std::string word; words >> word;) {
      if (word[0] == '#') break;
      parsed.words.push_back(word);
    }
    if (parsed.words.empty()) continue;
    const size_t after = line.find(parsed.words[0]) + parsed.words[0].size();
    const size_t rest = line.find_first_not_of(" \t", after);
    if (rest != std::string::npos) parsed.rest = line.substr(rest);
    while (!parsed.rest.empty() && (parsed.rest.back() == ' ' || parsed.rest.back() == '\t')) parsed.rest.pop_back();
    script.lines.push_back(std::move(parsed));
  }
  return script;
}

Result<Script> Script::load(const std::string& path) {
  LS_TRY(const Bytes bytes, read_file(path));
  return parse(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void ScriptPlayer::fail_at(const ScriptLine& line, const std::string& message, AppState& app) {
  error_ = fmt::format("{}:{}: {}", script_.name, line.number, message);
  app.quit = true;
}

void ScriptPlayer::screenshot_done(const Status& status) {
  shooting_ = false;
  if (!status.ok() && error_.empty() && at_ > 0)
    error_ = fmt::format("{}:{}: {}", script_.name, script_.lines[at_ - 1].number, status.error().message);
}

void ScriptPlayer::advance(AppState& app, InputQueue& queue, const Window&) {
  if (!error_.empty()) {
    app.quit = true;
    return;
  }
  for (;;) {
    if (shooting_ || app.quit) return;
    if (!queue.empty()) {
      settle_ = 2;  // the frame that takes the last event, and one that shows what it did
      return;
    }
    if (settle_ > 0) {
      --settle_;
      return;
    }
    if (at_ >= script_.lines.size()) {
      app.quit = true;
      return;
    }
    const ScriptLine& line = script_.lines[at_];
    auto played = play(line, app, queue);
    if (!played.ok()) return fail_at(line, played.error().message, app);
    if (played.value() == Progress::again) return;
    ++at_;
    started_ = false;
  }
}

Result<ScriptPlayer::Progress> ScriptPlayer::wait(const ScriptLine& line, AppState& app) {
  if (line.words.size() < 2)
    return fail(ErrorCode::invalid_argument, "wait: expected frames, seconds, step, epoch, until, loading, exact, exports or projection");
  const std::string& what = line.words[1];
  if (!started_) {
    started_ = true;
    wait_from_ = app.seconds;
    wait_count_ = 0;
  }
  const double waited = app.seconds - wait_from_;
  bool done = false;
  if (what == "loading") {
    done = !app.now.loading.active && (app.now.run || app.open_error) && ++wait_count_ > 1;
  } else if (what == "exact") {
    done =
        app.now.snapshot && app.now.snapshot->phase != RunPhase::running && app.now.snapshot->latents && app.now.snapshot->latents->exact();
  } else if (what == "until") {
    if (line.words.size() < 5)
      return fail(ErrorCode::invalid_argument, "wait until: expected a key, an operator and a value, as in expect");
    LS_TRY(const std::string value, value_by_name(app, line.words[2]));
    LS_TRY(done, compare(value, line.words[3], text_after(line, 3)));
    if (!done && waited > kLongestUntil)
      return fail(ErrorCode::cancelled, "wait {}: not after {} seconds, it is {}", line.rest, kLongestUntil, value);
  } else if (what == "exports") {
    done = app.exports.empty() && app.screenshot_path.empty();
  } else {
    LS_TRY(const double n, number_of(line, 2));
    const TrainingSnapshot* s = app.now.snapshot.get();
    if (what == "frames")
      done = static_cast<double>(wait_count_++) >= n;
    else if (what == "seconds")
      return waited >= n ? Progress::next : Progress::again;
    else if (what == "step")
      done = s && static_cast<double>(s->step) >= n;
    else if (what == "epoch")
      done = s && s->epoch_progress >= n;
    else if (what == "projection")
      done = app.now.projection && app.now.projection->config == app.view.map.projection &&
             static_cast<double>(app.now.projection->iteration) >= n;
    else
      return fail(ErrorCode::invalid_argument,
                  "wait: '{}' is not frames, seconds, step, epoch, until, loading, exact, exports or projection", what);
  }
  if (!done && waited > kLongestWait) return fail(ErrorCode::cancelled, "wait {}: not after {} seconds", line.rest, kLongestWait);
  return done ? Progress::next : Progress::again;
}

Result<ScriptPlayer::Progress> ScriptPlayer::input(const ScriptLine& line, AppState& app, InputQueue& queue, bool& known) {
  const std::string& word = line.words[0];
  known = true;
  if (word == "move") {
    if (line.words.size() > 1 && line.words[1][0] == '@') {
      LS_TRY(const ControlRect r, control_of(app, line.words[1]));
      pointer_ = {(r.x0 + r.x1) * 0.5f, (r.y0 + r.y1) * 0.5f};
    } else {
      LS_TRY(const double x, number_of(line, 1));
      LS_TRY(const double y, number_of(line, 2));
      pointer_ = {static_cast<float>(x), static_cast<float>(y)};
    }
    queue.push({input::Move{pointer_[0], pointer_[1]}});
  } else if (word == "down" || word == "up") {
    LS_TRY(const int button, button_of(line));
    queue.push({input::Button{button, word == "down"}});
  } else if (word == "click") {
    if (line.words.size() > 2 && line.words[1][0] != '@') {
      LS_TRY(const double x, number_of(line, 1));
      LS_TRY(const double y, number_of(line, 2));
      pointer_ = {static_cast<float>(x), static_cast<float>(y)};
    } else if (line.words.size() > 1) {
      LS_TRY(const ControlRect r, control_of(app, line.words[1]));
      pointer_ = {(r.x0 + r.x1) * 0.5f, (r.y0 + r.y1) * 0.5f};
    }
    queue.push({input::Move{pointer_[0], pointer_[1]}});
    queue.push({input::Button{0, true}});
    queue.push({input::Button{0, false}});
  } else if (word == "wheel") {
    LS_TRY(const double n, number_of(line, 1));
    queue.push({input::Wheel{0.0f, static_cast<float>(n)}});
  } else if (word == "key") {
    LS_CHECK(push_key(queue, line.words.size() > 1 ? line.words[1] : std::string()));
  } else if (word == "keydown" || word == "keyup") {
    int key = 0, mods = 0;
    if (!parse_shortcut(line.rest, key, mods)) return fail(ErrorCode::invalid_argument, "{}: '{}' is not a key", word, line.rest);
    queue.push({input::Key{key, word == "keydown", mods}});
  } else if (word == "type") {
    push_text(queue, line.rest);
  } else if (word == "drop") {
    queue.push({input::Drop{{line.rest}}});
  } else {
    known = false;
  }
  return Progress::next;
}

Result<ScriptPlayer::Progress> ScriptPlayer::play(const ScriptLine& line, AppState& app, InputQueue& queue) {
  const std::string& word = line.words[0];
  if (word == "wait") return wait(line, app);
  bool known = false;
  LS_TRY(const Progress progress, input(line, app, queue, known));
  if (known) return progress;
  if (word == "set") {
    if (line.words.size() < 3) return fail(ErrorCode::invalid_argument, "set: expected a key and a value");
    LS_CHECK(set_by_name(app, line.words[1], line.words[2]));
    settle_ = 1;
  } else if (word == "expect") {
    if (line.words.size() < 4)
      return fail(ErrorCode::invalid_argument, "expect: expected a key, one of == != < <= > >= contains, and a value");
    LS_TRY(const std::string value, value_by_name(app, line.words[1]));
    const std::string wanted = text_after(line, 2);
    LS_TRY(const bool holds, compare(value, line.words[2], wanted));
    if (!holds) return fail(ErrorCode::invalid_argument, "expected {} {} {}, but it is {}", line.words[1], line.words[2], wanted, value);
  } else if (word == "print") {
    LS_TRY(const std::string value, value_by_name(app, line.rest));
    std::printf("%s\n", value.c_str());
    std::fflush(stdout);
  } else if (word == "where") {
    LS_TRY(const ControlRect r, control_of(app, line.rest));
    std::printf("%s %.0f %.0f %.0f %.0f\n", line.rest.c_str(), static_cast<double>(r.x0), static_cast<double>(r.y0),
                static_cast<double>(r.x1), static_cast<double>(r.y1));
    std::fflush(stdout);
  } else if (word == "screenshot") {
    if (line.rest.empty()) return fail(ErrorCode::invalid_argument, "screenshot: expected a path");
    std::error_code ignored;
    if (const auto folder = std::filesystem::path(line.rest).parent_path(); !folder.empty())
      std::filesystem::create_directories(folder, ignored);
    app.screenshot_path = line.rest;
    shooting_ = true;
  } else if (word == "stats") {
    app.stats.reset();
    app.probe_clock.reset();
  } else if (word == "open") {
    app.open_path(line.rest);
    settle_ = 1;
  } else if (word == "quit") {
    app.quit = true;
  } else if (const UiCommand* command = app.commands.find(word)) {
    if (command->available && !command->available(app)) return fail(ErrorCode::invalid_argument, "{} can not be done now", word);
    command->run(app);
    settle_ = 1;
  } else {
    std::vector<std::string> words = app.commands.ids();
    for (const char* own : {"set", "expect", "print", "where", "screenshot", "stats", "open", "quit", "wait", "move", "down", "up", "click",
                            "wheel", "key", "keydown", "keyup", "type", "drop"})
      words.emplace_back(own);
    return unknown_name("instruction", word, words);
  }
  return Progress::next;
}

}  // namespace latentscape
