// The command line of latentscape-gui: what is wrong with it is said in one sentence before a window opens.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/session/session.hpp"

namespace latentscape {

struct AppOptions {
  std::string model;                                          // a family; empty: the default
  std::string data;                                           // data or a run; empty: strokes
  bool train = false;                                         // at once, also files of one's own
  std::vector<std::pair<std::string, std::string>> settings;  // KEY VALUE as --set, and latent, seed, threads
  std::string out;  // run directory of a new run; empty: one below the state folder, none in a script
  int width = 1600, height = 1000;
  float scale = 0.0f;    // 0: as remembered
  std::string theme;     // empty: as remembered
  std::string language;  // empty: as remembered, else the environment's
  std::optional<size_t> points;
  std::string script, record, stats;  // files
};

struct Arguments {
  AppOptions options;
  bool help = false, version = false;
};

std::string_view usage_text();

/// The words after the program's name. Fails on an unknown option and on a value that it does not take, naming both.
Result<Arguments> parse_arguments(const std::vector<std::string>& words);

/// What the options name is there: script, data, folders of the files to write. Reads no data.
Status check_arguments(const AppOptions& options);

/// What to open first: a new run with the settings, or the run to go on with. Fails on a setting that a run does not take.
Result<OpenRequest> first_request(const AppOptions& options);

/// Is the form shown before that request is trained on? A file or folder that leaves a choice is; in a script nobody is there to look.
bool looks_first(const AppOptions& options, const OpenRequest& request);

}  // namespace latentscape
