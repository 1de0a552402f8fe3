// The interactive way: `dynamodb-log` on a terminal, without arguments. It shows what one can do
// (tasks.h), asks what the chosen command needs, shows the command, and runs it. Until q or Ctrl-D.
//
// Thread safety: none.
#pragma once

#include "cli/command_line.h"

namespace ddblog::cli {

// `program`: with what the user has configured. On standard input and output, which must be a terminal. Returns an ExitStatus.
int runMenu(const Command& program);

}  // namespace ddblog::cli
