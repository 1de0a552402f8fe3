// dynamodb-log replay: sends archived events again.
#include "services/eventbridge/archive/archive_reader.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "cli/bus_rules.h"
#include "cli/cloud/data_directory.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/replays/aws_replays.h"
#include "cli/replays/cloud_replay.h"
#include "cli/replays/replay_dry_run.h"
#include "cli/replays/replay_flags.h"
#include "cli/replays/replay_targets.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/progress.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "snapshots/data_directory.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log replay --target bus                                    all events, to all rules
  dynamodb-log replay --from 2026-11-22 --target bus --dry-run
  dynamodb-log replay --from 2026-11-22 --target bus --rule users --rate 100
  dynamodb-log replay --from 2026-11-22T09:00:00Z --to 2026-11-22T10:00:00Z --log users --type signup --target table

Times are ISO 8601; a date alone means midnight UTC. The range includes both ends. Without --from it begins
with the first event (aws: with the archive's creation), and without --to it ends with the last. --dry-run counts, by
rule, what the bus would get.
  bus    sends the events through the bus's rules again, with "replay-name"; they are not archived again. The offline
         cloud does it, from its own archive (or with --data from another one), and goes on with it after a restart.
         Ctrl-C cancels it; with --detach this command does not wait for it.
  table  puts the events of the archive in --data into the log table, except where their version already exists

From AWS into the offline cloud (docs/aws.md); AWS_ENDPOINT_URL and --profile say where AWS is, --endpoint-url where
the offline cloud is:
  dynamodb-log replay --source aws --stage dev --from 2026-11-22 --target table       an archive's events
  dynamodb-log replay --source table --stage dev --log users --target table           those of the log table
  dynamodb-log replay --source aws --stage dev --target aws-bus --rule users          in AWS, to a rule there)";

ConnectOptions busOptions(const ConnectionFlags& flags) {
  ConnectOptions options = connectOptions(flags);
  options.endpoint_url = eventBridgeUrl(flags);
  if (options.endpoint_url.find(".amazonaws.com") == std::string::npos) return options;
  throw ConfigurationError(
      "Replaying to the bus works only with the offline cloud; in AWS use --source aws --target aws-bus. " +
      std::string("To reach the offline cloud: --endpoint-url ") + flags.offline_endpoint);
}

bool isFromAws(const ReplayFlags& flags) { return flags.source != "archive"; }

// Whether the cloud replays, from its own archive.
bool isOfCloud(const ReplayFlags& flags) {
  return !isFromAws(flags) && flags.target == "bus" && flags.directory.empty();
}

struct Given {
  const char* option;
  bool is_given;
};

void reject(const std::vector<Given>& options, const std::string& why) {
  for (const auto& [option, is_given] : options) {
    if (is_given) throw std::invalid_argument(option + why);
  }
}

// A replay into a table has no bus and no name.
void rejectForTable(const ReplayFlags& flags) {
  if (flags.target != "table") return;
  reject({{"--name", !flags.name.empty()}, {"--event-bus", flags.bus != ReplayFlags().bus}},
         " is not for --target table");
}

// The options rejected here would do nothing.
void checkLocalOptions(const ReplayFlags& flags) {
  const ReplayFlags defaults;
  reject({{"--dry-run", flags.dry_run && flags.target != "bus"}}, " is for --target bus");
  reject({{"--local-stage", flags.local_stage != defaults.local_stage}}, " is for --source aws and --source table");
  reject({{"--source-bus", flags.source_bus != defaults.source_bus}, {"--target aws-bus", flags.target == "aws-bus"}},
         " is for --source aws");
  rejectForTable(flags);
  if (isOfCloud(flags)) return;
  reject({{"--archive", !flags.archive.empty()}, {"--rule", !flags.rules.empty()}, {"--detach", flags.detach}},
         " is for --target bus without --data");
}

