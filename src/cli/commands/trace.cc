// dynamodb-log trace LOG ID VERSION: the path of one event through the offline cloud.
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "aws/json_response.h"
#include "aws/sigv4.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/local_cloud.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/screen.h"
#include "cli/trace_tree.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log trace users 42 3
  dynamodb-log trace users 42 3 -o json | jq .causedBy

Shows the event's record in the table's stream, what the trigger put on the bus, the rules that match and why
the others do not, each attempt of each function with its time, log lines and error, and what it wrote. The
offline cloud keeps the last 50,000 steps in memory, and failures and slow attempts for longer.)";

constexpr std::int64_t kMostVersion = 9'007'199'254'740'991;  // ours: JavaScript's largest whole number

constexpr const char* kInstead = "`logs`, `read` and `rules test`";

struct Flags {
  ConnectionFlags connection;
  std::string log, id;
  std::uint64_t version = 0;
  std::string output = "text";
};

int trace(const Flags& flags) {
  const LocalCloud cloud(flags.connection, kInstead);
  const std::string path = "/_local/traces/" + aws::percentEncode(flags.log) + "/" + aws::percentEncode(flags.id) +
                           "/" + std::to_string(flags.version);
  const std::string body = cloud.send("GET", path).body;
  if (flags.output == "json") {
    std::cout << printableJson(body) << std::endl;
    return kOk;
  }
  drawTrace(std::cout, aws::parseResponse(body), {screenOf(STDOUT_FILENO).width, hasColours(STDOUT_FILENO)});
  std::cout.flush();
  return kOk;
}

}  // namespace

void addTrace(Command& program) {
  Command command =
      program.subcommand("trace", "Show the path of one event, from the table to what its handlers wrote");
  auto flags = std::make_shared<Flags>();
  command.argument("LOG", flags->log, "The log's name: users");
  command.argument("ID", flags->id, "The id of the stream: 42");
  command.number("VERSION", flags->version, "The event's version: 3", {1, kMostVersion}, Need::kRequired);
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "How to print");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return trace(*flags); });
}

}  // namespace ddblog::cli
