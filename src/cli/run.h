// The program: reads the command line, runs the subcommand, and reports an error as one line on
// standard error and an exit status (terminal/exit_report.h).
#pragma once

namespace ddblog::cli {

// Returns the program's exit status (terminal/exit_status.h).
int run(int argc, char** argv);

}  // namespace ddblog::cli
