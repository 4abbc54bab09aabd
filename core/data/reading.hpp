// Reading: what a person chooses where a file or folder leaves a choice; built-in data leaves none.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace latentscape {

enum class ImageFit { crop, letterbox };          // to a square: its middle, or all of it between black bars
enum class ImageColour { automatic, grey, rgb };  // automatic: grey where every image is
enum class MissingValues { impute, drop };        // of a table: the train rows' mean or commonest category, or the row is left out
enum class Standardise { automatic, yes, no };    // numbers of tables: automatic leaves arrays that are in 0 to 1, or pixels, on one scale

inline constexpr size_t kMostImageSize = 4096;
inline constexpr size_t kMostWords = 1'000'000;
inline constexpr std::string_view kNoLabel = "none";  // in place of a label's name: no column is the label

struct Reading {
  size_t size = 0;  // images: the side of the square that each is brought to; 0: as they are, all of one size
  ImageFit fit = ImageFit::crop;
  ImageColour colour = ImageColour::automatic;
  std::string label;  // tables, texts: the column of classes; empty: one called label, class or target; any data: kNoLabel
  MissingValues missing = MissingValues::impute;
  std::vector<std::string> leave_out;  // tables: columns that are not trained on; they are there to colour by
  std::string text;     // tables of texts: their column; empty: one called text, sentence, review, ..., else the one of the longest cells
  size_t words = 2000;  // texts: how many words are counted, those of the most train texts
  double common = 0.5;  // texts: words of more than this share of the train texts say nothing and are not among them; 1: all may be
  Standardise standardise = Standardise::automatic;
  bool operator==(const Reading&) const = default;
};

/// In the order of the values, as --set and run.json have them.
inline constexpr std::array<std::string_view, 2> kFitNames = {"crop", "letterbox"};
inline constexpr std::array<std::string_view, 3> kColourNames = {"auto", "grey", "rgb"};
inline constexpr std::array<std::string_view, 2> kMissingNames = {"impute", "drop"};
inline constexpr std::array<std::string_view, 3> kStandardiseNames = {"auto", "yes", "no"};

}  // namespace latentscape
