// Fetching a public data set over HTTP, once, resumed where it broke off, and checked before it counts.
#pragma once

#include <stop_token>
#include <string>

#include "core/base/log.hpp"
#include "core/data/download_list.hpp"

namespace latentscape {

struct FetchReport {
  std::string folder;       // the set's own
  uint64_t received = 0;    // bytes over the network, now
  size_t files_before = 0;  // that were there already
};

/// Brings the files of a set into `folder`/NAME, from the first mirror that has them whole. What is there is kept; a file gets its name
/// only after its SHA-256 was right; until then it is NAME.part, from which the next call goes on. Progress is that of all files together.
/// An archive of texts becomes train.tsv and test.tsv, and goes.
/// Errors: cancelled; io (no network, no mirror with the file, connection lost, disk full, a folder that cannot be written, another program
/// fetching the same) names each address that was tried and why it failed; corrupt: a wrong checksum, and the file is taken away, or an
/// archive that cannot be unpacked.
Result<FetchReport> fetch(const DownloadSet& set, const std::string& folder, const Progress& progress, std::stop_token stop);

}  // namespace latentscape
