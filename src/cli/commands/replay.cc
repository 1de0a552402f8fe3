// dynamodb-log replay: sends archived events again.
#include "services/eventbridge/archive/replay.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "base/clock.h"
#include "base/ids.h"
#include "cli/connection.h"
#include "cli/data_directory.h"
#include "cli/replay_targets.h"
#include "cli/subcommands.h"
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

Times are ISO 8601; a bare date is midnight UTC. Both ends belong to the range.
  bus    the rules of the bus get the events again, with "replay-name"; they are not archived again
  table  the events are put into the log table where their version is absent)";

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
    throw std::invalid_argument(option + " is no time: " + e.what());
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
  throw ConfigurationError("A replay to the bus goes to the offline cloud; in AWS use `aws events start-replay`. " +
                           std::string("For the offline cloud: --endpoint-url ") + kOfflineEndpoint);
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
  if (flags.target == "table") std::cout << ", " << counts.already_there << " were there already";
  if (counts.not_whole > 0) {
    std::cout << ", " << counts.not_whole << " left out (no events of the log, or too large for the bus)";
  }
  std::cout << std::endl;
}

int replay(const Flags& flags) {
  const eventbridge::ArchiveQuery query = queryOf(flags);
  const std::filesystem::path file = std::filesystem::path(flags.directory) / snapshots::kArchiveName;
  if (!std::filesystem::exists(file)) {
    throw std::invalid_argument("There is no archive " + file.string() + ". Say where the data is with --data.");
  }
  const eventbridge::ArchiveFile archive(file, eventbridge::ArchiveFile::Access::kReadOnly);
  eventbridge::Replay events(archive, query);
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

Run addReplay(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("--from", flags->from, "Events put at this time or later")->required();
  command.add_option("--to", flags->to, "Events put at this time or earlier")->required();
  command.add_option("--log", flags->logs, "Only events of this log; may be repeated");
  command.add_option("--type", flags->types, "Only events of this type; may be repeated");
  command.add_option("--target", flags->target, "bus or table")->required()->check(CLI::IsMember({"bus", "table"}));
  command.add_option("--data", flags->directory, "The data directory with the archive")->capture_default_str();
  command.add_option("--event-bus", flags->bus, "The bus to replay to")->capture_default_str();
  command.add_option("--name", flags->name, "The replay's name; default: a new one");
  addConnectionFlags(command, flags->connection);
  command.footer(kExamples);
  return [flags] { return replay(*flags); };
}

}  // namespace ddblog::cli
