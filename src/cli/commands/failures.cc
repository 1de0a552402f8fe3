// dynamodb-log failures [ls|show|redrive|rm]: what the offline cloud has given up.
#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/text.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/output/failure_text.h"
#include "cli/terminal/confirm.h"
#include "cli/terminal/exit_report.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log failures                      the newest first
  dynamodb-log failures ls --function users
  dynamodb-log failures show 17              error with its stack, attempts, log lines, payload
  dynamodb-log failures redrive 17           deliver it once more to the same place
  dynamodb-log failures redrive --all        all that have not been redriven yet, the oldest first
  dynamodb-log failures rm 17
  dynamodb-log failures ls -o json | jq -r .errorLine

The offline cloud keeps the newest 10,000 failures, for 14 days in which it runs.)";

constexpr const char* kInstead = "a dead-letter queue and `aws sqs start-message-move-task`";

struct Flags {
  ConnectionFlags connection;
  std::string output = "table";
  std::string kind;
  std::string function;
  std::uint64_t limit = 100;
  std::string id;
  std::vector<std::string> ids;
  bool all = false;
  bool yes = false;

  bool wantsJson() const { return output == "json" || output == "jsonl"; }
};

std::string pathOf(const std::string& id) {
  const bool is_number = !id.empty() && std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) throw std::invalid_argument("'" + id + "' is not the id of a failure; `failures ls` shows the ids");
  return "/_local/failures/" + id;
}

// Passes the failures on, newest first, until `use` returns false.
void forEachFailure(const LocalCloud& cloud, const Flags& flags, const std::function<bool(const json::object&)>& use) {
  std::string before;
  do {
    std::vector<std::pair<std::string, std::string>> query = {{"limit", "1000"}};
    if (!flags.kind.empty()) query.emplace_back("kind", flags.kind);
    if (!flags.function.empty()) query.emplace_back("function", flags.function);
    if (!before.empty()) query.emplace_back("before", before);
    const json::object page = aws::parseResponse(cloud.send("GET", "/_local/failures", query).body);
    for (const json::value& failure : page.at("failures").as_array()) {
      if (!use(failure.as_object())) return;
    }
    const json::value* next = page.if_contains("next");
    before = next ? std::string(next->as_string()) : std::string();
  } while (!before.empty());
}

int list(const Flags& flags) {
  const LocalCloud cloud(flags.connection, kInstead);
  std::uint64_t shown = 0;
  bool has_more = false;
  forEachFailure(cloud, flags, [&](const json::object& failure) {
    has_more = shown == flags.limit;
    if (has_more) return false;
    ++shown;
    std::cout << (flags.wantsJson() ? json::serialize(failure) : printable(summaryLine(failure))) << '\n';
    return std::cout.good();  // the reader may have closed the pipe
  });
  if (shown == 0 && !flags.wantsJson()) std::cout << "Nothing has failed.\n";
  if (has_more && !flags.wantsJson()) std::cout << "There are more; --limit N shows more of them.\n";
  std::cout.flush();
  return kOk;
}

int show(const Flags& flags) {
  const std::string body = LocalCloud(flags.connection, kInstead).send("GET", pathOf(flags.id)).body;
  if (flags.wantsJson()) {
    std::cout << body << std::endl;
    return kOk;
  }
  for (const std::string& line : failureLines(body)) std::cout << printable(line) << '\n';
  std::cout.flush();
  return kOk;
}

void checkIds(const Flags& flags) {
  if (flags.ids.empty() != flags.all) throw std::invalid_argument("give the IDs of failures, or --all");
  for (const std::string& id : flags.ids) pathOf(id);
}

// Those that were not redriven yet, the oldest first.
std::vector<std::string> redrivable(const LocalCloud& cloud, const Flags& flags) {
  std::vector<std::string> ids;
  forEachFailure(cloud, flags, [&](const json::object& failure) {
    if (!failure.contains("redriven")) ids.emplace_back(failure.at("id").as_string());
    return true;
  });
  std::ranges::reverse(ids);
  return ids;
}