void checkAwsOptions(const ReplayFlags& flags) {
  const bool is_in_aws = flags.target == "aws-bus";
  const ReplayFlags defaults;
  const bool has_source_bus = flags.source_bus != defaults.source_bus;
  reject({{"--data", !flags.directory.empty()}}, " is not for --source " + flags.source);
  if (flags.source == "table") {
    reject({{"--archive", !flags.archive.empty()}, {"--source-bus", has_source_bus}, {"--target aws-bus", is_in_aws}},
           " is for --source aws");
  }
  reject({{"--source-bus", has_source_bus && !flags.archive.empty()}}, " is not for --archive, which has its bus");
  rejectForTable(flags);
  if (!is_in_aws) {
    reject({{"--rule", !flags.rules.empty()}, {"--detach", flags.detach}}, " is for --target aws-bus");
    return;
  }
  reject({{"--log", !flags.logs.empty()}, {"--type", !flags.types.empty()}, {"--rate", flags.rate != 0}},
         " is not for --target aws-bus: the rules in AWS choose");
  reject({{"--endpoint-url", !flags.connection.endpoint_url.empty()},
          {"--local-stage", flags.local_stage != defaults.local_stage},
          {"--event-bus", flags.bus != defaults.bus}},
         " is the offline cloud's, and --target aws-bus replays in AWS (AWS_ENDPOINT_URL names another endpoint)");
  if (flags.rules.empty()) {
    throw std::invalid_argument("--target aws-bus invokes the targets of rules in AWS again: name the rules (--rule)");
  }
}

void checkOptions(const ReplayFlags& flags) {
  isFromAws(flags) ? checkAwsOptions(flags) : checkLocalOptions(flags);
  reject({{"--detach", flags.detach && flags.dry_run}}, " is not for --dry-run");
}

std::unique_ptr<ReplayTarget> targetOf(const ReplayFlags& flags) {
  if (flags.target == "table") {
    return std::make_unique<TableReplay>(connectAs(flags.connection), logTableName(flags.connection.stage));
  }
  return std::make_unique<BusReplay>(busOptions(flags.connection), flags.bus, replayName(flags));
}

void printCounts(const ReplayFlags& flags, const ReplayCounts& counts) {
  std::cout << counts.sent << " events replayed to the " << flags.target;
  if (flags.target == "table") std::cout << ", " << counts.already_there << " were already there";
  if (counts.incomplete > 0) {
    std::cout << ", " << counts.incomplete << " were skipped (not events of the log, or too large for the bus)";
  }
  std::cout << std::endl;
}

// Sends a page, in pieces with pauses if there is a rate.
void sendPage(const ReplayFlags& flags, const std::vector<eventbridge::ArchivedEvent>& page, ReplayTarget& target,
              ReplayCounts& counts) {
  if (flags.rate == 0) return target.send(page, counts);
  const auto environment = systemEnvironment();
  const auto piece = static_cast<std::size_t>(std::max<std::int64_t>(1, flags.rate / 10));
  for (std::size_t from = 0; from < page.size(); from += piece) {
    const std::size_t to = std::min(page.size(), from + piece);
    target.send({page.begin() + static_cast<std::ptrdiff_t>(from), page.begin() + static_cast<std::ptrdiff_t>(to)},
                counts);
    environment->pause(std::chrono::milliseconds(static_cast<std::int64_t>(to - from) * 1000 / flags.rate));
  }
}

// A replay out of an archive in AWS makes a rule and a queue there for a while.
void confirmChange(const ReplayFlags& flags) {
  if (flags.dry_run || flags.source == "table") return;
  ConnectionFlags changed = flags.connection;
  if (flags.source == "aws") changed.endpoint_url.clear();  // which is the offline cloud's
  if (flags.source == "aws" || flags.target == "table") confirmStage(changed, "replay");
}

template <class Counts>
int printDryRun(const ReplayFlags& flags, const Counts& counts, std::uint64_t events) {
  for (const auto& [rule, count] : counts) std::cout << count << '\t' << printable(rule) << '\n';
  std::cout << events << " events would be replayed to the bus " << printable(flags.bus) << std::endl;
  return kOk;
}

// The bar is drawn when the total is known.
class ShownProgress {
 public:
  void show(const CloudReplayState& state) {
    const std::uint64_t done = state.replayed + state.skipped;
    if (!bar_ && state.total) bar_.emplace(*state.total, "events");
    if (bar_) bar_->advance(done - std::exchange(shown_, done));
  }

 private:
  std::optional<Progress> bar_;
  std::uint64_t shown_ = 0;
};

CloudReplayRequest requestOf(const ReplayFlags& flags, const eventbridge::ArchiveQuery& query) {
  return {.name = replayName(flags),
          .bus = flags.bus,
          .archive = flags.archive,
          .from = query.from,
          .to = query.to,
          .rules = flags.rules,
          .logs = query.logs,
          .types = query.types,
          .events_per_second = flags.rate,
          .counts_only = flags.dry_run};
}

