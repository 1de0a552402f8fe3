// dynamodb-log put-event: puts an event on a bus.
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/json_fields.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "ddblog/names.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log put-event --source shop --detail-type order --detail '{"id": "42"}'
  dynamodb-log put-event --bus default --source aws.s3 --detail-type 'Object Created' --detail '{}'

Sources that begin with "aws." are reserved for AWS. The offline cloud accepts them from this command.)";

constexpr const char* kInsteadOfAwsSources = "events whose source begins with \"aws.\" come from AWS's own services";

struct Flags {
  ConnectionFlags connection;
  std::string bus{names::kBus};
  std::string source, detail_type;
  std::string detail = "{}";
  std::vector<std::string> resources;
  std::string time;
};

json::object entryOf(const Flags& flags) {
  if (!isJsonObject(flags.detail)) throw std::invalid_argument("--detail must be a JSON object");
  json::object entry{{"EventBusName", flags.bus},
                     {"Source", flags.source},
                     {"DetailType", flags.detail_type},
                     {"Detail", flags.detail}};
  if (!flags.time.empty()) {
    try {
      entry["Time"] = toEpochSeconds(fromIso8601(flags.time));
    } catch (const std::invalid_argument& e) {
      throw std::invalid_argument(std::string("--time is not a time: ") + e.what());
    }
  }
  json::array resources;
  for (const std::string& resource : flags.resources) resources.emplace_back(resource);
  if (!resources.empty()) entry["Resources"] = std::move(resources);
  return entry;
}

std::string send(const Flags& flags, const std::string& request) {
  if (flags.source.starts_with("aws.")) {
    return LocalCloud(flags.connection, kInsteadOfAwsSources).send("POST", "/_local/events", {}, request).body;
  }
  return connectAs(flags.connection)->call(Api::kEventBridge, "PutEvents", request);
}

int putEvent(const Flags& flags) {
  const std::string request = json::serialize(json::object{{"Entries", json::array{entryOf(flags)}}});
  confirmStage(flags.connection, "put-event");
  const json::value answer = parseJson(send(flags, request));
  const json::object& entry = answer.at("Entries").at(0).as_object();
  if (const std::string code = textOf(entry, "ErrorCode"); !code.empty()) {
    throw std::runtime_error("The event was rejected: " + code + ": " + textOf(entry, "ErrorMessage"));
  }
  std::cout << printable(textOf(entry, "EventId")) << std::endl;
  return kOk;
}

}  // namespace

void addPutEvent(Command& program) {
  Command command = program.subcommand("put-event", "Put an event on a bus, and print its id");
  auto flags = std::make_shared<Flags>();
  command.option("--source SOURCE", flags->source, "The event's source", Need::kRequired);
  command.option("--detail-type TYPE", flags->detail_type, "The event's detail type", Need::kRequired);
  command.option("--detail JSON", flags->detail, "The event's detail, a JSON object");
  command.option("--bus NAME", flags->bus, "The bus");
  command.list("--resource ARN", flags->resources, "A resource of the event; repeatable");
  command.option("--time TIME", flags->time, "The event's time, ISO 8601 (default: now)");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return putEvent(*flags); });
}

}  // namespace ddblog::cli
