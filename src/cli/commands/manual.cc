// dynamodb-log manual: prints the manual page.
#include <iostream>

#include "cli/command_line.h"
#include "cli/help/manual_page.h"
#include "cli/terminal/exit_status.h"
#include "cli/version.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log manual | man -l -
  dynamodb-log manual > ~/.local/share/man/man1/dynamodb-log.1)";

}  // namespace

void addManual(Command& program) {
  Command command = program.subcommand("manual", "Print the manual page, for man");
  command.examples(kExamples);
  command.runs([program] {
    std::cout << manualPage(program.info(), versionLine()) << std::flush;
    return static_cast<int>(kOk);
  });
}

}  // namespace ddblog::cli
