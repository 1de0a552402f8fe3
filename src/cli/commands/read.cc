// dynamodb-log read LOG ID: prints a stream's events.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/connection.h"
#include "cli/subcommands.h"
#include "cli/terminal/exit_status.h"
#include "ddblog/event_log.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log read users 42
  dynamodb-log read users 42 --from 3 | jq .payload

A stream that does not exist has no events: nothing is printed.)";

struct Flags {
  ConnectionFlags connection;
  std::string log, id;
  std::uint64_t from = 1;
};

int read(const Flags& flags) {
  EventLog log(connectAs(flags.connection), logTableName(flags.connection.stage));
  log.read(flags.log, flags.id, flags.from, [](const Event& event) {
    std::cout << toJson(event) << '\n';
    return std::cout.good();  // whoever reads it may have gone
  });
  std::cout.flush();
  return kOk;
}

}  // namespace

Run addRead(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("LOG", flags->log, "The log: users")->required();
  command.add_option("ID", flags->id, "What the events are about: 42")->required();
  command.add_option("--from", flags->from, "The first version to print")->capture_default_str();
  addConnectionFlags(command, flags->connection);
  command.footer(kExamples);
  return [flags] { return read(*flags); };
}

}  // namespace ddblog::cli
