// The program: reads the command line, runs the subcommand, and turns what it throws into one line
// on standard error and an exit status (ending.h).
#pragma once

namespace ddblog::cli {

// Returns the program's exit status (exit_status.h).
int run(int argc, char** argv);

}  // namespace ddblog::cli
