// Replays as `dynamodb-log replay` starts them, which can do more than StartReplay. They are replays of the API
// otherwise: DescribeReplay and ListReplays show those that send, and CancelReplay ends all.
//
//   POST /_local/replays
//   {"ReplayName": "n", "EventBusName": "b", "ArchiveName": "a", "EventStartTime": 1, "EventEndTime": 2,
//    "Rules": ["r"], "Logs": ["users"], "Types": ["signup"], "EventsPerSecond": 100, "CountsOnly": false}
//   -> {"ReplayName": "n"}
//
//   GET /_local/replays/n
//   -> {"ReplayName": "n", "State": "RUNNING", "StateReason": …, "Total": 10, "Replayed": 4, "Skipped": 0,
//       "Rules": [{"Name": "r", "Events": 3}, …]}
//
// Without ArchiveName it reads the archive file: every event of the application's buses, also those that were put
// before any archive was created. Without EventStartTime it begins with the first event, without EventEndTime it ends
// with the last one that was put when it began. CountsOnly sends nothing: "Rules" says what each rule would get. A
// start removes such replays that ended over a minute ago.
//
// Errors: constraints; ResourceNotFoundException for the bus, the archive or a rule; ValidationException for another
// bus than the archive's and for an end that is not after the start; as StartReplay for a name that is taken and for
// ten active replays.
#include <cmath>
#include <string>

#include "rpc/rest_operation.h"
#include "services/eventbridge/archive/limits.h"
#include "services/eventbridge/operations/archive_fields.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/new_replay.h"

namespace ddblog::eventbridge {
namespace {

constexpr std::chrono::minutes kCountsKept{1};  // for who asked for them

class StartLocalReplay {
 public:
  StartLocalReplay(rpc::RequestReader& request, ArchiveContext& context);
  std::string run(Transaction& transaction) const;

 private:
  ArchiveContext& context_;
  Replay replay_;
  std::vector<std::string> rules_;
};

Timestamp timeOr(const std::optional<double>& seconds, Timestamp otherwise) {
  if (!seconds) return otherwise;
  if (!(*seconds >= 0 && *seconds <= kLastReplaySecond)) throw serializationError("Invalid timestamp");
  return Timestamp(Duration(std::llround(*seconds * 1000)));
}

StartLocalReplay::StartLocalReplay(rpc::RequestReader& request, ArchiveContext& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  replay_.started_at = context.bus.clock.now();
  replay_.name = fields.string("ReplayName", replayNameRule()).value_or("");
  replay_.bus = readBusName(fields, context.bus);
  replay_.archive = fields.string("ArchiveName", archiveNameRule(false)).value_or("");
  const auto from = fields.timestamp("EventStartTime"), to = fields.timestamp("EventEndTime");
  rules_ = fields.strings("Rules", {.max = limits::kReplayFilters}, ruleNameRule()).value_or(rules_);
  replay_.logs = fields.strings("Logs", {.max = limits::kReplayFilters}).value_or(replay_.logs);
  replay_.types = fields.strings("Types", {.max = limits::kReplayFilters}).value_or(replay_.types);
  replay_.events_per_second = fields.integer("EventsPerSecond", {.min = 1, .max = 1'000'000}).value_or(0);
  replay_.counts_only = fields.boolean("CountsOnly").value_or(false);
  request.finish();
  replay_.events_from = timeOr(from, Timestamp());
  replay_.events_to = timeOr(to, replay_.started_at);
  for (const std::string& rule : rules_) replay_.rule_arns.push_back(context.bus.arns.rule(replay_.bus, rule));
  if (!context.archive) throw validationError("This cloud keeps no archive.");
}

std::string StartLocalReplay::run(Transaction& transaction) const {
  context_.bus.catalog.bus(transaction, replay_.bus);
  for (const std::string& rule : rules_) context_.bus.catalog.rule(transaction, replay_.bus, rule);
  Replay replay = replay_;
  if (!replay.isOfFile()) {
    const ArchiveDescription archive = context_.archives.get(transaction, replay.archive);
    if (archive.bus != replay.bus)
      throw validationError("Archive " + archive.name + " is of the bus " + archive.bus + ".");
    replay.archive_id = archive.id;
  }
  if (replay.events_to < replay.events_from) throw validationError("EventStartTime must be before EventEndTime.");
  for (const Replay& other : context_.replays.all(transaction)) {
    const bool is_old = other.ended_at && *other.ended_at + kCountsKept < replay.started_at;
    if (other.counts_only && is_old) context_.replays.erase(transaction, other.name);
  }
  addReplay(transaction, context_, replay);
  std::string out;
  JsonWriter(out).beginObject().key("ReplayName").value(replay.name).endObject();
  return out;
}

class GetLocalReplay {
 public:
  GetLocalReplay(rpc::RequestReader& request, ArchiveContext& context)
      : context_(context), name_(request.pathParameter("ReplayName", replayNameRule())) {
    request.finish();
  }
  std::string run(const Reader& reader) const {
    const Replay replay = context_.replays.get(reader, name_);
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("ReplayName").value(replay.name).key("State").value(nameOf(replay.state));
    if (!replay.state_reason.empty()) json.key("StateReason").value(replay.state_reason);
    if (replay.total) json.key("Total").value(*replay.total);
    json.key("Replayed").value(replay.replayed).key("Skipped").value(replay.skipped);
    json.key("Rules").beginArray();
    for (const auto& [rule, count] : replay.counts) {
      json.beginObject().key("Name").value(rule).key("Events").value(count).endObject();
    }
    json.endArray().endObject();
    return out;
  }

 private:
  ArchiveContext& context_;
  const std::string name_;
};

}  // namespace

void addLocalReplays(rpc::RestApi& api, ArchiveContext& context) {
  rpc::addWrite<StartLocalReplay>(api, {"POST", "/_local/replays", "StartLocalReplay"}, context);
  rpc::addRead<GetLocalReplay>(api, {"GET", "/_local/replays/{ReplayName}", "GetLocalReplay"}, context);
}

}  // namespace ddblog::eventbridge
