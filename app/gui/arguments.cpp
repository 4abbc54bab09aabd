#include "app/gui/arguments.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "app/gui/app_state.hpp"
#include "app/gui/import_form.hpp"
#include "core/data/download_list.hpp"
#include "core/data/source.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUsage = R"(usage: latentscape-gui [RUN|DATA] [options]
  RUN|DATA             a run directory, a built-in name (strokes) or a path; default: strokes
  --data DATA          the same, as an option
  --train              train files of one's own at once, without a look at them before
  --model FAMILY       mlp, conv, ae, cvae, m1 or m2, of a new run (mlp)
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

Error wrong(std::string_view option, std::string_view value, std::string_view expected) {
  return fail(ErrorCode::invalid_argument, "{}: '{}' is not {}", option, value, expected);
}

/// Digits only: no sign, no fraction, no exponent.
std::optional<uint64_t> whole_number(std::string_view text) {
  uint64_t n = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

Status read_size(AppOptions& options, const std::string& value) {
  const size_t x = std::min(value.find('x'), value.size());
  const uint64_t w = whole_number(value.substr(0, x)).value_or(0),
                 h = whole_number(value.substr(std::min(x + 1, value.size()))).value_or(0);
  if (w < 640 || h < 480 || w > 16384 || h > 16384) return wrong("--size", value, "WIDTHxHEIGHT from 640x480 to 16384x16384");
  options.width = static_cast<int>(w);
  options.height = static_cast<int>(h);
  return {};
}

Status read_scale(AppOptions& options, const std::string& value) {
  char* end = nullptr;
  const double n = std::strtod(value.c_str(), &end);
  if (end == value.c_str() || *end != '\0' || !(n >= 1.0 && n <= 3.0)) return wrong("--scale", value, "a number from 1 to 3");
  options.scale = static_cast<float>(n);
  return {};
}

Status read_setting(AppOptions& options, const std::string& value) {
  const size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0) return wrong("--set", value, "KEY=VALUE");
  options.settings.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  return {};
}

Status read_data(AppOptions& options, const std::string& value) {
  if (!options.data.empty())
    return fail(ErrorCode::invalid_argument, "two data sets or runs given: {} and {}; expected one", options.data, value);
  options.data = value;
  return {};
}

Status check_name(const std::string& name) {
  const std::vector<std::string> known = {"--data",   "--model",  "--latent", "--seed",  "--threads",  "--set",
                                          "--out",    "--size",   "--scale",  "--theme", "--language", "--points",
                                          "--script", "--record", "--stats",  "--train", "--version",  "--help"};
  if (std::find(known.begin(), known.end(), name) != known.end()) return {};
  return unknown_name("option", name, known);
}

Status apply(AppOptions& options, const std::string& name, const std::string& value) {
  if (value.empty()) return fail(ErrorCode::invalid_argument, "{}: expected a value after it; --help lists the options", name);
  if (name == "--data") return read_data(options, value);
  if (name == "--set") return read_setting(options, value);
  if (name == "--model") {
    LS_CHECK(model_families().get(value));
    options.model = value;
    return {};
  }
  if (name == "--size") return read_size(options, value);
  if (name == "--scale") return read_scale(options, value);
  if (name == "--latent" || name == "--seed" || name == "--threads") {
    if (!whole_number(value)) return wrong(name, value, "a whole number");
    options.settings.emplace_back(name.substr(2), value);
    return {};
  }
  if (name == "--theme") {
    if (value != "ink" && value != "paper") return wrong(name, value, "ink or paper");
    options.theme = value;
    return {};
  }
  if (name == "--language") {
    if (value != "en" && value != "zh") return wrong(name, value, "en or zh");
    options.language = value;
    return {};
  }
  if (name == "--points") {
    const auto n = value == "all" ? std::optional<uint64_t>(0) : whole_number(value);
    if (!n) return wrong(name, value, "a whole number or all");
    options.points = static_cast<size_t>(*n);
    return {};
  }
  const std::pair<const char*, std::string*> paths[] = {
      {"--out", &options.out}, {"--script", &options.script}, {"--record", &options.record}, {"--stats", &options.stats}};
  for (const auto& [option, field] : paths)
    if (name == option) {
      *field = value;
      return {};
    }
  return fail(ErrorCode::invalid_argument, "{} takes no value, got '{}'", name, value);
}

