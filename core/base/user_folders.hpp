// Where this user's files go, by the XDG base directory specification.
#pragma once

#include <filesystem>

#include "core/base/result.hpp"

namespace latentscape {

enum class UserFolder { cache, config, state };

/// $XDG_CACHE_HOME, $XDG_CONFIG_HOME or $XDG_STATE_HOME, with "latentscape" behind it, else the same below $HOME; not made here. A relative
/// path is invalid and ignored. Errors (not_found): neither variable names a folder.
Result<std::filesystem::path> user_folder(UserFolder kind);

}  // namespace latentscape
