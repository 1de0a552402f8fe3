#include "cli/run.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "cli/subcommands.h"
#include "cli/terminal/ending.h"
#include "cli/terminal/exit_status.h"

namespace ddblog::cli {
namespace {

constexpr const char* kVersion = "dynamodb-log " DDBLOG_VERSION;  // of CMakeLists.txt

constexpr const char* kExamples = R"(Examples:
  dynamodb-log offline
  dynamodb-log append users 42 signup '{"name": "Ada", "email": "ada@localhost"}' --expect none
  dynamodb-log read users 42

Exit status: 0 success, 1 failure, 2 wrong command line, 3 version conflict, 4 endpoint not reachable,
  5 refused by the service, 6 data directory in use, 7 wrong configuration.)";

int report(const Ending& ending) {
  std::cerr << "dynamodb-log: " << oneLine(ending.line) << std::endl;
  return ending.status;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App program("An append-only event log on DynamoDB, and a complete offline cloud for it.", "dynamodb-log");
  program.set_version_flag("--version", kVersion);
  program.footer(kExamples);
  program.require_subcommand(1);
  std::map<const CLI::App*, Run> runs;
  for (const Subcommand& subcommand : subcommands()) {
    CLI::App* command = program.add_subcommand(subcommand.name, subcommand.description);
    if (subcommand.hidden) command->group("");
    runs[command] = subcommand.add(*command);
  }
  try {
    program.parse(argc, argv);
    return runs.at(program.get_subcommands().front())();
  } catch (const CLI::Success& e) {  // --help, --version
    return program.exit(e);
  } catch (const CLI::ParseError& e) {
    return report({kUsage, oneLine(e.what()) + ". Run with --help for how to use it."});
  } catch (...) {
    return report(endingOf(std::current_exception()));
  }
}

}  // namespace ddblog::cli