bool readable(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

Status check_data(const std::string& spec) {
  LS_TRY(const DataSource* known, builtin_source(spec));
  if (known) return {};
  std::error_code ignored;
  if (!fs::exists(spec, ignored)) return downloaded(spec) ? Status() : no_such_data(spec);
  if (!readable(spec)) return fail(ErrorCode::io, "{}: cannot be read, expected data or a run that you may read", spec);
  if (is_run(spec)) return {};
  std::string kinds;
  for (const DataSource& source : data_sources().entries()) {
    if (source.builtin) continue;
    if (source.accepts && source.accepts(spec)) return {};
    kinds += (kinds.empty() ? "" : "; ") + source.summary;
  }
  return fail(ErrorCode::unsupported, "{}: is neither a run nor data, expected one of: {}", spec, kinds);
}

/// A file that is written at the end must not fail only then.
Status check_written(const char* option, const std::string& path) {
  if (path.empty()) return {};
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return fail(ErrorCode::io, "{}: {} is a folder, expected a file to write", option, path);
  const fs::path folder = fs::path(path).parent_path();
  const std::string place = folder.empty() ? "." : folder.string();
  if (!fs::is_directory(place, ignored)) return fail(ErrorCode::io, "{}: the folder {} is not there", option, place);
  if (access(place.c_str(), W_OK) != 0) return fail(ErrorCode::io, "{}: the folder {} cannot be written to", option, place);
  return {};
}

}  // namespace

std::string_view usage_text() { return kUsage; }

Result<Arguments> parse_arguments(const std::vector<std::string>& words) {
  Arguments out;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string name = words[i];
    if (name == "--help" || name == "-h") {
      out.help = true;
      return out;
    }
    if (name == "--version") {
      out.version = true;
      return out;
    }
    if (name == "--train") {
      out.options.train = true;
      continue;
    }
    if (name.empty()) return fail(ErrorCode::invalid_argument, "an empty word, expected data, a run or an option");
    if (name[0] != '-') {
      LS_CHECK(read_data(out.options, name));
      continue;
    }
    LS_CHECK(check_name(name.substr(0, name.find('='))));
    std::string value;
    if (const size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < words.size()) {
      value = words[++i];
    }
    LS_CHECK(apply(out.options, name, value));
  }
  return out;
}

Status check_arguments(const AppOptions& options) {
  std::error_code ignored;
  if (!options.script.empty()) {
    if (!fs::exists(options.script, ignored)) return fail(ErrorCode::not_found, "--script: {} is not there", options.script);
    if (fs::is_directory(options.script, ignored) || !readable(options.script))
      return fail(ErrorCode::io, "--script: {} cannot be read, expected a file of instructions", options.script);
  }
  if (!options.data.empty()) LS_CHECK(check_data(options.data));
  if (fs::exists(options.out, ignored) && !fs::is_directory(options.out, ignored))
    return fail(ErrorCode::exists, "--out: {} is a file, expected a folder that is not there yet", options.out);
  LS_CHECK(check_written("--record", options.record));
  LS_CHECK(check_written("--stats", options.stats));
  auto request = first_request(options);
  if (!request.ok()) return std::move(request).error();
  return {};
}

Result<OpenRequest> first_request(const AppOptions& options) {
  OpenRequest request;
  const std::string data = options.data.empty() ? "strokes" : options.data;
  // Threads are no setting of the run: they never change a result.
  std::vector<std::pair<std::string, std::string>> settings;
  for (const auto& [key, value] : options.settings) {
    if (key != "threads") {
      settings.emplace_back(key, value);
      continue;
    }
    const auto n = whole_number(value);
    if (!n || *n > kMostThreads)
      return fail(ErrorCode::invalid_argument, "threads is '{}', expected a whole number from 0 to {}", value, kMostThreads);
    request.config.threads = static_cast<size_t>(*n);
  }
  if (is_run(data)) {
    if (!options.model.empty())
      return fail(ErrorCode::invalid_argument, "--model: {} is a run, which keeps its model; expected data", data);
    request.resume = data;
    request.overrides = std::move(settings);
    request.start = false;
    RunConfig tried;
    for (const auto& [key, value] : request.overrides) LS_CHECK(set_value(tried, key, value));
    LS_CHECK(validate(tried));
    return request;
  }
  if (!options.model.empty()) {
    LS_TRY(const ModelFamily* family, model_families().get(options.model));
    use_family(request.config.model, *family);
  }
  for (const auto& [key, value] : settings) LS_CHECK(set_value(request.config, key, value));
  LS_CHECK(validate(request.config));
  request.config.data = data;
  request.out = options.out;
  return request;
}

bool looks_first(const AppOptions& options, const OpenRequest& request) {
  return !options.train && options.script.empty() && request.resume.empty() && leaves_choices(request.config.data);
}

}  // namespace latentscape
