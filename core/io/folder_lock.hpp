// One writer at a time in a folder of results.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/formats/file_handle.hpp"

namespace latentscape {

/// On the folder itself, so that nothing is left behind; it ends with its last copy, or with the process.
using FolderLock = std::shared_ptr<const FileHandle>;

/// `writer` names in the error what may have the lock already: "training". Errors: exists. File systems without locks are taken at their
/// word.
Result<FolderLock> lock_folder(const std::string& path, const char* writer);

}  // namespace latentscape
