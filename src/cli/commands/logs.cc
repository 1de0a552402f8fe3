// dynamodb-log logs: what the functions of a stage in AWS have logged.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "base/json.h"
#include "cli/command_line.h"
#include "cli/stack_flags.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/printable.h"
#include "deploy/aws/function_logs.h"
#include "deploy/aws/stack.h"
#include "deploy/aws/stack_resources.h"
#include "deploy/aws/waiting.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log logs --stage dev                      all functions, the last ten minutes
  dynamodb-log logs Users --stage dev --follow       until Ctrl-C
  dynamodb-log logs --stage dev --since 2h --filter ERROR

The offline cloud prints the lines of its functions where it runs. What a function that failed there has
logged, `dynamodb-log failures show` prints too.)";

constexpr Duration kLookAgain{2000};
// A line can arrive later than a younger one of another instance of the function.
constexpr Duration kLate{10'000};
constexpr std::array kColours = {36, 33, 35, 32, 34, 31};  // ANSI: cyan, yellow, magenta, green, blue, red

struct Flags {
  StackFlags stack;
  std::vector<std::string> functions;
  std::string since = "10m";
  std::string filter;
  bool follow = false;
};

Timestamp sinceOf(const std::string& text, Timestamp now) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(rest, text.data() + text.size());
  if (error == std::errc() && number >= 0) {
    if (unit == "s") return now - std::chrono::seconds(number);
    if (unit == "m") return now - std::chrono::minutes(number);
    if (unit == "h") return now - std::chrono::hours(number);
    if (unit == "d") return now - std::chrono::days(number);
  }
  try {
    return fromIso8601(text);
  } catch (const std::invalid_argument&) {
    throw std::invalid_argument("--since must be a time, or a duration like 30s, 10m, 2h or 1d, not '" + text + "'");
  }
}

// The stack's functions: what the template calls them, and their names.
std::vector<std::pair<std::string, std::string>> functionsOf(aws::Session& session, const Flags& flags) {
  const aws::QueryClient stacks(session, aws::kCloudFormation);
  const std::string name = stackNameOf(flags.stack);
  const auto stack = deploy::findStack(stacks, name);
  if (!stack) throw std::runtime_error("There is no stack " + name + " in " + stacks.endpoint().region + ".");
  std::vector<std::pair<std::string, std::string>> found;
  std::string known;
  for (const auto& resource : deploy::stackResources(stacks, stack->id)) {
    if (resource.type != "AWS::Lambda::Function") continue;
    known += (known.empty() ? "" : ", ") + resource.logical_id;
    const auto is_it = [&](const std::string& one) {
      return one == resource.logical_id || one == resource.physical_id;
    };
    if (flags.functions.empty() || std::ranges::any_of(flags.functions, is_it)) {
      found.emplace_back(resource.logical_id, resource.physical_id);
    }
  }
  for (const std::string& wanted : flags.functions) {
    const auto is_it = [&](const auto& one) { return wanted == one.first || wanted == one.second; };
    if (std::ranges::none_of(found, is_it)) {
      throw std::invalid_argument("the stack " + name + " has no function " + wanted + "; it has " +
                                  (known.empty() ? "none" : known));
    }
  }
  return found;
}

class Printer {
 public:
  Printer(const Flags& flags, const std::vector<std::pair<std::string, std::string>>& functions)
      : as_json_(flags.stack.output == "json"), has_colours_(isatty(STDOUT_FILENO) == 1 && !std::getenv("NO_COLOR")) {
    for (const auto& function : functions) {
      names_.push_back(function.first);
      width_ = std::max(width_, function.first.size());
    }
  }

  void print(const deploy::LogLine& line) const {
    const std::string time = toIso8601(line.time, true);
    if (as_json_) {
      std::cout << json::serialize(json::object{{"time", time}, {"function", line.function}, {"message", line.text}})
                << '\n';
      return;
    }
    const std::string padding(width_ - line.function.size(), ' ');
    std::cout << time << ' ' << coloured(line.function) << padding << "  " << printable(line.text) << '\n';
  }

 private:
  std::string coloured(const std::string& name) const {
    if (!has_colours_) return printable(name);
    const auto place = static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin());
    return "\x1b[" + std::to_string(kColours[place % kColours.size()]) + "m" + printable(name) + "\x1b[0m";
  }

  const bool as_json_;
  const bool has_colours_;
  std::vector<std::string> names_;
  std::size_t width_ = 0;
};

int logs(aws::Session& session, const Flags& flags) {
  Timestamp from = sinceOf(flags.since, session.clock().now());
  const auto functions = functionsOf(session, flags);
  deploy::FunctionLogs source(session, functions, flags.filter);
  const Printer printer(flags, functions);
  const Interrupt interrupt;
  const deploy::Waiting waiting(session, [&] { return interrupt.happened(); });
  try {
    for (;;) {
      for (const deploy::LogLine& line : source.next(from)) {
        printer.print(line);
        from = std::max(from, line.time - kLate);
      }
      std::cout.flush();
      if (!flags.follow || !std::cout) return kOk;
      waiting.pause(kLookAgain);
    }
  } catch (const deploy::Interrupted&) {
    return kOk;
  }
}

}  // namespace

void addLogs(Command& program) {
  Command command = program.subcommand("logs", "Print what the functions of a stage in AWS have logged");
  auto flags = std::make_shared<Flags>();
  command.list("FUNCTION", flags->functions, "Functions, as the template or AWS calls them (default: all)");
  command.flag("--follow,-f", flags->follow, "Go on with new lines until Ctrl-C");
  command.option("--since TIME", flags->since, "From this time on, or for as long: 30s, 10m, 2h, 1d");
  command.option("--filter TEXT", flags->filter, "Only lines that contain this text");
  addStackAddress(command, flags->stack);
  command.examples(kExamples);
  command.runs(
      [flags] { return withAws(flags->stack, [&](aws::Session& session, Ids&) { return logs(session, *flags); }); });
}

}  // namespace ddblog::cli
