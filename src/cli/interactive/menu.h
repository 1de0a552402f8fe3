// The interactive way: `dynamodb-log` on a terminal, without arguments. It shows what one can do
// (tasks.h), asks what the chosen command needs, shows the command, and runs it. Until q or Ctrl-D.
//
// Thread safety: none.
#pragma once

namespace ddblog::cli {

// On standard input and output, which must be a terminal. Returns an ExitStatus.
int runMenu();

}  // namespace ddblog::cli
