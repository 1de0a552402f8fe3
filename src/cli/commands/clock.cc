// dynamodb-log clock [+1d|set TIME|real|freeze|unfreeze]: the offline cloud's time of day.
#include <iostream>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/options/duration_text.h"
#include "cli/terminal/exit_status.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log clock                              shows the offline cloud's time
  dynamodb-log clock +1d                          moves it a day ahead, and does on the way what becomes due
  dynamodb-log clock +1h --jump                   moves it at once, without doing that
  dynamodb-log clock set 2030-12-24T18:00:00Z
  dynamodb-log clock freeze                       stops the time of day until `clock unfreeze`
  dynamodb-log clock real                         goes back to the machine's time

Steps are written 500ms, 30s, 10m, 2h or 1d. `clock set` and `clock real` can also move the clock back. Functions still
see the machine's clock.)";

constexpr const char* kInstead = "the time as it is: it cannot be moved there";

struct Flags {
  ConnectionFlags connection;
  std::string step;
  std::string time;
  bool jump = false;
  std::string output = "text";
};

// "3,600 s ahead of the machine"
std::string offsetText(std::int64_t milliseconds) {
  const std::int64_t seconds = milliseconds / 1000;
  if (seconds == 0) return "the machine's time";
  const std::string amount = withThousands(static_cast<std::uint64_t>(seconds < 0 ? -seconds : seconds));
  return amount + (seconds > 0 ? " s ahead of the machine" : " s behind the machine");
}

int print(const std::string& body, const Flags& flags) {
  if (flags.output == "json") {
    std::cout << body << std::endl;
    return kOk;
  }
  const json::object clock = aws::parseResponse(body);
  std::cout << std::string(clock.at("now").as_string()) << "  (" << offsetText(clock.at("offset").as_int64())
            << (clock.at("frozen").as_bool() ? ", frozen)" : ")") << std::endl;
  return kOk;
}

// Once: a move that is sent again would move the clock twice.
int change(const Flags& flags, json::object request) {
  if (flags.jump) request["settle"] = false;
  const LocalCloud cloud(flags.connection, kInstead, 1);
  return print(cloud.send("POST", "/_local/clock", {}, json::serialize(request)).body, flags);
}

int moveOrShow(const Flags& flags) {
  if (flags.step.empty()) {
    if (flags.jump) throw std::invalid_argument("--jump goes with a step like +1d, or with `clock set`");
    return print(LocalCloud(flags.connection, kInstead).send("GET", "/_local/clock").body, flags);
  }
  const auto step = parseDuration(flags.step);
  if (!step) {
    throw std::invalid_argument("'" + flags.step +
                                "' is not a step like +500ms, +30s, +10m, +2h or +1d, and not a subcommand: " +
                                "set, real, freeze or unfreeze");
  }
  return change(flags, {{"move", step->count()}});
}

int set(const Flags& flags) {
  try {
    fromIso8601(flags.time);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("'" + flags.time + "' is not a time like 2030-12-24T18:00:00Z: " + error.what());
  }
  return change(flags, {{"set", flags.time}});
}

void addCommonFlags(Command& command, Flags& flags) {
  command.choice("--output,-o text|json", flags.output, {"text", "json"}, "How to print the clock");
  addConnectionFlags(command, flags.connection);
}

void addJump(Command& command, Flags& flags) {
  command.flag("--jump", flags.jump, "Move at once, without doing first what becomes due on the way");
}

}  // namespace

void addClock(Command& program) {
  Command command = program.subcommand("clock", "Show, move, set or freeze the offline cloud's clock");
  command.examples(kExamples);
  auto flags = std::make_shared<Flags>();

  Command set_command = command.subcommand("set", "Set the time of day");
  set_command.argument("TIME", flags->time, "ISO 8601: 2030-12-24T18:00:00Z, or a date");
  addJump(set_command, *flags);
  addCommonFlags(set_command, *flags);
  set_command.runs([flags] { return set(*flags); });

  Command real_command = command.subcommand("real", "Show the machine's time of day again, and let it go on");
  addCommonFlags(real_command, *flags);
  real_command.runs([flags] { return change(*flags, {{"real", true}, {"freeze", false}}); });

  Command freeze_command = command.subcommand("freeze", "Stop the time of day");
  addCommonFlags(freeze_command, *flags);
  freeze_command.runs([flags] { return change(*flags, {{"freeze", true}}); });

  Command unfreeze_command = command.subcommand("unfreeze", "Let the time of day go on from where it is");
  addCommonFlags(unfreeze_command, *flags);
  unfreeze_command.runs([flags] { return change(*flags, {{"freeze", false}}); });

  command.optionalArgument("STEP", flags->step, "How far to move ahead: +1d, +2h, +10m, +30s (default: only show it)");
  addJump(command, *flags);
  addCommonFlags(command, *flags);
  command.runsByDefault([flags] { return moveOrShow(*flags); });
}

}  // namespace ddblog::cli
