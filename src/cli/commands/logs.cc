// dynamodb-log logs: what functions have logged, of the running offline cloud or of a stage in AWS.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "cli/cloud/local_cloud.h"
#include "cli/cloud_logs.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/options/duration_text.h"
#include "cli/options/stack_flags.h"
#include "cli/output/log_printer.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/screen.h"
#include "cli/terminal/suggestion.h"
#include "deploy/aws/function_logs.h"
#include "deploy/aws/stack.h"
#include "deploy/aws/stack_resources.h"
#include "deploy/aws/waiting.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log logs                                  the offline cloud's functions, the last ten minutes
  dynamodb-log logs users --follow                   until Ctrl-C
  dynamodb-log logs --stage dev --since 2h --filter ERROR

The offline cloud keeps the last 20,000 lines, until it ends. What a function that failed there has logged,
`dynamodb-log failures show` prints too.)";

constexpr Duration kLookAgainInAws{2000};
constexpr Duration kLookAgain{250};
// In AWS a line can arrive later than a younger one of another instance of the function.
constexpr Duration kLate{10'000};

struct Flags {
  ConnectionFlags connection;
  std::string template_file;
  std::string stack_name;
  std::vector<std::string> functions;
  std::string since = "10m";
  std::string filter;
  std::string output = "text";
  bool follow = false;
};

Timestamp sinceOf(const std::string& text, Timestamp now) {
  if (const auto duration = parseDuration(text); duration && *duration >= Duration(0)) {
    return std::max(Timestamp(), now - *duration);
  }
  try {
    return fromIso8601(text);
  } catch (const std::invalid_argument&) {
    throw std::invalid_argument("--since must be a time, or a duration like 30s, 10m, 2h or 1d, not '" + text + "'");
  }
}

[[noreturn]] void failOnFunction(const std::string& place, const std::string& wanted,
                                 const std::vector<std::string>& names) {
  const auto nearest = nearestTo(wanted, names);
  throw std::invalid_argument(
      place + " has no function " + wanted +
      (nearest ? "; did you mean " + *nearest + "?" : "; it has " + (names.empty() ? "none" : joined(names))));
}

LogPrinter printerFor(const Flags& flags, const std::vector<std::string>& functions) {
  return LogPrinter(std::cout, flags.output == "json", hasColours(STDOUT_FILENO), functions);
}

// --- in AWS ---

// The stack's functions: what the template calls them, and their names.
std::vector<std::pair<std::string, std::string>> functionsInAws(aws::Session& session, const StackFlags& stack_flags,
                                                                const std::vector<std::string>& wanted_functions) {
  const aws::QueryClient stacks(session, aws::kCloudFormation);
  const std::string name = stackNameOf(stack_flags);
  const auto stack = deploy::findStack(stacks, name);
  if (!stack) throw std::runtime_error("There is no stack " + name + " in " + stacks.endpoint().region + ".");
  std::vector<std::pair<std::string, std::string>> found;
  std::vector<std::string> known;
  for (const auto& resource : deploy::stackResources(stacks, stack->id)) {
    if (resource.type != "AWS::Lambda::Function") continue;
    known.push_back(resource.logical_id);
    const auto is_it = [&](const std::string& one) {
      return one == resource.logical_id || one == resource.physical_id;
    };
    if (wanted_functions.empty() || std::ranges::any_of(wanted_functions, is_it)) {
      found.emplace_back(resource.logical_id, resource.physical_id);
    }
  }
  for (const std::string& wanted : wanted_functions) {
    const auto is_it = [&](const auto& one) { return wanted == one.first || wanted == one.second; };
    if (std::ranges::none_of(found, is_it)) failOnFunction("the stack " + name, wanted, known);
  }
  return found;
}

int logsInAws(aws::Session& session, const StackFlags& stack, const Flags& flags) {
  Timestamp from = sinceOf(flags.since, session.clock().now());
  const auto functions = functionsInAws(session, stack, flags.functions);
  const std::vector<std::string> texts = flags.filter.empty() ? std::vector<std::string>() : std::vector{flags.filter};
  deploy::FunctionLogs source(session, functions, texts);
  std::vector<std::string> names;
  for (const auto& function : functions) names.push_back(function.first);
  LogPrinter printer = printerFor(flags, names);
  std::optional<Interrupt> interrupt;
  if (flags.follow) interrupt.emplace();  // otherwise Ctrl-C ends it at once
  const deploy::Waiting waiting(session, [&] { return interrupt && interrupt->happened(); });
  try {
    for (;;) {
      for (const deploy::LogLine& line : source.next(from)) {
        printer.print(line);
        from = std::max(from, line.time - kLate);
      }
      std::cout.flush();
      if (!flags.follow || !std::cout) return kOk;
      waiting.pause(kLookAgainInAws);
    }
  } catch (const deploy::Interrupted&) {
    return kOk;
  }
}

// --- offline ---

int logsOfCloud(const Flags& flags) {
  const LocalCloud cloud(flags.connection, "--stage NAME");
  AdjustableClock clock;
  const Timestamp since = sinceOf(flags.since, clock.now());
  const std::vector<std::string> known = CloudLogs::functionsOf(cloud);
  for (const std::string& wanted : flags.functions) {
    if (std::ranges::find(known, wanted) == known.end()) failOnFunction("the offline cloud", wanted, known);
  }
  CloudLogs source(cloud, flags.functions, flags.filter, since);
  LogPrinter printer = printerFor(flags, flags.functions.empty() ? known : flags.functions);
  const Interrupt interrupt;
  std::uint64_t lost = 0;
  for (;;) {
    const std::vector<deploy::LogLine> lines = source.next();
    if (source.lost() > lost) {
      std::cerr << "… " << withThousands(source.lost() - lost) << " lines are missing: the cloud no longer had them\n";
      lost = source.lost();
    }
    for (const deploy::LogLine& line : lines) printer.print(line);
    std::cout.flush();
    if (!flags.follow || !std::cout || interrupt.happened()) return kOk;
    std::this_thread::sleep_for(kLookAgain);
  }
}

int logs(const Flags& flags) {
  if (flags.connection.stage == "local") return logsOfCloud(flags);
  const StackFlags stack = stackAt(flags.connection, flags.template_file, flags.stack_name);
  return withAws(stack, [&](aws::Session& session, Ids&) { return logsInAws(session, stack, flags); });
}

}  // namespace

void addLogs(Command& program) {
  Command command = program.subcommand("logs", "Print what functions have logged, here or in AWS");
  auto flags = std::make_shared<Flags>();
  command.list("FUNCTION", flags->functions, "Names of functions; in AWS also those of the template (default: all)");
  command.flag("--follow,-f", flags->follow, "Go on with new lines until Ctrl-C");
  command.option("--since TIME", flags->since, "From this time on, or for as long: 30s, 10m, 2h, 1d");
  command.option("--filter TEXT", flags->filter, "Only lines that contain this text");
  addStackNameFlags(command, flags->template_file, flags->stack_name);
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "The format: json prints one object a line");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return logs(*flags); });
}

}  // namespace ddblog::cli
