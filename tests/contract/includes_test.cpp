// The house rules that a reader can rely on: who includes whom, which third parties are allowed where (docs/ARCHITECTURE.md), and a few
// words that must not appear.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using std::string;
using std::string_view;
using std::vector;

// Top to bottom: a folder includes itself and the rows above it.
constexpr std::array kCoreOrder = {"base",       "sync",    "formats", "nn",    "data", "models", "neighbours",
                                   "projection", "metrics", "explore", "train", "io",   "session"};

// Folders of app, and what of the project each may include ("core" means all of it).
struct AppRule {
  string_view folder;
  vector<string_view> allowed;
};
const vector<AppRule> kAppRules = {
    {"app/cli", {"core", "app/cli"}},
    {"app/render", {"core/base", "app/render"}},
    {"app/gui", {"core", "app/render", "app/gui"}},
    {"app/panels", {"core", "app/render", "app/gui", "app/panels"}},
    {"app/main", {"core", "app/cli", "app/render", "app/gui", "app/panels", "app/main"}},
};

// Third parties by the beginning of the include; rooms are folders, `headers` says whether a .hpp may include it too.
struct ThirdParty {
  string_view prefix;
  vector<string_view> rooms;
  bool headers;
};
const vector<ThirdParty> kThirdParties = {
    {"fmt/", {"core", "app"}, true},
    {"Eigen/", {"core/nn"}, true},
    {"Eigen/",
     {"core/data", "core/models", "core/neighbours", "core/projection", "core/metrics", "core/explore", "core/train", "core/io",
      "core/session"},
     false},
    {"nlohmann/", {"core/io", "core/session"}, false},
    {"nlohmann/", {"app/cli", "app/gui", "app/panels", "app/main"}, true},
    {"stb", {"core/formats"}, false},
    {"jpeglib.h", {"core/formats"}, false},
    {"jerror.h", {"core/formats"}, false},
    {"zlib.h", {"core/formats"}, false},
    {"zip.h", {"core/formats"}, false},
    {"archive", {"core/formats"}, false},
    {"curl/", {"core/data"}, false},
    {"openssl/", {"core/data"}, false},
    {"cairo", {"core/io"}, true},
    {"CLI/", {"app/cli"}, true},
    {"epoxy/", {"app/render", "app/gui"}, true},
    {"GLFW/", {"app/gui", "app/main"}, true},
    {"imgui.h", {"app/gui", "app/panels", "app/main"}, true},
    {"imgui_impl_", {"app/gui"}, true},
    {"backends/imgui_impl_", {"app/gui"}, true},
    {"imgui_stdlib.h", {"app/gui", "app/panels"}, true},
    {"misc/cpp/imgui_stdlib.h", {"app/gui", "app/panels"}, true},
};

