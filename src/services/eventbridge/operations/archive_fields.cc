#include "services/eventbridge/operations/archive_fields.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

ListFilter readListFilter(rpc::RequestReader& request, const rpc::StringRule& prefix,
                          std::vector<std::string_view> states, std::string_view operation) {
  rpc::ObjectReader& fields = request.fields();
  ListFilter filter;
  filter.page = readPage(fields, "NamePrefix", prefix);
  filter.source_arn = fields.string("EventSourceArn", sourceArnRule(false)).value_or("");
  filter.state = fields.string("State", {.one_of = std::move(states)}).value_or("");
  request.finish();
  const auto given = [](const std::string& text) { return text.empty() ? 0 : 1; };
  if (given(filter.page.prefix) + given(filter.source_arn) + given(filter.state) > 1) {
    throw validationError("At most one filter is allowed for " + std::string(operation) +
                          ". Use either : State, EventSourceArn, or NamePrefix.");
  }
  return filter;
}

std::string busOfArn(const Context& context, std::string_view arn, std::string_view parameter) {
  if (!context.arns.isBus(arn)) {
    throw validationError("Parameter " + std::string(parameter) +
                          " is not valid. Reason: Must contain an event bus ARN.");
  }
  return context.arns.busName(arn);
}

std::string changedArchive(const Context& context, const ArchiveDescription& archive) {
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("ArchiveArn").value(context.arns.archive(archive.name)).key("State").value("ENABLED");
  json.key("CreationTime").value(toEpochSeconds(archive.created_at)).endObject();
  return out;
}

void writeArchive(JsonWriter& json, const ArchiveDescription& archive, const ArchiveContext& context) {
  KeptSize size;
  if (context.archive) {
    size = context.archive->file().keptSize({archive.id, archive.keepsFrom(context.bus.clock.now()), {}});
  }
  json.key("ArchiveName").value(archive.name);
  json.key("EventSourceArn").value(context.bus.arns.bus(archive.bus)).key("State").value("ENABLED");
  json.key("RetentionDays").value(archive.retention_days);
  json.key("SizeBytes").value(size.bytes).key("EventCount").value(size.events);
  json.key("CreationTime").value(toEpochSeconds(archive.created_at));
}

std::string sourceArnOf(const Replay& replay, const ArchiveContext& context) {
  const Arns& arns = context.bus.arns;
  return replay.isOfFile() ? arns.bus(replay.bus) : arns.archive(replay.archive);
}

void writeReplay(JsonWriter& json, const Replay& replay, const ArchiveContext& context) {
  json.key("ReplayName").value(replay.name);
  json.key("EventSourceArn").value(sourceArnOf(replay, context));
  json.key("State").value(nameOf(replay.state));
  if (!replay.state_reason.empty()) json.key("StateReason").value(replay.state_reason);
  json.key("EventStartTime").value(toEpochSeconds(replay.events_from));
  json.key("EventEndTime").value(toEpochSeconds(replay.events_to));
  if (replay.last_replayed) json.key("EventLastReplayedTime").value(toEpochSeconds(*replay.last_replayed));
  json.key("ReplayStartTime").value(toEpochSeconds(replay.started_at));
  if (replay.ended_at) json.key("ReplayEndTime").value(toEpochSeconds(*replay.ended_at));
}

}  // namespace ddblog::eventbridge
