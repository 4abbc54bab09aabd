// What was understood of data that is looked at before training: its kind and why, how much there is, what is odd, and examples.
#pragma once

#include <string>
#include <vector>

#include "app/gui/panel.hpp"
#include "core/session/data_preview.hpp"

namespace latentscape {

/// Into the window that is being drawn.
void draw_understood(PanelContext& c, const DataPreview& preview);

/// `key`.`source` in the strings ("import.kind.table"), else what the source says of itself.
std::string source_words(const PanelContext& c, const char* key, const std::string& source);
/// The names of what reads a file or folder.
std::vector<std::string> path_sources();

}  // namespace latentscape
