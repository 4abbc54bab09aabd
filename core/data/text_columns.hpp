// Which column of a table holds texts and which the label; and whether a table is one of texts at all.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/data/reading.hpp"
#include "core/formats/text_table.hpp"

namespace latentscape {

/// Of files of texts, with or without ".gz"; a folder has a train file with one of them.
inline constexpr std::array<std::string_view, 3> kTextExtensions = {".tsv", ".csv", ".txt"};

struct TextColumns {
  bool header = true;              // the first line has the names
  std::vector<std::string> names;  // "column 1", ... without a header
  size_t text = 0;
  std::optional<size_t> label;
  std::string reason;  // why it is taken for texts: "column 'text' holds 19.3 words a row"
};

/// By the names of the columns (text, sentence, review, ...; label, class, sentiment, ...) or those that `reading` asks for, and by how
/// many words their first cells have: sentences in one column, and no more than two others of numbers, are texts. `forced`: a person said
/// so. Errors (unsupported, or not_found for a column that is asked for and is not there) say why it is none.
Result<TextColumns> find_text_columns(const TextCells& cells, const Reading& reading, bool forced);

/// Of a file in a few lines of it. Files that end in .txt are texts. `reason` says why, or why not.
struct TextLook {
  bool text = false;
  std::string reason;
};
TextLook look_for_text(const std::string& path);

/// The names of all columns of a table of texts, or of a folder's train table, in their order; of a text a line, and of what cannot be
/// read, none.
std::vector<std::string> text_column_names(const std::string& spec, const Reading& reading);

}  // namespace latentscape
