// dynamodb-log functions: the functions of the offline cloud, or of a stage's stack in AWS.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "aws/json_response.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/options/stack_flags.h"
#include "cli/query/output_format.h"
#include "cli/stack_statuses.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/screen.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log functions
  dynamodb-log functions -o json | jq -r '.[].name'
  dynamodb-log functions --stage dev

"sources" are the tables' streams and the queues that event source mappings read for the function, with the mapping's
state if it is not Enabled. `dynamodb-log status` shows which rules invoke the function. The offline cloud also counts
the invocations, errors and throttles of each function.)";

constexpr std::array<const char*, 3> kCounts = {"invocations", "errors", "throttles"};

struct Flags {
  ConnectionFlags connection;
  std::string template_file;
  std::string stack_name;
  std::string output;
};

// By function: "users-logs, orders-queue (Disabled)".
std::map<std::string, std::string> sourcesOf(const std::vector<deploy::ResourceStatus>& resources) {
  constexpr std::string_view kArrow = " -> ";
  std::map<std::string, std::string> sources;
  for (const deploy::ResourceStatus& one : resources) {
    const std::size_t arrow = one.name.find(kArrow);
    if (one.kind != "mapping" || arrow == std::string::npos) continue;
    std::string& text = sources[one.name.substr(arrow + kArrow.size())];
    text += (text.empty() ? "" : ", ") + one.name.substr(0, arrow);
    if (one.state != "Enabled") text += " (" + one.state + ")";
  }
  return sources;
}

// The members of GET /_local/functions that are shown, by function. Empty: in AWS, where CloudWatch counts, and of a
// cloud that does not count.
std::map<std::string, json::object> countsAt(const ConnectionFlags& connection) {
  std::map<std::string, json::object> counts;
  if (connection.stage != "local") return counts;
  try {
    const LocalCloud cloud(connection, "--stage NAME");
    const json::object answer = aws::parseResponse(cloud.send("GET", "/_local/functions").body);
    for (const json::value& one : answer.at("functions").as_array()) {
      json::object& shown = counts[textOf(one.as_object(), "name")];
      for (const char* name : kCounts) {
        const json::value* count = memberOf(one.as_object(), name);
        if (count) shown[name] = json::object{{"N", json::serialize(*count)}};
      }
    }
  } catch (const ServiceError& error) {
    if (error.status() != 404) throw;  // an older cloud
  }
  return counts;
}

int functions(const Flags& flags) {
  const std::vector<deploy::ResourceStatus> resources =
      statusesAt(flags.connection, flags.template_file, flags.stack_name).resources;
  const std::map<std::string, std::string> sources = sourcesOf(resources);
  const std::map<std::string, json::object> counts = countsAt(flags.connection);
  std::vector<std::string> columns = {"name", "runtime", "state", "sources"};
  if (!counts.empty()) columns.insert(columns.end(), kCounts.begin(), kCounts.end());
  ItemOutput output(std::cout, outputFormat(flags.output), columns, screenOf(STDOUT_FILENO).width);
  for (const deploy::ResourceStatus& one : resources) {
    if (one.kind != "function") continue;
    const auto found = sources.find(one.name);
    json::object row{{"name", {{"S", one.name}}},
                     {"runtime", {{"S", one.detail}}},
                     {"state", {{"S", one.state}}},
                     {"sources", {{"S", found == sources.end() ? "" : found->second}}}};
    if (const auto counted = counts.find(one.name); counted != counts.end()) {
      row.insert(counted->second.begin(), counted->second.end());
    }
    output.add(row);
  }
  output.finish();
  if (output.count() == 0) std::cerr << "There are no functions." << std::endl;
  return kOk;
}

}  // namespace

void addFunctions(Command& program) {
  Command command = program.subcommand("functions", "List the functions: runtime, state and event sources");
  auto flags = std::make_shared<Flags>();
  addStackNameFlags(command, flags->template_file, flags->stack_name);
  addOutputOption(command, flags->output, "table on a terminal, jsonl elsewhere");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return functions(*flags); });
}

}  // namespace ddblog::cli
