#include "services/lambda/mappings/event_source_mapping.h"

#include "base/api_error.h"
#include "services/lambda/functions/errors.h"

namespace ddblog::lambda {

namespace {

std::unique_ptr<rpc::EventSource> openSource(const MappingDependencies& dependencies, const std::string& arn) {
  auto source = dependencies.sources.open(arn);
  if (!source)
    throw invalidParameterValue("EventSourceArn " + arn + " is not the ARN of an event source that is served offline");
  return source;
}

}  // namespace

MappingSettings checkMapping(const MappingDependencies& dependencies, const Reader& reader, MappingSettings settings) {
  const FunctionPointer function = dependencies.functions.find(reader, settings.function_name);
  if (!function) throw invalidParameterValue("Function does not exist: " + settings.function_name);
  settings.function_name = function->name;  // the request may have given an ARN
  openSource(dependencies, settings.event_source_arn);
  RecordFilter{settings.filters};
  if (!settings.on_failure.empty() && !dependencies.recipients.find(settings.on_failure)) {
    throw invalidParameterValue("There is no destination " + settings.on_failure + " for discarded records offline");
  }
  return settings;
}

EventSourceMapping::EventSourceMapping(const MappingDependencies& dependencies, MappingSettings settings)
    : dependencies_(dependencies),
      settings_(checkMapping(dependencies, *dependencies.store.snapshot(), std::move(settings))),
      filter_(settings_.filters),
      source_(openSource(dependencies, settings_.event_source_arn)),
      checkpoints_(settings_.function_name, settings_.event_source_arn, settings_.lanes) {}

void EventSourceMapping::start() {
  dependencies_.store.writeAndWait([this](Transaction& transaction) {
    const bool is_new = checkpoints_.open(transaction, dependencies_.ids, dependencies_.clock.now());
    if (is_new && settings_.starting_position == StartingPosition::kLatest) startAtLatest(transaction);
    checkpoints_.adaptLanes(transaction);
  });
  if (!settings_.enabled) return;
  for (int lane = 0; lane < settings_.lanes; ++lane) {
    readers_.push_back(
        std::make_unique<MappingReader>(dependencies_, *source_, settings_, checkpoints_, filter_, lane));
  }
  for (const auto& reader : readers_) reader->start();
}

// Skips the records that exist now. A source that appears later is read from its beginning.
void EventSourceMapping::startAtLatest(Transaction& transaction) const {
  const auto arn = source_->currentArn(transaction);
  const auto shards = arn ? source_->shards(transaction, *arn) : std::nullopt;
  if (!shards) return;
  for (const rpc::EventSource::Shard& shard : *shards) {
    const Checkpoint latest{source_->lastPosition(transaction, *arn, shard.id), false};
    for (int lane = 0; lane < settings_.lanes; ++lane) checkpoints_.put(transaction, *arn, shard.id, lane, latest);
  }
}

void EventSourceMapping::requestStop() {
  for (const auto& reader : readers_) reader->requestStop();
}

void EventSourceMapping::join() {
  for (const auto& reader : readers_) reader->join();
}

void EventSourceMapping::write(JsonWriter& json) const {
  const auto number = [](const auto& value) { return static_cast<std::int64_t>(value); };
  json.beginObject();
  json.key("UUID").value(uuid());
  json.key("EventSourceMappingArn")
      .value("arn:aws:lambda:" + dependencies_.functions.region() + ":" + dependencies_.functions.accountId() +
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
  json.key("FunctionArn").value(dependencies_.functions.arnOf(settings_.function_name));
  json.key("LastModified").value(toEpochSeconds(checkpoints_.createdAt()));
  json.key("LastProcessingResult").value(readers_.empty() ? "No records processed" : readers_.front()->lastResult());
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
