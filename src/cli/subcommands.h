// The subcommands. Each is one file of commands/, and one line in subcommands.cc.
#pragma once

#include "cli/command_line.h"

namespace ddblog::cli {

// Adds all of them, in the order in which --help lists them.
void addSubcommands(Command& program);

}  // namespace ddblog::cli
