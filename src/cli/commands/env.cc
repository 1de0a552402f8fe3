// dynamodb-log env: the environment variables with which every AWS client in this shell finds the offline cloud.
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/options/access_keys.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/shell_words.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"~(Examples:
  eval "$(dynamodb-log env)"                      bash, zsh and sh
  dynamodb-log env --shell fish | source          fish
  eval "$(dynamodb-log env --unset)"              removes the variables again

Prints the endpoint and the region of the running offline cloud, and an access key: one of
DYNAMODB_LOG_ACCESS_KEYS if that is set, or else a dummy, which a cloud without access keys accepts.)~";

struct Flags {
  ConnectionFlags connection;
  std::string shell;
  bool unset = false;
};

using Variables = std::vector<std::pair<std::string, std::string>>;

// In single quotes, fish takes a backslash before a quote and a backslash as an escape, which the other shells do not.
std::string fishWord(const std::string& value) {
  std::string word = "'";
  for (const char c : value) word += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
  return word + "'";
}

std::string shellOf(const Flags& flags) {
  if (!flags.shell.empty()) return flags.shell;
  const char* const shell = std::getenv("SHELL");
  return shell && std::string(shell).ends_with("fish") ? "fish" : "bash";
}

Variables variablesOf(const LocalCloud& cloud) {
  std::string id = "local", secret = "local";
  const auto keys = accessKeysOf({}, {}, std::getenv(kAccessKeysVariable));
  if (!keys.empty()) std::tie(id, secret) = *keys.begin();
  return {{"AWS_ENDPOINT_URL", cloud.url()},
          {"AWS_REGION", cloud.region()},
          {"AWS_DEFAULT_REGION", cloud.region()},
          {"AWS_ACCESS_KEY_ID", id},
          {"AWS_SECRET_ACCESS_KEY", secret}};
}

int env(const Flags& flags) {
  const LocalCloud cloud(flags.connection, "`aws configure export-credentials --format env`");
  const bool is_fish = shellOf(flags) == "fish";
  if (!flags.unset && !cloud.runId()) throw NotReachable("No offline cloud answers at " + cloud.url());
  for (const auto& [name, value] : variablesOf(cloud)) {
    if (flags.unset) {
      std::cout << (is_fish ? "set -e " : "unset ") << name << '\n';
    } else if (is_fish) {
      std::cout << "set -gx " << name << ' ' << fishWord(value) << '\n';
    } else {
      std::cout << "export " << name << '=' << shellWords({value}) << '\n';
    }
  }
  // A token that the shell has belongs to other keys: clients would send it to the offline cloud.
  if (!flags.unset) std::cout << (is_fish ? "set -e " : "unset ") << "AWS_SESSION_TOKEN\n";
  std::cout.flush();
  return kOk;
}

}  // namespace

void addEnv(Command& program) {
  Command command = program.subcommand("env", "Print variables with which AWS clients find the offline cloud");
  auto flags = std::make_shared<Flags>();
  command.choice("--shell bash|zsh|fish", flags->shell, {"bash", "zsh", "fish"},
                 "Whose syntax to use (default: that of $SHELL)");
  command.flag("--unset", flags->unset, "Print commands that remove the variables");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return env(*flags); });
}

}  // namespace ddblog::cli
