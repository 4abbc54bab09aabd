// The XDG rules: a variable counts where it names an absolute path, else the home folder.
#include "core/base/user_folders.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace latentscape {
namespace {

TEST(UserFolders, FollowTheVariablesAndElseTheHomeFolder) {
  ::setenv("HOME", "/home/someone", 1);
  ::setenv("XDG_CACHE_HOME", "/elsewhere", 1);
  ::setenv("XDG_CONFIG_HOME", "not/absolute", 1);
  ::unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(user_folder(UserFolder::cache)->string(), "/elsewhere/latentscape");
  EXPECT_EQ(user_folder(UserFolder::config)->string(), "/home/someone/.config/latentscape");
  EXPECT_EQ(user_folder(UserFolder::state)->string(), "/home/someone/.local/state/latentscape");
}

TEST(UserFolders, WithoutAnyPlaceTheVariableIsNamed) {
  ::unsetenv("HOME");
  ::unsetenv("XDG_CACHE_HOME");
  const auto folder = user_folder(UserFolder::cache);
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().code, ErrorCode::not_found);
  EXPECT_NE(folder.error().message.find("XDG_CACHE_HOME"), std::string::npos) << folder.error().message;
}

}  // namespace
}  // namespace latentscape