bool starts_with_folder(string_view path, string_view folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

// "core/data/sources/idx.cpp" -> "core/data"
string_view room_of(string_view path) {
  const size_t first = path.find('/');
  const size_t second = first == string_view::npos ? first : path.find('/', first + 1);
  return second == string_view::npos ? path : path.substr(0, second);
}

size_t core_row(string_view room) {
  const auto* found = std::find(kCoreOrder.begin(), kCoreOrder.end(), room.substr(room.find('/') + 1));
  return static_cast<size_t>(found - kCoreOrder.begin());
}

bool project_include_allowed(string_view room, string_view target) {
  if (room.starts_with("core/")) {
    const string_view other = room_of(target);
    return target.starts_with("core/") && core_row(other) < kCoreOrder.size() && core_row(other) <= core_row(room);
  }
  for (const AppRule& rule : kAppRules)
    if (rule.folder == room)
      return std::any_of(rule.allowed.begin(), rule.allowed.end(), [&](string_view a) { return starts_with_folder(target, a); });
  return false;
}

// The C++ library has no '.' or '/'; of the C and POSIX headers, those in use are named.
bool is_system_header(string_view name) {
  static constexpr std::array kNamed = {"immintrin.h", "unistd.h", "fcntl.h", "signal.h",  "poll.h",  "dirent.h", "dlfcn.h",
                                        "locale.h",    "malloc.h", "pwd.h",   "pthread.h", "sched.h", "time.h"};
  if (name.find_first_of("./") == string_view::npos || name.starts_with("sys/")) return true;
  return std::find(kNamed.begin(), kNamed.end(), name) != kNamed.end();
}

string third_party_problem(string_view path, string_view name) {
  const bool header = path.ends_with(".hpp");
  bool known = false;
  for (const ThirdParty& party : kThirdParties) {
    if (!name.starts_with(party.prefix)) continue;
    known = true;
    if (header && !party.headers) continue;
    for (const string_view room : party.rooms)
      if (starts_with_folder(path, room)) return {};
  }
  if (known) return "third-party header " + string(name) + " is not allowed here";
  return "unknown third-party header " + string(name) + ": only those of the table in tests/contract/includes_test.cpp are used";
}

// What a line includes ("" where nothing), and whether in quotes.
string include_target(string_view line, bool& quoted) {
  const size_t hash = line.find_first_not_of(" \t");
  if (hash == string_view::npos || line[hash] != '#') return {};
  const size_t word = line.find_first_not_of(" \t", hash + 1);
  if (word == string_view::npos || !line.substr(word).starts_with("include")) return {};
  const size_t open = line.find_first_of("<\"", word);
  if (open == string_view::npos) return {};
  quoted = line[open] == '"';
  const size_t close = line.find(quoted ? '"' : '>', open + 1);
  return string(line.substr(open + 1, close - open - 1));
}

string include_problem(string_view path, string_view target, bool quoted) {
  if (target == "imgui_internal.h") return "imgui_internal.h changes with every release and is not used";
  if (target.starts_with("core/") || target.starts_with("app/")) {
    if (!quoted) return "headers of the project are included in quotes: " + string(target);
    if (!project_include_allowed(room_of(path), target)) return string(room_of(path)) + " must not include " + string(target);
    return {};
  }
  if (!quoted && is_system_header(target)) return {};
  return third_party_problem(path, target);
}

// Words that would be promises or noise; put together here so that this file may be read by its own rule.
vector<string> forbidden_words(string_view path) {
  vector<string> words = {string("TO") + "DO", string("FIX") + "ME"};
  if (path.starts_with("core/")) words.push_back("std::cout");
  return words;
}

/// Each broken rule as "path:line: what".
vector<string> problems_of(string_view path, string_view text) {
  vector<string> problems;
  if (path.starts_with("core/") && core_row(room_of(path)) == kCoreOrder.size())
    problems.push_back(string(path) + ": no such row in the order of folders");
  if (path.ends_with(".hpp") && text.find("#pragma once") == string_view::npos) problems.push_back(string(path) + ": no #pragma once");
  const vector<string> words = forbidden_words(path);
  size_t number = 1;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const string_view line = text.substr(begin, end - begin);
    const string where = string(path) + ":" + std::to_string(number) + ": ";
    bool quoted = false;
    const string target = include_target(line, quoted);
    if (!target.empty()) {
      const string problem = include_problem(path, target, quoted);
      if (!problem.empty()) problems.push_back(where + problem);
    }
    for (const string& word : words)
      if (line.find(word) != string_view::npos) problems.push_back(where + "'" + word + "' must not appear");
    begin = end + 1;
  }
  return problems;
}

string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(House, EveryFileKeepsTheRules) {
  const fs::path root = LS_SOURCE_DIR;
  size_t files = 0;
  for (const char* folder : {"core", "app"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      ++files;
      for (const string& problem : problems_of(fs::relative(entry.path(), root).generic_string(), read(entry.path())))
        ADD_FAILURE() << problem;
    }
  }
  EXPECT_GT(files, 50u) << "were the sources found? looked below " << root;
}

struct Case {
  const char* path;
  const char* line;
  bool allowed;
};

