// dynamodb-log read LOG ID: prints a stream's events.
#include <iostream>

#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/terminal/exit_status.h"
#include "ddblog/event_log.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log read users 42
  dynamodb-log read users 42 --from 3 | jq .payload

Prints nothing if the stream does not exist.)";

struct Flags {
  ConnectionFlags connection;
  std::string log, id;
  std::uint64_t from = 1;
};

int read(const Flags& flags) {
  EventLog log(connectAs(flags.connection), logTableName(flags.connection.stage));
  log.read(flags.log, flags.id, flags.from, [](const Event& event) {
    std::cout << toJson(event) << '\n';
    return std::cout.good();  // the reader may have closed the pipe
  });
  std::cout.flush();
  return kOk;
}

}  // namespace

void addRead(Command& program) {
  Command command = program.subcommand("read", "Print the events of a stream, one JSON object per line");
  auto flags = std::make_shared<Flags>();
  command.argument("LOG", flags->log, "The log's name: users");
  command.argument("ID", flags->id, "The id of the stream: 42");
  command.number("--from VERSION", flags->from, "The first version to print");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return read(*flags); });
}

}  // namespace ddblog::cli