int replayInCloud(const ReplayFlags& flags, const eventbridge::ArchiveQuery& query) {
  busOptions(flags.connection);  // rejects AWS
  const CloudReplayRequest request = requestOf(flags, query);
  const Interrupt interrupt;
  const CloudReplay replay(flags.connection, request);
  if (flags.detach) {
    std::cout << request.name << " has started; `aws events describe-replay --replay-name " << request.name
              << "` says how far it is" << std::endl;
    return kOk;
  }
  CloudReplayState state;
  {
    ShownProgress progress;
    state =
        replay.follow([&] { return interrupt.happened(); }, [&](const CloudReplayState& now) { progress.show(now); });
  }
  if (state.state == "CANCELLED") {
    std::cerr << "dynamodb-log: replay " << request.name << " was cancelled after " << state.replayed << " events\n";
    return kFailure;
  }
  if (flags.dry_run) return printDryRun(flags, state.rules, state.replayed);
  printCounts(flags, {.sent = state.replayed, .already_there = 0, .incomplete = state.skipped});
  return kOk;
}

int dryRun(const ReplayFlags& flags, eventbridge::ArchiveReader& events) {
  DryRun counted(rulesOfBus(*connectAs(flags.connection), flags.bus), replayName(flags));
  ReplayCounts counts;
  events.run([&](const std::vector<eventbridge::ArchivedEvent>& page) {
    counted.send(page, counts);
    return true;
  });
  std::vector<std::pair<std::string, std::uint64_t>> of_rules;
  for (const DryRun::RuleCount& rule : counted.rules()) of_rules.emplace_back(rule.name, rule.events);
  return printDryRun(flags, of_rules, counts.sent);
}

int replay(const ReplayFlags& flags) {
  checkOptions(flags);
  const eventbridge::ArchiveQuery query = queryOf(flags);
  confirmChange(flags);
  if (flags.target == "aws-bus") return replayInAws(flags);
  if (flags.source == "aws") return replayFromAwsArchive(flags);
  if (flags.source == "table") return replayFromAwsTable(flags);
  if (isOfCloud(flags)) return replayInCloud(flags, query);
  const std::filesystem::path directory = flags.directory.empty() ? kDefaultDataDirectory : flags.directory;
  const std::filesystem::path file = directory / snapshots::kArchiveName;
  if (!std::filesystem::exists(file)) {
    throw std::invalid_argument("There is no archive " + file.string() +
                                ". Use --data to say where the data directory is.");
  }
  const eventbridge::ArchiveFile archive(file, eventbridge::ArchiveFile::Access::kReadOnly);
  eventbridge::ArchiveReader events(archive, query);
  if (flags.dry_run) return dryRun(flags, events);
  const auto target = targetOf(flags);
  ReplayCounts counts;
  {
    Progress progress(events.total(), "events");
    events.run([&](const std::vector<eventbridge::ArchivedEvent>& page) {
      sendPage(flags, page, *target, counts);
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
  auto flags = std::make_shared<ReplayFlags>();
  command.option("--from TIME", flags->from, "Only events archived at this time or later");
  command.option("--to TIME", flags->to, "Only events archived at this time or earlier");
  command.list("--log LOG", flags->logs, "Only events of this log; repeatable");
  command.list("--type TYPE", flags->types, "Only events of this type; repeatable");
  command.choice("--target bus|table|aws-bus", flags->target, {"bus", "table", "aws-bus"}, "Where to send the events",
                 Need::kRequired);
  command.choice("--source archive|aws|table", flags->source, {"archive", "aws", "table"},
                 "Where the events come from: the offline archive, an archive in AWS, or a log table in AWS");
  command.option(
      "--data DIRECTORY", flags->directory,
      std::string("The data directory with the archive (bus: the cloud's own; table: ") + kDefaultDataDirectory + ")");
  command.option("--archive NAME", flags->archive,
                 "Only what this archive of EventBridge's API keeps (aws: the archive in AWS)");
  command.list("--rule RULE", flags->rules, "Only to this rule of the bus; repeatable");
  command.option("--source-bus NAME", flags->source_bus, "aws: the bus in AWS whose archive it is");
  command.option("--local-stage NAME", flags->local_stage,
                 "aws, table: the offline cloud's stage (--stage is the one in AWS)");
  command.option("--event-bus NAME", flags->bus, "The bus to replay to");
  command.option("--name NAME", flags->name, "The replay's name (default: a generated one)");
  command.flag("--dry-run", flags->dry_run,
               "Send nothing; say what would be replayed (bus: how many events each rule would get)");
  command.flag("--detach", flags->detach, "Start the replay, and do not wait for it");
  command.number("--rate EVENTS", flags->rate, "At most this many events per second", {1, 1'000'000});
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return replay(*flags); });
}

}  // namespace ddblog::cli
