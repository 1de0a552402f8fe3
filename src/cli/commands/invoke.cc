// dynamodb-log invoke NAME: invokes a function with an event, and prints its result and its log.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "aws/json_response.h"
#include "base/files.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "cli/bus_rules.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/function_client.h"
#include "cli/output/failure_text.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log invoke orders --event event.json
  echo '{"detail": {"log": "orders"}}' | dynamodb-log invoke orders --event -
  dynamodb-log invoke orders --last               with the event that it got last
  dynamodb-log invoke orders --stage dev --event event.json

Prints the function's result, and on standard error the end of its log (4 KB at most) and its error. In AWS, give the
function's name there (`dynamodb-log functions --stage dev` lists them). Exit status 1: the function failed.)";

constexpr std::size_t kMostEventBytes = 6u << 20;  // Lambda's limit of a synchronous invocation

constexpr const char* kLookedAt = "100";  // ours: the newest attempts of the function

struct Flags {
  ConnectionFlags connection;
  std::string function;
  std::string event_file;
  bool last = false;
};

std::string readEvent(const std::string& file) {
  try {
    if (file != "-") return readFile(file, kMostEventBytes);
    std::string event(kMostEventBytes + 1, '\0');
    std::cin.read(event.data(), static_cast<std::streamsize>(event.size()));
    event.resize(static_cast<std::size_t>(std::cin.gcount()));
    if (event.size() > kMostEventBytes) throw std::runtime_error("standard input has more than 6 MiB");
    return event;
  } catch (const std::exception& error) {
    throw std::invalid_argument("--event: " + std::string(error.what()));
  }
}

// The payload of the newest failure of the function that the offline cloud keeps; std::nullopt: there is none.
std::optional<std::string> lastFailedEvent(const LocalCloud& cloud, const std::string& function) {
  const json::object page =
      aws::parseResponse(cloud.send("GET", "/_local/failures", {{"limit", "1"}, {"function", function}}).body);
  const json::array& failures = page.at("failures").as_array();
  if (failures.empty()) return std::nullopt;
  const std::string id = textOf(failures.front().as_object(), "id");
  return failurePayload(cloud.send("GET", "/_local/failures/" + id).body);
}

// Whether the rule's target gives the function something else than the event, or may have.
bool changesInput(Transport& events, const json::object& delivery, const std::string& function) {
  const std::string rule = textOf(delivery, "rule");
  try {
    for (const json::object& target : targetsOfRule(events, textOf(delivery, "bus"), rule)) {
      if (textOf(target, "Arn") != textOf(delivery, "target") || !changesEvent(target)) continue;
      std::cerr << "The rule " << printable(rule) << " changes the event before it gives it to " << printable(function)
                << ": the changed one is not kept." << std::endl;
      return true;
    }
  } catch (const ServiceError& error) {
    if (error.type() != "ResourceNotFoundException") throw;
    std::cerr << "The rule " << printable(rule) << " is gone, so what it gave to " << printable(function)
              << " is not known." << std::endl;
    return true;
  }
  return false;
}

// What the function got last from a rule; std::nullopt: nothing, or it is not kept. Other invocations do not count:
// this command makes such ones.
std::optional<std::string> lastDeliveredEvent(const LocalCloud& cloud, const Flags& flags) {
  const json::object answer =
      aws::parseResponse(cloud.send("GET", "/_local/traces", {{"last", kLookedAt}, {"function", flags.function}}).body);
  for (const json::value& span : answer.at("spans").as_array()) {
    const json::object* delivery = objectOf(span.as_object(), "delivery");
    if (!delivery) continue;
    if (changesInput(*connectAs(flags.connection), *delivery, flags.function)) return std::nullopt;
    return textOf(*delivery, "event");
  }
  return std::nullopt;
}

std::string lastEvent(const Flags& flags) {
  const LocalCloud cloud(flags.connection, "--event with the record of a destination or a dead-letter queue");
  if (auto event = lastDeliveredEvent(cloud, flags)) return *std::move(event);
  if (auto event = lastFailedEvent(cloud, flags.function)) {
    std::cerr << "With the event of the function's last failure: what a rule gave it last is not kept." << std::endl;
    return *std::move(event);
  }
  throw std::runtime_error("The offline cloud keeps no event of the function " + flags.function +
                           ": it keeps what rules gave (up to 8 KiB, until it ends), and failures. Name an event with "
                           "--event FILE.");
}

std::string eventOf(const Flags& flags) {
  if (flags.last && !flags.event_file.empty()) throw std::invalid_argument("either --event or --last, not both");
  if (flags.last) return lastEvent(flags);
  if (flags.event_file.empty()) return "{}";
  const std::string event = readEvent(flags.event_file);
  try {
    parseJson(event);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("the event is not JSON: " + std::string(error.what()));
  }
  return event;
}

void printLog(const std::string& log) {
  std::string line;
  for (const char c : log + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (!line.empty()) std::cerr << printable(line) << '\n';
    line.clear();
  }
  std::cerr.flush();
}

int invoke(const Flags& flags) {
  const std::string event = eventOf(flags);
  confirmStage(flags.connection, "invoke");
  const FunctionResult result = FunctionClient(flags.connection, 1).invoke(flags.function, event);
  printLog(result.log);
  std::cout << (::isatty(STDOUT_FILENO) == 1 ? printable(result.payload) : result.payload) << std::endl;
  if (!result.has_failed) return kOk;
  const std::string error = result.error();
  throw std::runtime_error("The function " + flags.function + " failed" + (error.empty() ? "" : ": " + error));
}

}  // namespace

void addInvoke(Command& program) {
  Command command = program.subcommand("invoke", "Invoke a function, and print its result and its log");
  auto flags = std::make_shared<Flags>();
  command.argument("FUNCTION", flags->function, "The function's name");
  command.option("--event,-e FILE", flags->event_file, "The event, a JSON file; \"-\": standard input (default: {})");
  command.flag("--last", flags->last, "The event that it got last from a rule, or that of its last failure (offline)");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return invoke(*flags); });
}

}  // namespace ddblog::cli
