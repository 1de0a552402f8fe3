// dynamodb-log completion: prints a script with which a shell completes subcommands and options.
#include <iostream>

#include "cli/command_line.h"
#include "cli/help/completion_scripts.h"
#include "cli/terminal/exit_status.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  source <(dynamodb-log completion bash)             in ~/.bashrc
  source <(dynamodb-log completion zsh)              in ~/.zshrc, after compinit
  dynamodb-log completion fish | source              in ~/.config/fish/config.fish)";

}  // namespace

void addCompletion(Command& program) {
  Command command = program.subcommand("completion", "Print a script that lets a shell complete what you type");
  command.examples(kExamples);
  const auto add = [&](const char* shell, std::string (*script)(const CommandInfo&)) {
    command.subcommand(shell, std::string("The script for ") + shell).runs([program, script] {
      std::cout << script(program.info()) << std::flush;
      return static_cast<int>(kOk);
    });
  };
  add("bash", bashCompletion);
  add("zsh", zshCompletion);
  add("fish", fishCompletion);
}

}  // namespace ddblog::cli
