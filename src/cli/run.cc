#include "cli/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "aws/environment.h"
#include "cli/interactive/menu.h"
#include "cli/options/settings.h"
#include "cli/subcommands.h"
#include "cli/terminal/exit_report.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/log_output.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/screen.h"
#include "cli/version.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr const char* kDescription = "An append-only event log on DynamoDB, and a complete offline cloud for it.";
constexpr const char* kExamples = R"(Examples:
  dynamodb-log offline
  dynamodb-log append users 42 signup '{"name": "Ada", "email": "ada@localhost"}' --expect none
  dynamodb-log read users 42
  dynamodb-log                       on a terminal: asks what you would like to do

Exit status: 0 success, 1 failure, 2 invalid command line, 3 version conflict, 4 endpoint unreachable,
  5 error from the service, 6 data directory in use, 7 invalid configuration, 8 damaged data directory,
  9 the log and the archive differ (verify).)";

// Otherwise a file of the store could get such a number, and what is meant for the terminal.
void openStandardDescriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    [[maybe_unused]] const int opened = ::open("/dev/null", O_RDWR);  // gets the lowest free number: this one
  }
}

// Bounded in time, because a cloud that ends has blocked SIGTERM, and nobody may read its output.
void reportError(const std::string& line) {
  try {
    LogOutput(STDERR_FILENO).print(line);
  } catch (const std::exception&) {
    // There is no standard error, or no thread can be started, which may be what the line says.
    const std::string text = printable(line) + "\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  }
}

// None in a directory that is gone.
Settings settingsOf() {
  std::error_code gone;
  const std::filesystem::path directory = std::filesystem::current_path(gone);
  return gone ? Settings() : readSettings(directory, aws::systemEnvironment());
}

Command described(CommandLine& command_line) {
  Command program = command_line.program();
  program.examples(kExamples);
  addSubcommands(program);
  return program;
}

// Prints --help or --version, if that is what the arguments ask for: both work whatever is configured.
bool printsHelp(int argc, char** argv) {
  CommandLine command_line("dynamodb-log", kDescription, versionLine());
  described(command_line);
  try {
    command_line.parse(argc, argv);
  } catch (const std::invalid_argument&) {
    return false;
  }
  return command_line.hasPrinted();
}

int runWith(Settings settings, int argc, char** argv) {
  CommandLine command_line("dynamodb-log", kDescription, versionLine(), std::move(settings));
  const Command program = described(command_line);
  if (argc == 1 && isTerminal(STDIN_FILENO) && isTerminal(STDOUT_FILENO)) return runMenu(program);
  return command_line.parse(argc, argv)();
}

}  // namespace

int run(int argc, char** argv) {
  openStandardDescriptors();
  try {
    Settings settings;
    try {
      settings = settingsOf();
    } catch (const ConfigurationError&) {
      if (printsHelp(argc, argv)) return kOk;
      throw;
    }
    return runWith(std::move(settings), argc, argv);
  } catch (...) {
    const ExitReport report = exitReportOf(std::current_exception());
    reportError(errorLine(report));
    return report.status;
  }
}

}  // namespace ddblog::cli
