// Image files: which there are in a folder, in what order, and what their places and labels.csv say about them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace latentscape {

inline constexpr uint32_t kNoClass = std::numeric_limits<uint32_t>::max();

struct ImageFile {
  std::string path;                 // from the folder on, with '/'
  uint32_t class_index = kNoClass;  // of ImageFiles::classes
  Split split = Split::train;
};

struct ImageFiles {
  std::vector<ImageFile> files;      // train, then held-out, then test; in each by path, byte by byte
  std::vector<std::string> classes;  // in no order; not all have files
  bool splits = false;               // the folder says which are train, held-out and test
  std::vector<std::string> warnings;
};

/// Is it a picture by its name? PNG, JPEG, BMP, GIF, TGA and PSD.
bool is_image_name(const std::filesystem::path& path);

/// Could this be a folder of images? Looks at a few thousand names at most.
bool holds_images(const std::string& folder);

/// PNG, JPEG, BMP, GIF, TGA and PSD by their names, in the folder and all below it, hidden ones left out. Where all sub-folders are called
/// train, test and val (or valid, validation), train among them, these are the splits. A sub-folder of the folder, or of a split, is a
/// class; labels.csv there, with columns `file` and `label`, says more. Errors: not_found (no such folder), corrupt (no images, a
/// labels.csv that cannot be read).
Result<ImageFiles> find_images(const std::string& folder, std::stop_token stop);

}  // namespace latentscape