// The rules themselves: each with what it must let through and what it must catch.
TEST(House, RulesCatchWhatTheyShould) {
  const vector<Case> cases = {
      {"core/data/a.cpp", "#include \"core/formats/idx.hpp\"", true},
      {"core/data/a.cpp", "#include \"core/data/a.hpp\"", true},
      {"core/data/a.cpp", "#include \"core/models/model.hpp\"", false},
      {"core/base/a.cpp", "#include \"core/sync/event_queue.hpp\"", false},
      {"core/base/a.cpp", "#  include \"core/sync/event_queue.hpp\"", false},
      {"core/session/a.cpp", "#include \"app/gui/theme.hpp\"", false},
      {"core/models/families/a.cpp", "#include \"core/data/dataset.hpp\"", true},
      {"core/train/a.hpp", "#include \"core/explore/interpolate.hpp\"", true},
      {"core/explore/a.hpp", "#include \"core/train/trainer.hpp\"", false},
      {"core/nn/a.hpp", "#include <Eigen/Core>", true},
      {"core/models/a.hpp", "#include <Eigen/Core>", false},
      {"core/models/a.cpp", "#include <Eigen/Core>", true},
      {"core/sync/a.cpp", "#include <Eigen/Core>", false},
      {"core/io/a.cpp", "#include <nlohmann/json.hpp>", true},
      {"core/io/a.hpp", "#include <nlohmann/json.hpp>", false},
      {"core/train/a.cpp", "#include <nlohmann/json.hpp>", false},
      {"core/formats/a.cpp", "#include <zlib.h>", true},
      {"core/data/a.cpp", "#include <zlib.h>", false},
      {"core/session/a.cpp", "#include <epoxy/gl.h>", false},
      {"core/io/a.cpp", "#include <GLFW/glfw3.h>", false},
      {"core/base/a.cpp", "#include <imgui.h>", false},
      {"core/base/a.cpp", "#include <boost/any.hpp>", false},
      {"core/base/a.cpp", "#include <vector>", true},
      {"core/base/a.cpp", "#include <sys/stat.h>", true},
      {"core/base/a.cpp", "#include \"rng.hpp\"", false},
      {"core/base/a.cpp", "#include <core/base/rng.hpp>", false},
      {"core/base/a.cpp", "std::cout << 1;", false},
      {"app/cli/a.cpp", "std::cout << 1;", true},
      {"app/cli/a.cpp", "#include <CLI/CLI.hpp>", true},
      {"app/gui/a.cpp", "#include <CLI/CLI.hpp>", false},
      {"app/cli/a.cpp", "#include \"core/session/session.hpp\"", true},
      {"app/cli/a.cpp", "#include \"app/render/texture.hpp\"", false},
      {"app/render/a.cpp", "#include \"core/base/result.hpp\"", true},
      {"app/render/a.cpp", "#include \"core/sync/latest_slot.hpp\"", false},
      {"app/render/a.cpp", "#include <imgui.h>", false},
      {"app/gui/a.cpp", "#include \"app/render/texture.hpp\"", true},
      {"app/gui/a.cpp", "#include \"app/panels/map.hpp\"", false},
      {"app/panels/a.cpp", "#include \"app/gui/panel.hpp\"", true},
      {"app/panels/a.cpp", "#include <GLFW/glfw3.h>", false},
      {"app/gui/a.cpp", "#include <imgui_internal.h>", false},
      {"core/attic/a.cpp", "int x;", false},
  };
  for (const Case& c : cases)
    EXPECT_EQ(problems_of(c.path, "#pragma once\n" + string(c.line) + "\n").empty(), c.allowed) << c.path << ": " << c.line;
  EXPECT_FALSE(problems_of("core/base/a.hpp", "int x;\n").empty()) << "a header without #pragma once";
  EXPECT_TRUE(problems_of("core/base/a.hpp", "#pragma once\nint x;\n").empty());
  EXPECT_FALSE(problems_of("app/gui/a.cpp", string("// TO") + "DO later").empty()) << "the last line has no newline";
}

}  // namespace
