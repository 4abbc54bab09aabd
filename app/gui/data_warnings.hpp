// What core says about data, in English and for any front end, said in the window's language and by the names of its own fields.
#pragma once

#include <string>

#include "app/gui/strings.hpp"

namespace latentscape {

/// A sentence of core (Dataset::warnings, the errors of reading) in the window's words; itself where the window has none for it.
std::string told(const Strings& tr, const std::string& sentence);

}  // namespace latentscape
