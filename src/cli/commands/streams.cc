// dynamodb-log streams [LOG]: lists the streams of the log table, with their versions.
#include <unistd.h>

#include <iostream>

#include "base/text.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/query/output_format.h"
#include "cli/query/table_reader.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/screen.h"
#include "ddblog/event.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log streams
  dynamodb-log streams users --limit 0 -o jsonl | wc -l

Streams are in no particular order. This reads the keys of the whole log table, up to --limit streams, which in AWS
costs as much as reading the events.)";

struct Flags {
  ConnectionFlags connection;
  std::string log;
  std::uint64_t limit = 100;
  std::string output;
};

ItemRequest scanFor(const Flags& flags) {
  ItemRequest scan{"Scan", {{"TableName", logTableName(flags.connection.stage)}, {"ProjectionExpression", "pk, sk"}}};
  if (!flags.log.empty()) {
    scan.request["FilterExpression"] = "begins_with(pk, :log)";
    scan.request["ExpressionAttributeValues"] = json::object{{":log", {{"S", flags.log + "#"}}}};
  }
  return scan;
}

int streams(const Flags& flags) {
  const TableReader reader(connectAs(flags.connection), flags.connection.stage);
  ItemOutput output(std::cout, outputFormat(flags.output), {"log", "id", "version"}, screenOf(STDOUT_FILENO).width);
  std::string key;        // of the stream whose events come now: they come one after another, in their order
  json::object versions;  // its last one
  const auto printStream = [&] {
    const auto stream = parseStreamKey(key);
    if (!stream) return;
    output.add({{"log", {{"S", stream->log}}}, {"id", {{"S", stream->id}}}, {"version", versions}});
  };
  bool has_more = false;
  reader.read(scanFor(flags), 0, [&](const json::object& item) {
    const json::value* pk = item.at("pk").as_object().if_contains("S");
    const json::value* sk = item.at("sk").as_object().if_contains("N");
    if (!pk || !sk) return true;
    if (key != std::string_view(pk->as_string())) {
      if (!key.empty()) printStream();
      key = std::string(pk->as_string());
      has_more = flags.limit > 0 && output.count() == flags.limit;
      if (has_more) key.clear();
    }
    versions = {{"N", *sk}};
    return !has_more && std::cout.good();
  });
  if (!key.empty()) printStream();
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
