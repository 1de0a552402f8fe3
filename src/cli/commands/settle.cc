// dynamodb-log settle: waits until the offline cloud has done everything that follows from what was put into it.
#include <charconv>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/output/failure_text.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log settle
  dynamodb-log settle --advance                   moves the clock over retries and windows instead of waiting
  dynamodb-log settle --until users#42:3          first waits for version 3 of the stream users#42

Exit status: 0 if everything is done; 1 if something was given up since the last settle (it is printed with its stack
and log lines), or if the timeout has passed (the error says what is not at rest).)";

constexpr const char* kInstead = "`dynamodb-log status`";
constexpr std::chrono::seconds kSpare{30};  // the answer of a busy cloud may be late

struct Flags {
  ConnectionFlags connection;
  int seconds = 30;
  bool advance = false;
  std::string until;
  std::string output = "text";
};

// "users#42:3"
json::object untilOf(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::int64_t version = 0;
  if (colon != std::string::npos && text.find('#') < colon) {
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, version);
    if (error == std::errc() && rest == end && version > 0) {
      return {{"stream", text.substr(0, colon)}, {"version", version}};
    }
  }
  throw std::invalid_argument("--until must be LOG#ID:VERSION, like users#42:3, not '" + text + "'");
}

std::string counted(std::int64_t count, const std::string& what) {
  return withThousands(static_cast<std::uint64_t>(count)) + " " + what + (count == 1 ? "" : "s");
}

// Returns how many failures the answer tells of.
std::size_t printFailures(const json::object& answer) {
  const json::array& failures = answer.at("failures").as_array();
  for (const json::value& failure : failures) {
    for (const std::string& line : failureLines(json::serialize(failure))) std::cout << printable(line) << '\n';
  }
  if (answer.at("moreFailures").as_bool()) std::cout << "There are more: `dynamodb-log failures` lists all.\n";
  return failures.size();
}

int report(const std::string& body, const Flags& flags) {
  const json::object answer = aws::parseResponse(body);
  const bool has_failed = !answer.at("failures").as_array().empty();
  if (flags.output == "json") {
    std::cout << printableJson(body) << std::endl;
    return has_failed ? kFailure : kOk;
  }
  const json::object& counts = answer.at("counts").as_object();
  std::cout << "Settled: " << counted(counts.at("events").as_int64(), "event") << ", "
            << counted(counts.at("invocations").as_int64(), "invocation");
  if (const std::int64_t moved = answer.at("advanced").as_int64(); moved > 0) {
    std::cout << "; the clock moved by " << withThousands(static_cast<std::uint64_t>(moved)) << " ms";
  }
  std::cout << ".\n";
  printFailures(answer);
  std::cout.flush();
  return has_failed ? kFailure : kOk;
}

int settle(const Flags& flags) {
  json::object request{{"timeout", std::int64_t{flags.seconds} * 1000}};
  if (flags.advance) request["advance"] = true;
  if (!flags.until.empty()) request["until"] = untilOf(flags.until);
  // Once: the failures that an answer tells of are not told again.
  const LocalCloud cloud(flags.connection, kInstead, 1, std::chrono::seconds(flags.seconds) + kSpare);
  try {
    return report(cloud.send("POST", "/_local/settle", {}, json::serialize(request)).body, flags);
  } catch (const ServiceError& error) {
    if (error.type() != "NotSettled") throw;
    if (flags.output == "json") {
      std::cout << printableJson(error.body()) << std::endl;
    } else {
      printFailures(aws::parseResponse(error.body()));
      std::cout.flush();
    }
    throw std::runtime_error(error.message());
  }
}

}  // namespace

void addSettle(Command& program) {
  Command command =
      program.subcommand("settle", "Wait until the offline cloud has done everything, and say what failed");
  auto flags = std::make_shared<Flags>();
  command.number("--timeout SECONDS", flags->seconds, "How long to wait", {1, 600});
  command.flag("--advance", flags->advance, "Move the clock over delays, by 15 minutes at most, instead of waiting");
  command.option("--until LOG#ID:VERSION", flags->until, "First wait until the log has this version of the stream");
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "How to print the answer");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return settle(*flags); });
}

}  // namespace ddblog::cli
