// dynamodb-log read LOG ID: prints a stream's events.
#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/output/event_output.h"
#include "cli/query/output_format.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "ddblog/event_log.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log read users 42
  dynamodb-log read users 42 --from 3 | jq .payload
  dynamodb-log read users 42 --last 5 -o table
  dynamodb-log read users 42 --last 1 --follow       and what is appended later, until Ctrl-C

Prints nothing if the stream does not exist.)";

constexpr std::uint64_t kMostLast = 10'000;
// Between two looks at a stream that is followed: each is a query, which AWS charges.
constexpr std::chrono::milliseconds kLookAgain{500};

struct Flags {
  ConnectionFlags connection;
  std::string log, id;
  std::uint64_t from = 1;
  std::uint64_t last = 0;  // 0: all
  bool reverse = false;
  bool follow = false;
  std::string output = "jsonl";
  std::string usual_output;
};

void printBackwards(EventLog& log, const Flags& flags, EventOutput& printer) {
  std::vector<Event> kept;  // to be turned round
  std::uint64_t count = 0;
  log.read(flags.log, flags.id, ReadOptions{.limit = flags.last, .backwards = true}, [&](const Event& event) {
    if (event.version < flags.from) return false;
    if (!flags.reverse) {
      kept.push_back(event);
    } else if (!printer.add(event)) {
      return false;
    }
    return ++count != flags.last;
  });
  std::ranges::reverse(kept);
  for (const Event& event : kept) {
    if (!printer.add(event)) return;
  }
}

void follow(EventLog& log, const Flags& flags, EventOutput& printer) {
  const Interrupt interrupt;
  std::uint64_t next = std::max(flags.from, printer.lastVersion() + 1);
  while (std::cout.good() && !interrupt.happened()) {
    std::this_thread::sleep_for(kLookAgain);
    log.read(flags.log, flags.id, next, [&](const Event& event) {
      next = event.version + 1;
      return printer.add(event);
    });
    std::cout.flush();
  }
}

int read(const Flags& flags) {
  if (flags.follow && flags.reverse)
    throw std::invalid_argument("--follow prints the newest event last, so it cannot be used with --reverse");
  const bool is_chosen = flags.output != flags.usual_output;
  if (flags.follow && is_chosen && flags.output != "jsonl")
    throw std::invalid_argument("--follow prints -o jsonl only");
  EventLog log(connectAs(flags.connection), logTableName(flags.connection.stage));
  EventOutput printer(flags.follow ? "jsonl" : flags.output);
  if (flags.last > 0 || flags.reverse) {
    printBackwards(log, flags, printer);
  } else {
    log.read(flags.log, flags.id, flags.from, [&](const Event& event) { return printer.add(event); });
  }
  printer.finish();
  if (flags.follow) follow(log, flags, printer);
  return kOk;
}

}  // namespace

void addRead(Command& program) {
  Command command = program.subcommand("read", "Print the events of a stream, one JSON object per line");
  auto flags = std::make_shared<Flags>();
  command.argument("LOG", flags->log, "The log's name: users");
  command.argument("ID", flags->id, "The id of the stream: 42");
  command.number("--from VERSION", flags->from, "The first version to print");
  command.number("--last N", flags->last, "Only the last N events", {1, kMostLast});
  command.flag("--reverse", flags->reverse, "The newest event first");
  command.flag("--follow,-f", flags->follow, "Go on with new events until Ctrl-C");
  addOutputOption(command, flags->output, "jsonl");
  flags->usual_output = flags->output;
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return read(*flags); });
}

}  // namespace ddblog::cli
