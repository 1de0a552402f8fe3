// dynamodb-log replay: sends archived events again.
#include "services/eventbridge/archive/archive_reader.h"

#include <iostream>

#include "base/clock.h"
#include "base/ids.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/data_directory.h"
#include "cli/replay_targets.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/progress.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "ddblog/names.h"
#include "snapshots/data_directory.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log replay --from 2026-11-01 --to 2026-12-01 --target bus
  dynamodb-log replay --from 2026-11-22T09:00:00Z --to 2026-11-22T10:00:00Z --log users --type signup --target table

Times are ISO 8601; a date alone means midnight UTC. The range includes both ends.
  bus    sends the events through the bus's rules again, with "replay-name"; they are not archived again
  table  puts the events into the log table, except where their version already exists)";

struct Flags {
  ConnectionFlags connection;
  std::string from, to;
  std::vector<std::string> logs, types;
  std::string target;
  std::string directory = kDefaultDataDirectory;
  std::string bus{names::kBus};
  std::string name;
};

Timestamp timeOf(const std::string& option, const std::string& text) {
  try {
    return fromIso8601(text);
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(option + " is not a time: " + e.what());
  }
}

eventbridge::ArchiveQuery queryOf(const Flags& flags) {
  eventbridge::ArchiveQuery query;
  query.from = timeOf("--from", flags.from);
  query.to = timeOf("--to", flags.to);
  if (*query.to < *query.from) throw std::invalid_argument("--to is before --from");
  query.logs = flags.logs;
  query.types = flags.types;
  return query;
}

ConnectOptions busOptions(const ConnectionFlags& flags) {
  ConnectOptions options = connectOptions(flags);
  options.endpoint_url = eventBridgeUrl(flags);
  if (options.endpoint_url.find(".amazonaws.com") == std::string::npos) return options;
  throw ConfigurationError(
      "Replaying to the bus works only with the offline cloud; in AWS use `aws events start-replay`. " +
      std::string("To reach the offline cloud: --endpoint-url ") + kOfflineEndpoint);
}

std::unique_ptr<ReplayTarget> targetOf(const Flags& flags) {
  if (flags.target == "table") {
    return std::make_unique<TableReplay>(connectAs(flags.connection), logTableName(flags.connection.stage));
  }
  const std::string name = flags.name.empty() ? "replay-" + Ids().uuid() : flags.name;
  return std::make_unique<BusReplay>(busOptions(flags.connection), flags.bus, name);
}

void printCounts(const Flags& flags, const ReplayCounts& counts) {
  std::cout << counts.sent << " events replayed to the " << flags.target;
  if (flags.target == "table") std::cout << ", " << counts.already_there << " were already there";
  if (counts.incomplete > 0) {
    std::cout << ", " << counts.incomplete << " were skipped (not events of the log, or too large for the bus)";
  }
  std::cout << std::endl;
}

int replay(const Flags& flags) {
  const eventbridge::ArchiveQuery query = queryOf(flags);
  const std::filesystem::path file = std::filesystem::path(flags.directory) / snapshots::kArchiveName;
  if (!std::filesystem::exists(file)) {
    throw std::invalid_argument("There is no archive " + file.string() +
                                ". Use --data to say where the data directory is.");
  }
  const eventbridge::ArchiveFile archive(file, eventbridge::ArchiveFile::Access::kReadOnly);
  eventbridge::ArchiveReader events(archive, query);
  const auto target = targetOf(flags);
  ReplayCounts counts;
  {
    Progress progress(events.total(), "events");
    events.run([&](const std::vector<eventbridge::ArchivedEvent>& page) {
      target->send(page, counts);
      progress.advance(page.size());
      return true;
    });
  }
  printCounts(flags, counts);
  return kOk;
}

}  // namespace

void addReplay(Command& program) {
  Command command = program.subcommand("replay", "Send archived events again, to the bus or into the log table");
  auto flags = std::make_shared<Flags>();
  command.option("--from TIME", flags->from, "Only events archived at this time or later", Need::kRequired);
  command.option("--to TIME", flags->to, "Only events archived at this time or earlier", Need::kRequired);
  command.list("--log LOG", flags->logs, "Only events of this log; repeatable");
  command.list("--type TYPE", flags->types, "Only events of this type; repeatable");
  command.choice("--target bus|table", flags->target, {"bus", "table"}, "Where to send the events", Need::kRequired);
  command.option("--data DIRECTORY", flags->directory, "The data directory with the archive");
  command.option("--event-bus NAME", flags->bus, "The bus to replay to");
  command.option("--name NAME", flags->name, "The replay's name (default: a generated one)");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return replay(*flags); });
}

}  // namespace ddblog::cli
