#include "services/lambda/sources/event_source_mapping.h"

#include "base/api_error.h"
#include "services/streams/stream_reader.h"

namespace ddblog::lambda {

EventSourceMapping::EventSourceMapping(const MappingParts& parts, MappingSettings settings)
    : parts_(parts),
      settings_([&] {
        const FunctionPointer function = parts.functions.find(settings.function_name);
        if (!function) {
          throw ApiError("InvalidParameterValueException", "Function does not exist: " + settings.function_name);
        }
        settings.function_name = function->name;  // it may have been an ARN
        return std::move(settings);
      }()),
      filter_(settings_.filters),
      checkpoints_(settings_.function_name, settings_.event_source_arn, settings_.lanes) {
  if (!settings_.on_failure.empty() && !parts_.recipients.find(settings_.on_failure)) {
    throw ApiError("InvalidParameterValueException",
                   "There is no destination " + settings_.on_failure + " for discarded records offline");
  }
}

void EventSourceMapping::start() {
  parts_.store.writeAndWait([this](Transaction& transaction) {
    const bool is_new = checkpoints_.open(transaction, parts_.ids, parts_.clock.now());
    if (is_new && settings_.starting_position == StartingPosition::kLatest) startAtLatest(transaction);
    checkpoints_.adaptLanes(transaction);
  });
  if (!settings_.enabled) return;
  for (int lane = 0; lane < settings_.lanes; ++lane) {
    lanes_.push_back(std::make_unique<StreamLane>(parts_, settings_, checkpoints_, filter_, lane));
  }
  for (const auto& lane : lanes_) lane->start();
}

// What is in the stream now is passed over. A stream that comes later is all new.
void EventSourceMapping::startAtLatest(Transaction& transaction) const {
  const auto arn = settings_.follows_latest ? streams::latestStreamArn(transaction, settings_.table_name)
                                            : std::optional(settings_.event_source_arn);
  if (!arn) return;
  std::vector<streams::Shard> shards;
  try {
    shards = streams::listShards(transaction, *arn);
  } catch (const ApiError&) {  // not there yet
    return;
  }
  for (const streams::Shard& shard : shards) {
    const Checkpoint latest{streams::lastSequenceNumber(transaction, *arn, shard.id), false};
    for (int lane = 0; lane < settings_.lanes; ++lane) checkpoints_.put(transaction, *arn, shard.id, lane, latest);
  }
}

void EventSourceMapping::requestStop() {
  for (const auto& lane : lanes_) lane->requestStop();
}

void EventSourceMapping::join() {
  for (const auto& lane : lanes_) lane->join();
}

void EventSourceMapping::write(JsonWriter& json) const {
  const auto number = [](const auto& value) { return static_cast<std::int64_t>(value); };
  json.beginObject();
  json.key("UUID").value(uuid());
  json.key("EventSourceMappingArn")
      .value("arn:aws:lambda:" + parts_.functions.region() + ":" + parts_.functions.accountId() +
             ":event-source-mapping:" + uuid());
  json.key("StartingPosition")
      .value(settings_.starting_position == StartingPosition::kLatest ? "LATEST" : "TRIM_HORIZON");
  json.key("BatchSize").value(number(settings_.batch_size));
  json.key("MaximumBatchingWindowInSeconds").value(number(settings_.window.count()));
  json.key("ParallelizationFactor").value(settings_.lanes);
  json.key("EventSourceArn").value(settings_.event_source_arn);
  if (!settings_.filters.empty()) {
    json.key("FilterCriteria").beginObject().key("Filters").beginArray();
    for (const std::string& pattern : settings_.filters) json.beginObject().key("Pattern").value(pattern).endObject();
    json.endArray().endObject();
  }
  json.key("FunctionArn").value(parts_.functions.arnOf(settings_.function_name));
  json.key("LastModified").value(toEpochSeconds(checkpoints_.createdAt()));
  json.key("LastProcessingResult").value(lanes_.empty() ? "No records processed" : lanes_.front()->lastResult());
  json.key("State").value(settings_.enabled ? "Enabled" : "Disabled");
  json.key("StateTransitionReason").value("User action");
  json.key("DestinationConfig").beginObject();
  if (!settings_.on_failure.empty()) {
    json.key("OnFailure").beginObject().key("Destination").value(settings_.on_failure).endObject();
  }
  json.endObject();
  json.key("MaximumRecordAgeInSeconds")
      .value(settings_.maximum_record_age ? number(settings_.maximum_record_age->count()) : -1);
  json.key("BisectBatchOnFunctionError").value(settings_.bisect);
  json.key("MaximumRetryAttempts").value(number(settings_.maximum_retry_attempts.value_or(-1)));
  json.key("TumblingWindowInSeconds").value(0);
  json.key("FunctionResponseTypes").beginArray();
  if (settings_.reports_item_failures) json.value("ReportBatchItemFailures");
  json.endArray();
  json.endObject();
}

}  // namespace ddblog::lambda
