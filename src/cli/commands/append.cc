// dynamodb-log append LOG ID TYPE PAYLOAD: appends one event.
#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>
#include <iterator>

#include "cli/connection.h"
#include "cli/subcommands.h"
#include "cli/terminal/exit_status.h"
#include "ddblog/event_log.h"
#include "ddblog/payload.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log append users 42 signup '{"name": "Ada", "email": "ada@localhost"}' --expect none
  dynamodb-log append users 42 addPhoneNumber '{"phoneNumber": "+46 70 123 45 67"}' --expect 1
  echo '{"long": 18.068581, "lat": 59.329323}' | dynamodb-log append users 42 addLocation -

Prints the event's log, id and version. Numbers in the payload keep every digit (38 at most).)";

struct Flags {
  ConnectionFlags connection;
  std::string log, id, type, payload, metadata, event_id;
  std::string expected = "any";
};

Expected parseExpected(const std::string& text) {
  if (text == "any") return Expected::any();
  if (text == "none") return Expected::none();
  std::uint64_t version = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || rest != text.data() + text.size()) {
    throw std::invalid_argument("--expect takes a version (0, 1, 2 …), \"none\" or \"any\", not \"" + text + "\"");
  }
  return Expected::version(version);
}

std::string payloadOf(const Flags& flags) {
  if (flags.payload != "-") return flags.payload;
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

int append(const Flags& flags) {
  const Expected expected = parseExpected(flags.expected);
  EventLog log(connectAs(flags.connection), logTableName(flags.connection.stage));
  const NewEvent event{flags.type, payloadOf(flags), flags.metadata, flags.event_id};
  const std::uint64_t version = log.append(flags.log, flags.id, event, expected);
  std::cout << "{\"log\":" << quoteJson(flags.log) << ",\"id\":" << quoteJson(flags.id) << ",\"version\":" << version
            << "}" << std::endl;
  return kOk;
}

}  // namespace

Run addAppend(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("LOG", flags->log, "The log: users")->required();
  command.add_option("ID", flags->id, "What the event is about: 42")->required();
  command.add_option("TYPE", flags->type, "The event's type: signup")->required();
  command.add_option("PAYLOAD", flags->payload, "A JSON object; \"-\" reads it from standard input")->required();
  command.add_option("--expect", flags->expected, "The stream's version before: N, none or any")->capture_default_str();
  command.add_option("--metadata", flags->metadata, "A JSON object: correlationId, causationId …");
  command.add_option("--event-id", flags->event_id, "The event's own id; default: a new UUID");
  addConnectionFlags(command, flags->connection);
  command.footer(kExamples);
  return [flags] { return append(*flags); };
}

}  // namespace ddblog::cli
