// dynamodb-log init DIRECTORY --lang LANGUAGE: a new project that runs at once.
#include <iostream>

#include "cli/command_line.h"
#include "cli/new_project.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/shell_words.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log init shop --lang node
  dynamodb-log init shop --lang python && cd shop && dynamodb-log offline

Writes a template, a function that builds a read model, a test and a README. For Node.js and Python it also writes the
library, so nothing is downloaded. A project in C++ needs the installed library (find_package(ddblog)).)";

struct Flags {
  std::string directory;
  std::string language;
};

const char* testCommand(const std::string& language) {
  if (language == "node") return "npm test";
  if (language == "python") return "pytest                                    (pip install boto3 pytest)";
  return "ctest --test-dir build";
}

int init(const Flags& flags) {
  for (const std::string& file : makeProject(flags.directory, flags.language)) {
    std::cout << printable(file) << '\n';
  }
  std::cerr << "Go on with:\n  cd " << shellWords({flags.directory}) << '\n';
  if (flags.language == "cpp") std::cerr << "  cmake -B build && cmake --build build\n";
  std::cerr << "  dynamodb-log offline\n  " << testCommand(flags.language) << '\n';
  std::cout.flush();
  return kOk;
}

}  // namespace

void addInit(Command& program) {
  Command command = program.subcommand("init", "Make a new project that runs at once");
  auto flags = std::make_shared<Flags>();
  command.argument("DIRECTORY", flags->directory, "Where to write it: a new directory, or an empty one");
  command.choice("--lang,-l cpp|node|python", flags->language, {"cpp", "node", "python"},
                 "The language of its functions", Need::kRequired);
  command.examples(kExamples);
  command.runs([flags] { return init(*flags); });
}

}  // namespace ddblog::cli
