#include "core/base/user_folders.hpp"

#include <array>
#include <cstdlib>

namespace latentscape {
namespace {

namespace fs = std::filesystem;

struct Place {
  const char* variable;
  const char* below_home;
};
constexpr std::array<Place, 3> kPlaces{{{"XDG_CACHE_HOME", ".cache"}, {"XDG_CONFIG_HOME", ".config"}, {"XDG_STATE_HOME", ".local/state"}}};

fs::path path_in(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path path = value ? value : "";
  return path.is_absolute() ? path : fs::path();
}

}  // namespace

Result<fs::path> user_folder(UserFolder kind) {
  const Place& place = kPlaces[static_cast<size_t>(kind)];
  if (const fs::path base = path_in(place.variable); !base.empty()) return base / "latentscape";
  if (const fs::path home = path_in("HOME"); !home.empty()) return home / place.below_home / "latentscape";
  return fail(ErrorCode::not_found, "no place for files of this user: neither {} nor HOME names a folder", place.variable);
}

}  // namespace latentscape
