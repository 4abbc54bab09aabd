// ASCII letters in lower case, whatever the locale.
#pragma once

#include <string>

namespace latentscape {

inline std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

}  // namespace latentscape
