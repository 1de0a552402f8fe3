// The subcommands: one file each, and this table of them.
//
// A subcommand is a function that declares its options on its part of the command line and returns
// what runs it. What that throws becomes one line on standard error and an exit status (see run.h).
#pragma once

#include <functional>
#include <span>
#include <string>

namespace CLI {
class App;
}

namespace ddblog::cli {

using Run = std::function<int()>;  // returns an ExitStatus

struct Subcommand {
  std::string name;
  std::string description;
  Run (*add)(CLI::App& command);
  bool hidden = false;  // not shown by --help: for programs, not for people
};

Run addAppend(CLI::App& command);
Run addClean(CLI::App& command);
Run addExport(CLI::App& command);
Run addFakeData(CLI::App& command);
Run addImport(CLI::App& command);
Run addOffline(CLI::App& command);
Run addRead(CLI::App& command);
Run addReplay(CLI::App& command);
Run addSnapshot(CLI::App& command);
Run addTrigger(CLI::App& command);
Run addTry(CLI::App& command);

// In the order in which --help shows them.
std::span<const Subcommand> subcommands();

}  // namespace ddblog::cli
