// Entry point of `latentscape`, the command line.
#include "app/cli/commands.hpp"

int main(int argc, char** argv) { return latentscape::run_command_line(argc, argv); }
