// dynamodb-log trace LOG ID VERSION: the path of one event through the offline cloud; in AWS as far as it can be known.
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include "aws/json_response.h"
#include "aws/sigv4.h"
#include "base/json.h"
#include "cli/aws_trace/aws_trace.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/options/duration_text.h"
#include "cli/output/trace_tree.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/screen.h"
#include "ddblog/names.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log trace users 42 3
  dynamodb-log trace users 42 3 -o json | jq .causedBy
  dynamodb-log trace users 42 3 --stage dev --window 1h --queues

Shows the event's record in the table's stream, what the trigger put on the bus, the rules that match and why
the others do not, each attempt of each function with its time, log lines and error, and what it wrote. The
offline cloud keeps the last 50,000 steps in memory, and failures and slow attempts for longer.

AWS keeps no such record. There it shows what can be known afterwards: the event and those beside it, the rules
and archives as they are now, what the functions' logs say of the event (CloudWatch Logs, from the append on for
--window), and the read model. --queues also looks for the event in the queues of failures: each message that it
sees is hidden from others for ten seconds, and counts as received once more. Lines with ? say what is unknown.)";

constexpr std::int64_t kMostVersion = 9'007'199'254'740'991;  // ours: JavaScript's largest whole number

struct Flags {
  ConnectionFlags connection;
  std::string log, id;
  std::uint64_t version = 0;
  std::string bus{names::kBus};
  std::string window = "15m";
  bool queues = false;
  std::string output = "text";
};

// Whether the stage is not one of an offline cloud, which traces itself.
bool isInAws(const ConnectionFlags& connection) {
  if (connection.stage == "local") return false;
  if (eventBridgeUrl(connection).find(".amazonaws.com") != std::string::npos) return true;
  return !LocalCloud(connection, "--stage NAME").isOfflineCloud();
}

std::string traceOfCloud(const Flags& flags) {
  if (flags.queues) {
    throw std::invalid_argument("--queues is for stages in AWS: the offline cloud's trace shows queues without it");
  }
  const std::string path = "/_local/traces/" + aws::percentEncode(flags.log) + "/" + aws::percentEncode(flags.id) +
                           "/" + std::to_string(flags.version);
  return LocalCloud(flags.connection, "--stage NAME").send("GET", path).body;
}

std::string traceOfAws(const Flags& flags) {
  const auto window = parseDuration(flags.window);
  if (!window || *window <= Duration(0)) {
    throw std::invalid_argument("--window must be a duration like 30s, 10m, 2h or 1d, not '" + flags.window + "'");
  }
  return json::serialize(traceInAws({.connection = flags.connection,
                                     .log = flags.log,
                                     .id = flags.id,
                                     .version = flags.version,
                                     .bus = flags.bus,
                                     .window = *window,
                                     .looks_in_queues = flags.queues}));
}

int trace(const Flags& flags) {
  if (flags.queues) confirmStage(flags.connection, "trace --queues");  // it receives messages
  const std::string body = isInAws(flags.connection) ? traceOfAws(flags) : traceOfCloud(flags);
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
  command.option("--event-bus NAME", flags->bus, "In AWS: the bus that the trigger puts events on");
  command.option("--window DURATION", flags->window, "In AWS: how long after the append logs are searched: 30s, 2h");
  command.flag("--queues", flags->queues, "In AWS: look into the queues of failures, too");
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "How to print");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return trace(*flags); });
}

}  // namespace ddblog::cli
