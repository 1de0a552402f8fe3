// dynamodb-log status: what a stage's resources are doing, in AWS or in the offline cloud.
#include <algorithm>
#include <iostream>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/local_cloud.h"
#include "cli/stack_flags.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "clients/cpp/src/library_errors.h"
#include "deploy/aws/resource_status.h"
#include "deploy/aws/stack.h"

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

struct Status {
  std::string place;  // "users-dev in eu-north-1"
  std::string state;
  std::vector<deploy::ResourceStatus> resources;
  std::uint64_t failures = 0;  // that wait in the offline cloud
};

void print(const Status& status, bool as_json) {
  if (as_json) {
    json::array resources;
    for (const auto& one : status.resources) {
      resources.push_back({{"kind", one.kind}, {"name", one.name}, {"state", one.state}, {"detail", one.detail}});
    }
    std::cout << json::serialize(json::object{{"place", status.place},
                                              {"state", status.state},
                                              {"resources", std::move(resources)},
                                              {"failures", status.failures}})
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
  if (status.failures > 0) {
    std::cout << withThousands(status.failures) << " kept failures (dynamodb-log failures)\n";
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

int statusOfCloud(const Flags& flags) {
  const LocalCloud cloud(flags.connection, "--stage NAME");
  AdjustableClock clock;
  Ids ids;
  aws::Session session(
      {.endpoint_url = cloud.url(), .region = flags.connection.region, .profile = flags.connection.profile}, clock,
      ids);
  Status status{"the offline cloud at " + cloud.url(), "running", {}, waitingFailures(cloud)};
  status.resources = withLibraryErrors([&] { return deploy::ResourceStatuses(session).ofEverything(); });
  addBacklogs(cloud, status.resources);
  print(status, flags.output == "json");
  return kOk;
}

int statusOfStack(const Flags& flags) {
  const StackFlags stack = stackAt(flags.connection, flags.template_file, flags.stack_name);
  const std::string name = stackNameOf(stack);
  return withAws(stack, [&](aws::Session& session, Ids&) {
    const aws::QueryClient stacks(session, aws::kCloudFormation);
    const auto found = deploy::findStack(stacks, name);
    const std::string& region = stacks.endpoint().region;
    if (!found) throw std::runtime_error("There is no stack " + name + " in " + region + ".");
    Status status{found->name + " in " + region, found->status, {}, 0};
    if (!found->status_reason.empty()) status.state += " (" + found->status_reason + ")";
    status.resources = deploy::ResourceStatuses(session).of(deploy::stackResources(stacks, found->id));
    print(status, flags.output == "json");
    return kOk;
  });
}

}  // namespace

void addStatus(Command& program) {
  Command command = program.subcommand("status", "Show what a stage's tables, functions, mappings and rules are doing");
  auto flags = std::make_shared<Flags>();
  command.option("--template,-t FILE", flags->template_file,
                 "The template whose folder names the stack (default: ./template.yaml or ./serverless.yml)");
  command.option("--stack-name NAME", flags->stack_name,
                 "The stack's name, if it is not that of the folder and the stage");
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "How to print");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return flags->connection.stage == "local" ? statusOfCloud(*flags) : statusOfStack(*flags); });
}

}  // namespace ddblog::cli
