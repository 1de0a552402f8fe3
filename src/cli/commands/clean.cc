// dynamodb-log clean: removes the offline cloud's data directory.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/data_directory.h"
#include "cli/subcommands.h"
#include "cli/terminal/confirm.h"
#include "cli/terminal/exit_status.h"
#include "snapshots/data_directory.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log clean
  dynamodb-log clean --data /tmp/try --yes

Tables, events, archive and pending deliveries are gone after that.)";

struct Flags {
  std::string directory = kDefaultDataDirectory;
  bool yes = false;
};

int clean(const Flags& flags) {
  snapshots::checkDataDirectory(flags.directory);
  const std::string question = "Remove " + flags.directory + " with all tables, events and the archive in it?";
  if (!flags.yes && !confirm(question, "clean")) {
    std::cout << "Nothing was removed." << std::endl;
    return kFailure;
  }
  snapshots::removeDataDirectory(flags.directory);
  std::cout << flags.directory << " is removed." << std::endl;
  return kOk;
}

}  // namespace

Run addClean(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("--data", flags->directory, "The data directory")->capture_default_str();
  command.add_flag("--yes,-y", flags->yes, "Do not ask");
  command.footer(kExamples);
  return [flags] { return clean(*flags); };
}

}  // namespace ddblog::cli
