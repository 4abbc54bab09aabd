// Fields of RunConfig's numbers: what may be typed is what --set takes.
#pragma once

#include <fmt/format.h>

#include <cstdlib>

#include "app/gui/widgets.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// What core says of a value of RunConfig: the limits of --set are those of the fields.
inline ui::TypedCheck limits_of(const char* key) {
  return [key](const std::string& typed) {
    RunConfig any;
    return set_value(any, key, typed);
  };
}

/// What was typed, or what is meant by the slider's place: three digits, not the nearest float.
inline double meant(const std::optional<double>& typed, float value) {
  return typed ? *typed : std::strtod(fmt::format("{:.3g}", value).c_str(), nullptr);
}

}  // namespace latentscape
