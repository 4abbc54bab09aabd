// The public data sets that can be fetched: what they are, whose, and where (assets/downloads.tsv).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

struct DownloadFile {
  std::string name;  // below a mirror, and in the set's folder
  uint64_t bytes = 0;
  bool unpacked = false;  // is the checksum that of what the gzip file holds? Mirrors may have compressed it again.
  std::string sha256;     // hex
};

struct DownloadSet {
  std::string name;  // "mnist"
  std::string title, credit, licence, page;
  std::vector<std::string> mirrors;  // each ends with '/'
  std::vector<DownloadFile> files;
  std::string
      texts;  // the layout of an archive of texts (text_sets.hpp), which becomes tables after fetching; empty: files stay as they are
  uint64_t bytes() const;
};

/// Reads the table; `name` is for error texts. Errors (corrupt) name the line: an unknown word, a field too few or too many, a checksum
/// that is none, a file name with a folder in it, an address that is not http or https, a set without mirror or file.
Result<std::vector<DownloadSet>> downloads_from_table(std::string_view text, std::string_view name);

/// Those that the program knows.
const std::vector<DownloadSet>& known_downloads();

/// The set of that name in `sets`; nullptr: there is none.
const DownloadSet* find_download(const std::vector<DownloadSet>& sets, std::string_view name);

/// $XDG_CACHE_HOME/latentscape/data; not made here.
Result<std::string> downloads_folder();

/// Where a known set lies on this machine, once it was fetched whole.
std::optional<std::string> downloaded(std::string_view name);

}  // namespace latentscape
