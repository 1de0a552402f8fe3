// StartReplay: sends the events that an archive holds of a time range to its bus again, to all rules
// or to those of FilterArns (archive/replay_runner.h does it).
//
// Errors, in this order: constraints; a destination that is no bus's ARN; a missing bus; a missing
// archive; another bus than the archive's; an end that is not after the start; a replay with that
// name; ten replays that are active already.
#include <cmath>
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/operations/archive_fields.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/new_replay.h"

namespace ddblog::eventbridge {
namespace {

Timestamp readTime(rpc::ObjectReader& fields, std::string_view name) {
  const double seconds = fields.timestamp(name, true).value_or(0);
  if (!(seconds >= 0 && seconds <= kLastReplaySecond)) throw serializationError("Invalid timestamp");
  return Timestamp(Duration(std::llround(seconds * 1000)));
}

ApiError invalid(std::string_view parameter, const std::string& reason) {
  return validationError("Parameter " + std::string(parameter) + " is not valid. Reason: " + reason);
}

class StartReplay {
 public:
  StartReplay(rpc::RequestReader& request, ArchiveContext& context);
  std::string run(Transaction& transaction) const;

 private:
  ArchiveContext& context_;
  Replay replay_;
};

StartReplay::StartReplay(rpc::RequestReader& request, ArchiveContext& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  replay_.name = fields.string("ReplayName", replayNameRule()).value_or("");
  replay_.description = fields.string("Description", descriptionRule()).value_or("");
  const std::string archive = fields.string("EventSourceArn", sourceArnRule(true)).value_or("");
  replay_.events_from = readTime(fields, "EventStartTime");
  replay_.events_to = readTime(fields, "EventEndTime");
  std::string destination;
  if (auto object = fields.object("Destination", true)) {
    destination = object->string("Arn", arnRule(true)).value_or("");
    replay_.rule_arns = object->strings("FilterArns", {}, arnRule()).value_or(replay_.rule_arns);
  }
  request.finish();
  replay_.bus = busOfArn(context.bus, destination, "Destination.Arn");
  replay_.archive = context.bus.arns.withoutPrefix(archive, "archive/");
  if (replay_.archive == archive) throw invalid("EventSourceArn", "Must contain an archive ARN.");
  replay_.started_at = context.bus.clock.now();
}

std::string StartReplay::run(Transaction& transaction) const {
  context_.bus.catalog.bus(transaction, replay_.bus);
  const auto archive = context_.archives.find(transaction, replay_.archive);
  if (!archive) throw invalid("EventSourceArn", "Archive " + replay_.archive + " does not exist.");
  if (archive->bus != replay_.bus) throw invalid("Destination.Arn", "Cross event bus replay is not permitted.");
  if (replay_.events_to <= replay_.events_from) {
    throw invalid("EventEndTime", "EventStartTime must be before EventEndTime.");
  }
  Replay replay = replay_;
  replay.archive_id = archive->id;
  addReplay(transaction, context_, replay);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("ReplayArn").value(context_.bus.arns.replay(replay.name));
  json.key("State").value(nameOf(replay.state));
  json.key("ReplayStartTime").value(toEpochSeconds(replay.started_at)).endObject();
  return out;
}

}  // namespace

void addStartReplay(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addWrite<StartReplay>(api, "StartReplay", context);
}

}  // namespace ddblog::eventbridge
