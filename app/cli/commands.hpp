// The table of sub-commands; one file each. A sub-command adds its options to a CLI11 app and returns what to run once they are parsed.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "core/base/result.hpp"

namespace latentscape {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInterrupted = 130;  // 128 + SIGINT, as shells have it

using Json = nlohmann::ordered_json;

/// What a sub-command says at its end: one JSON object (--json) or lines for people on stdout.
struct Report {
  Json json = Json::object();
  std::string text;  // ends with a newline, or is empty
  int exit_code = kExitOk;
  std::optional<Error> refused;  // the command line itself is wrong: nothing was read, exit 2
};

/// For what can be told from the command line alone: an unknown name, a value out of range, another extension.
inline Report refused(Error error) {
  Report report;
  report.refused = std::move(error);
  return report;
}

/// What every sub-command is told besides its own options.
struct CommandSettings {
  bool json = false;    // exactly one JSON object on stdout, nothing else there
  std::string program;  // argv[0]
};

using Action = std::function<Result<Report>(const CommandSettings&)>;

struct CommandEntry {
  const char* name;
  const char* summary;
  const char* examples;              // under --help
  Action (*add)(CLI::App& command);  // options live in the returned action's shared state
};

/// In the order of `latentscape --help`.
std::span<const CommandEntry> command_table();

/// Parses, runs, prints; returns the exit code.
int run_command_line(int argc, char** argv);

// One function a sub-command, each in the file of its name.
Action add_data(CLI::App& command);
Action add_models(CLI::App& command);
Action add_train(CLI::App& command);
Action add_sweep(CLI::App& command);
Action add_compare(CLI::App& command);
Action add_eval(CLI::App& command);
Action add_encode(CLI::App& command);
Action add_decode(CLI::App& command);
Action add_sample(CLI::App& command);
Action add_interpolate(CLI::App& command);
Action add_traverse(CLI::App& command);
Action add_manifold(CLI::App& command);
Action add_project(CLI::App& command);
Action add_outliers(CLI::App& command);
Action add_plot(CLI::App& command);
Action add_export(CLI::App& command);
Action add_bench(CLI::App& command);
Action add_gui(CLI::App& command);

/// Replaces this process by latentscape-gui if it lies beside this program; returns only where that failed.
Error start_window(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace latentscape

/// LS_USAGE(check_extension(...)); ends an action with exit 2 where the Status is an error.
#define LS_USAGE(...)                                                                               \
  do {                                                                                              \
    if (auto ls_usage = (__VA_ARGS__); !ls_usage.ok()) return refused(std::move(ls_usage).error()); \
  } while (false)
