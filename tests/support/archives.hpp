// Small archives, made for the tests of what reads them.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace latentscape {

enum class ArchiveKind { tar_gz, zip };

/// Names and contents; a name that ends with '@' is a symbolic link to its content.
using ArchiveFiles = std::vector<std::pair<std::string, std::string>>;

inline void write_archive(const std::string& path, ArchiveKind kind, const ArchiveFiles& files) {
  archive* a = archive_write_new();
  if (kind == ArchiveKind::zip) {
    archive_write_set_format_zip(a);
  } else {
    archive_write_add_filter_gzip(a);
    archive_write_set_format_ustar(a);
  }
  ASSERT_EQ(archive_write_open_filename(a, path.c_str()), ARCHIVE_OK) << archive_error_string(a);
  for (const auto& [name, text] : files) {
    archive_entry* entry = archive_entry_new();
    const bool link = name.back() == '@';
    archive_entry_set_pathname(entry, name.substr(0, name.size() - (link ? 1 : 0)).c_str());
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_filetype(entry, link ? AE_IFLNK : name.back() == '/' ? AE_IFDIR : AE_IFREG);
    if (link)
      archive_entry_set_symlink(entry, text.c_str());
    else
      archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    EXPECT_EQ(archive_write_header(a, entry), ARCHIVE_OK) << archive_error_string(a);
    if (!link) {
      EXPECT_EQ(archive_write_data(a, text.data(), text.size()), static_cast<la_ssize_t>(text.size()));
    }
    archive_entry_free(entry);
  }
  EXPECT_EQ(archive_write_free(a), ARCHIVE_OK);
}

}  // namespace latentscape
