// Runs the real `latentscape` in a process of its own and keeps what it said.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace latentscape {

using Json = nlohmann::json;

struct Finished {
  int exit_code = -1;  // 128 + signal where one ended it
  std::string out, err;
  /// stdout as JSON; a test fails where it is not exactly one object.
  Json json() const {
    Json value = Json::parse(out, nullptr, false);
    EXPECT_TRUE(value.is_object()) << "stdout: " << out << "\nstderr: " << err;
    return value.is_object() ? value : Json::object();
  }
};

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// `watch` is called now and then with the process id, to send it signals.
inline Finished run_program(const std::vector<std::string>& arguments, const std::function<void(pid_t, const std::string& err)>& watch = {},
                            const std::string& out_to = "") {
  const TemporaryFolder folder;
  const std::string out = out_to.empty() ? folder / "out" : out_to, err = folder / "err";
  std::vector<std::string> words = {LS_BINARY_DIR "/bin/latentscape"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int out_file = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), err_file = open(err.c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(out_file, STDOUT_FILENO);
    dup2(err_file, STDERR_FILENO);
    execv(pointers[0], pointers.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, watch ? WNOHANG : 0) == 0) {
    watch(child, text_of_file(err));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  Finished finished;
  finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (out_to.empty()) finished.out = text_of_file(out);
  finished.err = text_of_file(err);
  return finished;
}

/// Command lines that are refused: `first` and then each of these words, and a part of what stderr says.
using Refusals = std::vector<std::pair<std::vector<std::string>, std::string>>;

/// Each ends with the exit code, with nothing on stdout and with one sentence on stderr that says why.
inline void expect_refused(int exit_code, const std::vector<std::string>& first, const Refusals& refusals) {
  for (const auto& [more, expected] : refusals) {
    std::vector<std::string> words = first;
    words.insert(words.end(), more.begin(), more.end());
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
    EXPECT_TRUE(finished.out.empty()) << finished.out;
    EXPECT_NE(finished.err.find(expected), std::string::npos) << "expected: " << expected << "\nstderr: " << finished.err;
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  }
}

/// A small, quick run: 300 strokes, 32 hidden units.
inline std::vector<std::string> small_training(std::vector<std::string> more) {
  std::vector<std::string> words = {"train", "--data", "strokes", "--set", "count=300", "--set", "hidden=32"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace latentscape
