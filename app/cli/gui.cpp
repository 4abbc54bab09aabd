// `latentscape gui`, and `latentscape` alone: hand over to latentscape-gui.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/cli/commands.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

/// The folder of this program; argv[0] says it where /proc is not there.
fs::path program_folder(const std::string& program) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) return self.parent_path();
  return fs::absolute(program, error).parent_path();
}

}  // namespace

Error start_window(const std::string& program, const std::vector<std::string>& arguments) {
  const fs::path window = program_folder(program) / "latentscape-gui";
  std::error_code error;
  if (!fs::exists(window, error))
    return fail(ErrorCode::not_found, "the window is not installed: {} is not there; latentscape --help lists what works without it",
                window.string());
  std::vector<std::string> words = {window.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execv(window.c_str(), pointers.data());
  return fail(ErrorCode::io, "{}: cannot start: {}", window.string(), std::strerror(errno));
}

Action add_gui(CLI::App& command) {
  // Everything after `gui` is the window's, in the order in which it was written.
  command.prefix_command();
  command.footer("Takes what latentscape-gui takes: [RUN|DATA] and options; see latentscape-gui --help.");
  CLI::App* app = &command;
  return [app](const CommandSettings& settings) -> Result<Report> { return start_window(settings.program, app->remaining()); };
}

}  // namespace latentscape
