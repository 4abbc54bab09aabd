#include "app/cli/commands.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

#include "core/base/registry.hpp"
#include "core/base/version.hpp"

namespace latentscape {
namespace {

constexpr std::array kCommands = {
    CommandEntry{"data", "list, describe and preview data",
                 "  latentscape data list\n  latentscape data info mnist/ --json\n"
                 "  latentscape data preview strokes --out grid.png\n",
                 add_data},
    CommandEntry{"models", "list models and presets", "  latentscape models\n", add_models},
    CommandEntry{"train", "train a model",
                 "  latentscape train --data strokes --epochs 10 --out runs/first\n"
                 "  latentscape train --data mnist/ --latent 20 --set hidden=400 --epochs 10 --out runs/r20 --json\n"
                 "  latentscape train --out runs/r20 --resume --epochs 20\n"
                 "  latentscape train --config runs/first/run.json --out runs/again\n",
                 add_train},
    CommandEntry{"sweep", "train a grid of settings and rank it on held-out rows",
                 "  latentscape sweep --data strokes --grid latent=2,8,32 --grid beta=0.5,1,4 --epochs 10 --out runs/s\n"
                 "  latentscape sweep --data mnist/ --grid \"hidden=400;400,200\" --folds 5 --out runs/f --json\n"
                 "  latentscape sweep --out runs/s --resume --rank mi\n",
                 add_sweep},
    CommandEntry{"compare", "runs side by side in one figure", "  latentscape compare runs/vae runs/ae --out compare.png\n", add_compare},
    CommandEntry{"eval", "evaluate a run on a split of its data",
                 "  latentscape eval runs/r20 --json\n  latentscape eval runs/r20 --metrics knn,mi --iwae 500\n", add_eval},
    CommandEntry{"encode", "posterior means of data, as NPY", "  latentscape encode runs/r20 --split test --out z.npy --logvar lv.npy\n",
                 add_encode},
    CommandEntry{"decode", "decode latent positions",
                 "  latentscape decode runs/r20 --z z.npy --out x.npy\n  latentscape decode runs/r20 --z z.npy --out grid.png\n",
                 add_decode},
    CommandEntry{"sample", "decode draws from the prior", "  latentscape sample runs/r20 -n 64 --out grid.png\n", add_sample},
    CommandEntry{"interpolate", "decode the way between two examples",
                 "  latentscape interpolate runs/r20 --from 3 --to 17 --steps 9 --out row.png\n", add_interpolate},
    CommandEntry{"traverse", "one row a latent dimension, sorted by KL", "  latentscape traverse runs/r20 --out grid.png\n", add_traverse},
    CommandEntry{"manifold", "a grid of decodes over a 2-D latent plane", "  latentscape manifold runs/r2 --size 20 --out grid.png\n",
                 add_manifold},
    CommandEntry{"project", "a 2-D map of latents or any NPY array",
                 "  latentscape project z.npy --method tsne --out y.npy --json\n"
                 "  latentscape project runs/r20 --method pca --out y.npy --quality\n"
                 "  latentscape project new.npy --into z.npy,y.npy --out places.npy\n",
                 add_project},
    CommandEntry{"outliers", "an anomaly score for each example, as CSV",
                 "  latentscape outliers runs/r20 --out scores.csv\n"
                 "  latentscape outliers runs/threes --data mnist/ --normal 3 --out scores.csv --json\n",
                 add_outliers},
    CommandEntry{"plot", "a figure of a run as SVG, PDF or PNG",
                 "  latentscape plot runs/r2 --what latent --color label --out latent.svg\n"
                 "  latentscape plot runs/r2 --what losses --out losses.pdf\n",
                 add_plot},
    CommandEntry{"export", "weights for other programs", "  latentscape export runs/r20 --format safetensors --out weights.safetensors\n",
                 add_export},
    CommandEntry{"bench", "speed of this machine beside its limit", "  latentscape bench train --json\n", add_bench},
    CommandEntry{"gui", "open the window", "  latentscape gui\n  latentscape gui runs/first\n", add_gui},
};

constexpr const char* kFooter =
    "Without a sub-command the window opens, where latentscape-gui is installed beside this program.\n"
    "DATA is a built-in name (strokes) or a path; RUN is a run directory or a checkpoint file.\n\n"
    "Examples:\n"
    "  latentscape train --data strokes --epochs 10 --out runs/first\n"
    "  latentscape eval runs/first --metrics knn --json\n"
    "  latentscape manifold runs/first --size 20 --out manifold.png\n"
    "  latentscape COMMAND --help\n";

bool wants_json(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--json") return true;
  return false;
}

int print_error(const Error& error, bool json, int exit_code) {
  if (json) {
    const Json body = {{"error", {{"code", std::string(to_string(error.code))}, {"message", error.message}}}};
    fmt::print("{}\n", body.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  fmt::print(stderr, "latentscape: {}\n", error.message);
  return exit_code;
}

/// The command that was asked for: of "data info" the info.
const CLI::App* asked_of(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return at;
}

/// " data info"
std::string path_of(const CLI::App& app, const CLI::App* at) {
  std::string name;
  for (; at && at != &app; at = at->get_parent()) name = " " + at->get_name() + name;
  return name;
}

/// CLI11's sentence, with the nearest name where an option or sub-command is misspelt.
Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* at = asked_of(app);
  const std::vector<std::string> rest = at == &app ? app.remaining() : at->remaining();
  const bool unknown = dynamic_cast<const CLI::ExtrasError*>(&error) || dynamic_cast<const CLI::RequiredError*>(&error);
  if (unknown && !rest.empty()) {
    std::vector<std::string> names;
    const std::string& word = rest.front();
    if (word.rfind("--", 0) == 0) {
      for (const CLI::Option* option : at->get_options())
        if (!option->get_lnames().empty()) names.push_back("--" + option->get_lnames().front());
      return unknown_name("option", word.substr(0, word.find('=')), names);
    }
    for (const CLI::App* sub : at->get_subcommands(nullptr)) names.push_back(sub->get_name());
    if (!names.empty()) return unknown_name("sub-command", word, names);
    return fail(ErrorCode::invalid_argument, "unexpected argument '{}' after '{}'; see latentscape{} --help", word, at->get_name(),
                path_of(app, at));
  }
  std::string text = error.what();
  if (const size_t colon = text.find(": is '"); colon != std::string::npos) text.erase(colon, 1);  // of numbers.hpp
  return fail(ErrorCode::invalid_argument, "{}; see latentscape{} --help", text, path_of(app, at));
}

/// CLI11 takes whatever stands behind an option for its value: `--metrics --json`.
Status check_values(const CLI::App& app) {
  const CLI::App* at = asked_of(app);
  for (const CLI::Option* option : at->get_options())
    for (const std::string& value : option->results())
      if (value.rfind("--", 0) == 0 && at->get_option_no_throw(value))
        return fail(ErrorCode::invalid_argument, "{}: its value is missing, {} follows, which is an option; see latentscape{} --help",
                    option->get_name(), value, path_of(app, at));
  return {};
}

/// Writes all of `text` to stdout; a full disk or closed pipe is a failure, not silence.
bool print_all(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

int run_action(const Action& action, const CommandSettings& settings) {
  Result<Report> result = fail(ErrorCode::internal, "nothing ran");
  // The edge of the program: what third parties or the allocator still throw becomes a sentence here.
  try {
    result = action(settings);
  } catch (const std::bad_alloc&) {
    result = fail(ErrorCode::out_of_memory, "out of memory; a smaller batch, model or count needs less");
  } catch (const std::exception& e) {
    result = fail(ErrorCode::internal, "unexpected fault: {}", e.what());
  }
  if (!result.ok()) {
    const int exit_code = result.error().code == ErrorCode::cancelled ? kExitInterrupted : kExitFailure;
    return print_error(result.error(), settings.json, exit_code);
  }
  const Report& report = result.value();
  if (report.refused) return print_error(*report.refused, settings.json, kExitUsage);
  const std::string text = settings.json ? report.json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n" : report.text;
  if (!print_all(text)) return print_error(fail(ErrorCode::io, "standard output: {}", std::strerror(errno)), false, kExitFailure);
  return report.exit_code;
}

}  // namespace

std::span<const CommandEntry> command_table() { return kCommands; }

int run_command_line(int argc, char** argv) {
  CLI::App app("Latentscape: explore the latent spaces of variational autoencoders.", "latentscape");
  app.set_version_flag("--version", "latentscape " + std::string(kVersion));
  app.require_subcommand(0, 1);
  app.footer(kFooter);

  CommandSettings settings;
  settings.program = argc > 0 ? argv[0] : "latentscape";
  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const CommandEntry& entry : kCommands) {
    CLI::App* command = app.add_subcommand(entry.name, entry.summary);
    Action action = entry.add(*command);
    if (command->get_subcommands(nullptr).empty()) command->add_flag("--json", settings.json, "print one JSON object on stdout");
    for (CLI::App* sub : command->get_subcommands(nullptr)) sub->add_flag("--json", settings.json, "print one JSON object on stdout");
    command->footer(std::string("Examples:\n") + entry.examples);
    actions.emplace_back(command, std::move(action));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return print_error(usage_error(app, error), wants_json(argc, argv), kExitUsage);
  }
  if (Status checked = check_values(app); !checked.ok()) return print_error(checked.error(), wants_json(argc, argv), kExitUsage);
  for (const auto& [command, action] : actions)
    if (command->parsed()) return run_action(action, settings);
  return print_error(start_window(settings.program, {}), false, kExitFailure);
}

}  // namespace latentscape