int redrive(const Flags& flags) {
  checkIds(flags);
  if (!flags.all && !(flags.kind.empty() && flags.function.empty())) {
    throw std::invalid_argument("--kind and --function go with --all");
  }
  const LocalCloud cloud(flags.connection, kInstead, 1);  // once, because each request delivers
  int status = kOk;
  for (const std::string& id : flags.all ? redrivable(cloud, flags) : flags.ids) {
    try {
      const std::string body = cloud.send("POST", pathOf(id) + "/redrive").body;
      const json::object failure = aws::parseResponse(body);
      const std::string line = id + ": delivered once more to " + std::string(failure.at("place").as_string());
      std::cout << (flags.wantsJson() ? body : printable(line)) << std::endl;
    } catch (const ServiceError& error) {  // the others need not wait for this one
      std::cerr << "dynamodb-log: " << printable(oneLine(id + ": " + error.what())) << std::endl;
      status = kRefused;
    }
  }
  return status;
}

int remove(const Flags& flags) {
  checkIds(flags);
  const LocalCloud cloud(flags.connection, kInstead);
  std::uint64_t removed = 0;
  if (!flags.all) {
    for (const std::string& id : flags.ids) {
      cloud.send("DELETE", pathOf(id));
      ++removed;
    }
  } else {
    const std::string question = "Remove all failures of the offline cloud at " + cloud.url() + "?";
    if (!flags.yes && !confirm(question, "failures rm")) {
      std::cout << "Nothing was removed." << std::endl;
      return kFailure;
    }
    const json::object answer = aws::parseResponse(cloud.send("DELETE", "/_local/failures").body);
    removed = static_cast<std::uint64_t>(answer.at("deleted").as_int64());
  }
  if (flags.wantsJson()) {
    std::cout << R"({"deleted":)" << removed << "}" << std::endl;
  } else {
    std::cout << withThousands(removed) << (removed == 1 ? " failure was" : " failures were") << " removed."
              << std::endl;
  }
  return kOk;
}

void addFilters(Command& command, Flags& flags) {
  command.choice("--kind invocation|batch|delivery", flags.kind, {"invocation", "batch", "delivery"},
                 "Only failures of this kind");
  command.option("--function NAME", flags.function, "Only failures of this function");
}

void addList(Command& command, const std::shared_ptr<Flags>& flags) {
  addFilters(command, *flags);
  command.number("--limit N", flags->limit, "The most to print", {1, 10'000});
}

void addCommonFlags(Command& command, Flags& flags) {
  command.choice("--output,-o table|json|jsonl", flags.output, {"table", "text", "json", "jsonl"},
                 "How to print; json and jsonl: one object a line");
  addConnectionFlags(command, flags.connection);
}

}  // namespace

void addFailures(Command& program) {
  Command command = program.subcommand("failures", "List the failures that the offline cloud keeps, and redrive them");
  command.examples(kExamples);
  auto flags = std::make_shared<Flags>();

  Command list_command = command.subcommand("ls", "List the failures, the newest first (the default)");
  addList(list_command, flags);
  addCommonFlags(list_command, *flags);
  list_command.runs([flags] { return list(*flags); });

  Command show_command = command.subcommand("show", "Print a failure with its stack, log lines and payload");
  show_command.argument("ID", flags->id, "The failure's id");
  addCommonFlags(show_command, *flags);
  show_command.runs([flags] { return show(*flags); });

  Command redrive_command = command.subcommand("redrive", "Deliver failures once more to the same place");
  redrive_command.list("ID", flags->ids, "The failures' ids");
  redrive_command.flag("--all", flags->all, "All that have not been redriven yet, the oldest first");
  addFilters(redrive_command, *flags);
  addCommonFlags(redrive_command, *flags);
  redrive_command.runs([flags] { return redrive(*flags); });

  Command remove_command = command.subcommand("rm", "Remove failures");
  remove_command.list("ID", flags->ids, "The failures' ids");
  remove_command.flag("--all", flags->all, "All of them");
  remove_command.flag("--yes,-y", flags->yes, "Do not ask for confirmation");
  addCommonFlags(remove_command, *flags);
  remove_command.runs([flags] { return remove(*flags); });

  addList(command, flags);
  addCommonFlags(command, *flags);
  command.runsByDefault([flags] { return list(*flags); });
}

}  // namespace ddblog::cli
