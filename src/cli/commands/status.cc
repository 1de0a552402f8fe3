// dynamodb-log status: what a stage's resources are doing, in AWS or in the offline cloud.
#include <algorithm>
#include <iostream>

#include "aws/json_response.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/options/stack_flags.h"
#include "cli/stack_statuses.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log status                    the offline cloud
  dynamodb-log status --stage dev        the stack in AWS)";

struct Flags {
  ConnectionFlags connection;
  std::string template_file;
  std::string stack_name;
  std::string output = "text";
};

// `failures`: that wait in the offline cloud.
void print(const StageStatus& status, std::uint64_t failures, bool as_json) {
  if (as_json) {
    json::array resources;
    for (const auto& one : status.resources) {
      resources.push_back({{"kind", one.kind}, {"name", one.name}, {"state", one.state}, {"detail", one.detail}});
    }
    std::cout << json::serialize(json::object{{"place", status.place},
                                              {"state", status.state},
                                              {"resources", std::move(resources)},
                                              {"failures", failures}})
              << std::endl;
    return;
  }
  std::cout << printable(status.place + ": " + status.state) << '\n';
  std::size_t names = 0, states = 0;
  for (const auto& one : status.resources) {
    names = std::max(names, one.name.size());
    states = std::max(states, one.state.size());
  }
  for (const auto& [kind, name, state, detail, id] : status.resources) {
    std::string line = "  " + kind + std::string(10 - kind.size(), ' ') + name +
                       std::string(names - name.size() + 2, ' ') + state + std::string(states - state.size() + 2, ' ') +
                       detail;
    while (line.ends_with(' ')) line.pop_back();
    std::cout << printable(line) << '\n';
  }
  if (failures > 0) {
    std::cout << withThousands(failures) << " kept failures (dynamodb-log failures)\n";
  }
  std::cout << std::flush;
}

// Those that nobody has delivered once more.
std::uint64_t waitingFailures(const LocalCloud& cloud) {
  std::uint64_t count = 0;
  std::string before;
  do {
    std::vector<std::pair<std::string, std::string>> query = {{"limit", "1000"}};
    if (!before.empty()) query.emplace_back("before", before);
    const json::object page = aws::parseResponse(cloud.send("GET", "/_local/failures", query).body);
    for (const json::value& failure : page.at("failures").as_array()) {
      if (!failure.as_object().contains("redriven")) ++count;
    }
    const json::value* next = page.if_contains("next");
    before = next ? std::string(next->as_string()) : std::string();
  } while (!before.empty());
  return count;
}

// "12 behind, 1.5 s old"; empty: the mapping is not behind.
std::string backlogText(const json::object& backlog) {
  const json::value* age = backlog.if_contains("age");
  const std::int64_t waiting = backlog.at("waiting").as_int64();
  if (waiting == 0 && !age) return {};
  std::string text = withThousands(static_cast<std::uint64_t>(waiting));
  text += backlog.at("orMore").as_bool() ? " or more behind" : " behind";
  if (age) {
    const std::int64_t tenths = age->as_int64() / 100;
    text += ", " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s old";
  }
  return text;
}

// Says of the mappings how far they are behind.
void addBacklogs(const LocalCloud& cloud, std::vector<deploy::ResourceStatus>& resources) {
  const json::object response = aws::parseResponse(cloud.send("GET", "/_local/mappings").body);
  for (const json::value& value : response.at("mappings").as_array()) {
    const json::object& backlog = value.as_object();
    const std::string uuid(backlog.at("uuid").as_string());
    const auto found = std::ranges::find(resources, uuid, &deploy::ResourceStatus::id);
    const std::string text = backlogText(backlog);
    if (found == resources.end() || text.empty()) continue;
    found->detail += (found->detail.empty() ? "" : ", ") + text;
  }
}

int showStatus(const Flags& flags) {
  StageStatus status = statusesAt(flags.connection, flags.template_file, flags.stack_name);
  std::uint64_t failures = 0;
  if (flags.connection.stage == "local") {
    const LocalCloud cloud(flags.connection, "--stage NAME");
    failures = waitingFailures(cloud);
    addBacklogs(cloud, status.resources);
  }
  print(status, failures, flags.output == "json");
  return kOk;
}

}  // namespace

void addStatus(Command& program) {
  Command command = program.subcommand("status", "Show what a stage's tables, functions, mappings and rules are doing");
  auto flags = std::make_shared<Flags>();
  addStackNameFlags(command, flags->template_file, flags->stack_name);
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "How to print");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return showStatus(*flags); });
}

}  // namespace ddblog::cli
