// latentscape-gui: the window. Options are few, so they are read by hand.
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/gui/app.hpp"

#ifndef LS_VERSION
#define LS_VERSION "0.1.0"
#endif

namespace latentscape {
void register_panel_all(PanelRegistry& registry);   // generated from app/panels
}

namespace {

constexpr const char* kUsage = R"(usage: latentscape-gui [RUN|DATA] [options]
  RUN|DATA             a run directory, a built-in name (strokes) or a path; default: strokes
  --data DATA          the same, as an option
  --latent N           latent dimensions of a new run (2)
  --seed N             seed of a new run (1)
  --threads N          compute threads; 0: all cores but one for the window
  --set KEY=VALUE      a setting of a new run, as in `latentscape train`; may be repeated
  --out DIR            run directory of a new run
  --size WxH           size of the window (1600x1000)
  --scale S            size of everything in it, 1 to 3
  --theme ink|paper    dark or light
  --language en|zh     language of the window
  --points N|all       draw at most N points
  --script FILE        play a script, then quit
  --record FILE        write what is done in the window as a script
  --stats FILE         write frame times as JSON at exit
  --version, --help
)";

using latentscape::AppOptions;

/// A sentence where the value is not what the option expects.
std::optional<std::string> apply(AppOptions& options, const std::string& name, const std::string& value) {
  const auto number = [&](double low, double high) -> std::optional<double> {
    char* end = nullptr;
    const double n = std::strtod(value.c_str(), &end);
    if (end == value.c_str() || *end != '\0' || !(n >= low && n <= high)) return std::nullopt;
    return n;
  };
  if (name == "--data") {
    options.data = value;
  } else if (name == "--latent" || name == "--seed" || name == "--threads") {
    options.settings.emplace_back(name.substr(2), value);
    if (!number(0, 1e15)) return name + ": '" + value + "' is not a whole number";
  } else if (name == "--set") {
    const size_t equals = value.find('=');
    if (equals == std::string::npos || equals == 0) return "--set: '" + value + "' is not KEY=VALUE";
    options.settings.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  } else if (name == "--out") {
    options.out = value;
  } else if (name == "--size") {
    int w = 0, h = 0;
    char rest = 0;
    if (std::sscanf(value.c_str(), "%dx%d%c", &w, &h, &rest) != 2 || w < 640 || h < 480 || w > 16384 || h > 16384)
      return "--size: '" + value + "' is not WIDTHxHEIGHT of at least 640x480";
    options.width = w;
    options.height = h;
  } else if (name == "--scale") {
    const auto n = number(1, 3);
    if (!n) return "--scale: '" + value + "' is not a number from 1 to 3";
    options.scale = static_cast<float>(*n);
  } else if (name == "--theme") {
    if (value != "ink" && value != "paper") return "--theme: '" + value + "' is not ink or paper";
    options.theme = value;
  } else if (name == "--language") {
    if (value != "en" && value != "zh") return "--language: '" + value + "' is not en or zh";
    options.language = value;
  } else if (name == "--points") {
    const auto n = value == "all" ? std::optional<double>(0.0) : number(0, 1e15);
    if (!n) return "--points: '" + value + "' is not a number or all";
    options.points = static_cast<size_t>(*n);
  } else if (name == "--script") {
    options.script = value;
  } else if (name == "--record") {
    options.record = value;
  } else if (name == "--stats") {
    options.stats = value;
  } else {
    return "unknown option " + name + "; --help lists them";
  }
  return std::nullopt;
}

int usage_error(const std::string& sentence) {
  std::fprintf(stderr, "latentscape-gui: %s\n", sentence.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  AppOptions options;
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (size_t i = 0; i < words.size(); ++i) {
    std::string name = words[i];
    if (name == "--help" || name == "-h") return std::fputs(kUsage, stdout) < 0;
    if (name == "--version") return std::printf("latentscape-gui %s\n", LS_VERSION) < 0;
    if (name.empty() || name[0] != '-') {
      if (!options.data.empty()) return usage_error("two data sets or runs given: " + options.data + " and " + name);
      options.data = name;
      continue;
    }
    std::string value;
    if (const size_t equals = name.find('='); equals != std::string::npos && name != "--set") {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < words.size()) {
      value = words[++i];
    } else {
      return usage_error(name + ": expected a value after it; --help lists the options");
    }
    if (const auto sentence = apply(options, name, value)) return usage_error(*sentence);
  }
  latentscape::PanelRegistry panels("panel");
  latentscape::register_panel_all(panels);
  auto app = latentscape::App::create(options, panels);
  if (!app.ok()) {
    std::fprintf(stderr, "latentscape-gui: %s\n", app.error().message.c_str());
    return app.error().code == latentscape::ErrorCode::invalid_argument ? 2 : 1;
  }
  return app.value()->run();
}
