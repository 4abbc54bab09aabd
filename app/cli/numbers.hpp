// Checks of numbers on the command line: one sentence each, before anything is read.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>

namespace latentscape {

/// "--size is '0', expected a whole number from 1 to 200" where the text is anything else; usage_error of commands.cpp joins the parts.
CLI::Validator whole_number(uint64_t least, uint64_t most);
/// The same for finite numbers.
CLI::Validator finite_number(double least, double most);

}  // namespace latentscape
