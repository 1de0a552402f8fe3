// dynamodb-log clean: removes the offline cloud's data directory.
#include <iostream>

#include "cli/command_line.h"
#include "cli/data_directory.h"
#include "cli/terminal/confirm.h"
#include "cli/terminal/exit_status.h"
#include "snapshots/data_directory.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log clean
  dynamodb-log clean --data /tmp/try --yes

This removes all tables, events, the archive and pending deliveries.)";

struct Flags {
  std::string directory = kDefaultDataDirectory;
  bool yes = false;
};

int clean(const Flags& flags) {
  snapshots::checkDataDirectory(flags.directory);
  const std::string question = "Remove " + flags.directory + " with all its tables, events and the archive?";
  if (!flags.yes && !confirm(question, "clean")) {
    std::cout << "Nothing was removed." << std::endl;
    return kFailure;
  }
  snapshots::removeDataDirectory(flags.directory);
  std::cout << flags.directory << " was removed." << std::endl;
  return kOk;
}

}  // namespace

void addClean(Command& program) {
  Command command = program.subcommand("clean", "Remove the offline cloud's data directory");
  auto flags = std::make_shared<Flags>();
  command.option("--data DIRECTORY", flags->directory, "The data directory");
  command.flag("--yes,-y", flags->yes, "Do not ask for confirmation");
  command.examples(kExamples);
  command.runs([flags] { return clean(*flags); });
}

}  // namespace ddblog::cli
