// dynamodb-log append LOG ID TYPE PAYLOAD: appends one event.
#include <charconv>
#include <iostream>
#include <iterator>

#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "ddblog/event_log.h"
#include "ddblog/payload.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log append users 42 signup '{"name": "Ada", "email": "ada@localhost"}' --expect none
  dynamodb-log append users 42 addPhoneNumber '{"phoneNumber": "+46 70 123 45 67"}' --expect 1
  echo '{"long": 18.068581, "lat": 59.329323}' | dynamodb-log append users 42 addLocation -

Prints the event's log, id and version; -o text prints "users 42: version 1".
Numbers in the payload keep every digit (up to 38).)";

struct Flags {
  ConnectionFlags connection;
  std::string log, id, type, payload, metadata, event_id;
  std::string expected = "any";
  std::string output = "json";
};

Expected parseExpected(const std::string& text) {
  if (text == "any") return Expected::any();
  if (text == "none") return Expected::none();
  if (text == "exists") return Expected::exists();
  std::uint64_t version = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || rest != text.data() + text.size()) {
    throw std::invalid_argument("--expect must be a version (0, 1, 2 …), \"none\", \"exists\" or \"any\", not \"" +
                                text + "\"");
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
  const std::uint64_t version = log.append(flags.log, flags.id, event, expected).version;
  if (flags.output == "text") {
    std::cout << printable(flags.log + " " + flags.id) << ": version " << version << std::endl;
  } else {
    std::cout << "{\"log\":" << quoteJson(flags.log) << ",\"id\":" << quoteJson(flags.id) << ",\"version\":" << version
              << "}" << std::endl;
  }
  return kOk;
}

}  // namespace

void addAppend(Command& program) {
  Command command = program.subcommand("append", "Append an event to a stream of the log");
  auto flags = std::make_shared<Flags>();
  command.argument("LOG", flags->log, "The log's name: users");
  command.argument("ID", flags->id, "The id of the stream: 42");
  command.argument("TYPE", flags->type, "The event's type: signup");
  command.argument("PAYLOAD", flags->payload, "A JSON object; \"-\" reads it from standard input");
  command.option("--expect VERSION", flags->expected, "The stream's current version: a number, none, exists or any");
  command.option("--metadata JSON", flags->metadata, "A JSON object: correlationId, causationId …");
  command.option("--event-id ID", flags->event_id, "The event's id (default: a new UUID)");
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "How to print the result");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return append(*flags); });
}

}  // namespace ddblog::cli
