// Folders whose files are the splits: train.tsv, dev.tsv and test.tsv; packed or not.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.hpp"

namespace latentscape {

struct SplitFile {
  std::filesystem::path path;
  Split split = Split::train;
};

/// Of a folder its train file and, where there are any, those called dev, val, valid, validation or heldout, and test; empty: there is no
/// train file with one of the extensions (".tsv"), with or without ".gz". Of a file with such an extension it alone, as train.
std::vector<SplitFile> split_files(const std::string& path, std::span<const std::string_view> extensions);

/// What data of such a path is called: the folder, or the file without its extensions.
std::string name_of_files(const std::string& path);

}  // namespace latentscape
