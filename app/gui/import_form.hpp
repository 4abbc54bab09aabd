// ImportForm: how data is to be read that is not trained on yet, as a person chose it, and what is known of it meanwhile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/session/data_preview.hpp"

namespace latentscape {

struct ImportForm {
  RunConfig config;                  // what is asked for; its data is the path
  std::vector<std::string> labels;   // columns that can be the label, as the first look found them
  std::vector<std::string> columns;  // of a table: what it can be trained on, as the last look that found some
  std::optional<ImageSizes> sizes;   // images that differ in size; none: not known to
  bool chose_size = false;           // the form did, not the person

  /// What was learnt. True where the form had to choose something itself: the data is to be read again with it.
  bool take(const DataPreview& preview);
  /// Another kind: what was learnt and chosen for the one before is of no use.
  void choose_kind(std::string kind);
  void choose_size(size_t size);
  /// The texts are in another column: a label that is in it now is not the label.
  void choose_text(std::string column);
  bool leaves_out(const std::string& column) const;
  void leave_out(const std::string& column, bool out);
};

/// Which fields make a difference to what `source` reads.
struct ImportFields {
  bool images = false;  // size, fit, colour
  bool table = false;   // label, missing values
  bool texts = false;   // label, column of texts, words that are counted
};
ImportFields fields_of(const std::string& source);

/// The file or folder that the data itself holds out ("dev.tsv", "val"); empty: held-out rows are drawn by the seed.
std::string own_heldout(const DataPreview& preview);

/// What a path that nothing reads is, as a key of the strings: an empty folder, one picture, ...; empty: something reads it.
std::string unread_path(const DataPreview& preview);

/// A config for the data of an open run, to be read in another way: its data, model family and number of latents.
RunConfig config_to_read_again(const RunConfig& run, const std::string& origin);

/// Does opening `spec` ask how to read it? Files and folders do; built-in and fetched data, runs and what is not there do not.
bool asks_how_to_read(const std::string& spec);
/// The same, but for a set in a form that has nothing to correct: IDX files, as MNIST comes.
bool leaves_choices(const std::string& spec);

}  // namespace latentscape
