// latentscape-gui: the window.
#include <cstdio>
#include <string>
#include <vector>

#include "app/gui/app.hpp"
#include "core/base/version.hpp"

namespace latentscape {
void register_panel_all(PanelRegistry& registry);  // generated from app/panels
}

namespace {

constexpr int kUsageError = 2;

int failed(const latentscape::Error& error, int code) {
  std::fprintf(stderr, "latentscape-gui: %s\n", error.message.c_str());
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace latentscape;
  const auto arguments = parse_arguments(std::vector<std::string>(argv + 1, argv + argc));
  if (!arguments.ok()) return failed(arguments.error(), kUsageError);
  if (arguments->help) return std::fputs(std::string(usage_text()).c_str(), stdout) < 0;
  if (arguments->version) return std::printf("latentscape-gui %s\n", std::string(kVersion).c_str()) < 0;
  if (const Status checked = check_arguments(arguments->options); !checked.ok()) return failed(checked.error(), kUsageError);
  PanelRegistry panels("panel");
  register_panel_all(panels);
  auto app = App::create(arguments->options, panels);
  if (!app.ok()) return failed(app.error(), app.error().code == ErrorCode::invalid_argument ? kUsageError : 1);
  return app.value()->run();
}
