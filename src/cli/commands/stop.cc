// dynamodb-log stop: ends an offline cloud that runs on this machine, in the background or in another terminal.
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "aws/json_response.h"
#include "base/json.h"
#include "cli/cloud/data_directory.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/terminal/exit_report.h"
#include "cli/terminal/exit_status.h"
#include "store/directory_lock.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log stop                                        the one with the data directory here
  dynamodb-log stop --data /tmp/try
  dynamodb-log stop --endpoint-url http://localhost:9000

It ends as with Ctrl-C: running invocations get 5 seconds, and nothing is lost. Exit status 4: none runs.)";

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{20};

struct Flags {
  ConnectionFlags connection;
  std::string directory;
  std::string usual_directory = kDefaultDataDirectory;
  int seconds = 60;
};

// Looks until `check` is true; false: it was not in time.
template <class Check>
bool waitFor(const Flags& flags, const Check& check) {
  const Steady::time_point end = Steady::now() + std::chrono::seconds(flags.seconds);
  while (!check()) {
    if (Steady::now() > end) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

int finish(bool has_ended, const std::string& which, const Flags& flags) {
  if (!has_ended) {
    throw std::runtime_error(which + " has not ended within " + std::to_string(flags.seconds) +
                             " seconds, and is still ending.");
  }
  std::cout << which << " has ended." << std::endl;
  return kOk;
}

// Other subcommands lock the directory too: verify, snapshot load, clean.
bool isOfflineCloud(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/cmdline", std::ios::binary);
  if (!in) return true;  // without /proc nobody can tell
  const std::string words(std::istreambuf_iterator<char>(in), {});
  return words.find(std::string("\0offline\0", 9)) != std::string::npos || words.ends_with(std::string("\0offline", 8));
}

bool isGone(pid_t process) {
  if (::kill(process, 0) != 0) return errno == ESRCH;
  return !isOfflineCloud(process);  // another process has the number, or nobody has asked for its status
}

int stopProcess(pid_t process, const Flags& flags) {
  if (process <= 0 || !isOfflineCloud(process)) {
    throw std::runtime_error("The data directory " + flags.directory + " is in use, but not by an offline cloud " +
                             "that this command can see" +
                             (process > 0 ? ": by process " + std::to_string(process) : std::string()) + ".");
  }
  if (::kill(process, SIGTERM) != 0 && errno != ESRCH) {
    throw std::system_error(errno, std::generic_category(),
                            "The offline cloud (process " + std::to_string(process) + ") cannot be ended");
  }
  const bool has_ended = waitFor(flags, [&] {  // a cloud that loads a snapshot lets go of the directory, too
    return holderOf(flags.directory) != process && isGone(process);
  });
  return finish(has_ended, "The offline cloud on " + flags.directory + " (process " + std::to_string(process) + ")",
                flags);
}

// With other words than those for commands that need a cloud.
int reportNone(const std::string& line) {
  std::cerr << errorLine({kNotReachable, line}) << std::endl;
  return kNotReachable;
}

int stopAtEndpoint(const Flags& flags) {
  const LocalCloud cloud(flags.connection, "the console", 1);
  const auto run = cloud.runId();
  if (!run) return reportNone("No offline cloud runs at " + cloud.url() + ".");
  if (flags.connection.endpoint_url.empty()) {
    const json::object described = aws::parseResponse(cloud.send("GET", "/_local/stop").body);
    const std::string other(described.at("data").as_string());
    if (!other.empty()) {  // another project's, perhaps
      return reportNone("No offline cloud uses the data directory here. The one at " + cloud.url() + " uses " + other +
                        ": `dynamodb-log stop --endpoint-url " + cloud.url() + "` ends it.");
    }
  }
  const json::object response = aws::parseResponse(cloud.send("POST", "/_local/stop").body);
  const std::string data(response.at("data").as_string());
  const auto process = static_cast<pid_t>(response.at("process").as_int64());
  const bool has_ended = waitFor(flags, [&] {
    if (cloud.runId() == run) return false;
    return data.empty() || !cloud.isOnThisMachine() || holderOf(data) != process;
  });
  return finish(has_ended, "The offline cloud at " + cloud.url(), flags);
}

int stop(Flags flags) {
  const bool names_directory = !flags.directory.empty();
  if (names_directory && !flags.connection.endpoint_url.empty()) {
    throw std::invalid_argument("either --data or --endpoint-url says which cloud, not both");
  }
  if (!flags.connection.endpoint_url.empty()) return stopAtEndpoint(flags);
  if (!names_directory) flags.directory = flags.usual_directory;
  if (const auto process = holderOf(flags.directory)) return stopProcess(*process, flags);
  if (names_directory) return reportNone("No offline cloud uses the data directory " + flags.directory + ".");
  return stopAtEndpoint(flags);
}

}  // namespace

void addStop(Command& program) {
  Command command = program.subcommand("stop", "End an offline cloud that runs in the background or elsewhere");
  auto flags = std::make_shared<Flags>();
  presetConnection(command, flags->connection);
  flags->connection.stage = "local";  // whatever is configured
  command.preset("data", flags->usual_directory);
  command.option("--data DIRECTORY", flags->directory,
                 "The cloud's data directory (default: " + flags->usual_directory + ", if one uses it)");
  command.option("--endpoint-url URL", flags->connection.endpoint_url,
                 "The cloud's URL (default: as the AWS CLI finds it, or " + flags->connection.offline_endpoint + ")");
  command.number("--timeout SECONDS", flags->seconds, "How long to wait for its end", {1, 3600});
  command.examples(kExamples);
  command.runs([flags] { return stop(*flags); });
}

}  // namespace ddblog::cli
