#include "core/io/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace latentscape {

Result<FolderLock> lock_folder(const std::string& path, const char* writer) {
  auto folder = std::make_shared<const FileHandle>(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder->get() >= 0 && ::flock(folder->get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return fail(ErrorCode::exists, "{}: another {} writes into this folder now; choose another one, or wait for its end", path, writer);
  return FolderLock(std::move(folder));
}

}  // namespace latentscape
