// dynamodb-log streams [LOG]: lists the streams of the log table, with their versions.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/query/output_format.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/screen.h"
#include "ddblog/event.h"
#include "ddblog/event_log.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log streams
  dynamodb-log streams users --limit 0 -o jsonl | wc -l

Streams are in no particular order; one that was deleted has "deleted": true. This reads the keys of the whole log
table, up to --limit streams, which in AWS costs as much as reading the events.)";

struct Flags {
  ConnectionFlags connection;
  std::string log;
  std::uint64_t limit = 100;
  std::string output;
};

json::object rowOf(const StreamState& stream) {
  json::object row{
      {"log", {{"S", stream.log}}}, {"id", {{"S", stream.id}}}, {"version", {{"N", std::to_string(stream.version)}}}};
  if (stream.is_deleted) row["deleted"] = json::object{{"BOOL", true}};
  return row;
}

int streams(const Flags& flags) {
  EventLog log(connectAs(flags.connection), logTableName(flags.connection.stage));
  ItemOutput output(std::cout, outputFormat(flags.output), {"log", "id", "version"}, screenOf(STDOUT_FILENO).width);
  bool has_more = false;
  log.streams(flags.log, [&](const StreamState& stream) {
    has_more = flags.limit > 0 && output.count() == flags.limit;
    if (!has_more) output.add(rowOf(stream));
    return !has_more && std::cout.good();
  });
  output.finish();
  if (has_more) {
    std::cerr << "These are " << withThousands(output.count()) << " streams. There are more: --limit N, or --limit 0 "
              << "for all.\n";
  }
  return kOk;
}

}  // namespace

void addStreams(Command& program) {
  Command command = program.subcommand("streams", "List the streams of the log, with their versions");
  auto flags = std::make_shared<Flags>();
  command.optionalArgument("LOG", flags->log, "Only streams of this log: users");
  command.number("--limit N", flags->limit, "At most so many streams; 0: all");
  addOutputOption(command, flags->output, "table on a terminal, elsewhere jsonl");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return streams(*flags); });
}

}  // namespace ddblog::cli
