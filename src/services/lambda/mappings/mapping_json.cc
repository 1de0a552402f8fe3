#include "services/lambda/mappings/mapping_json.h"

#include "base/clock.h"

namespace ddblog::lambda {

namespace {

// Members that a request gives and that have no effect here.
constexpr const char* kKeptMembers[] = {"KMSKeyArn", "MetricsConfig", "LoggingConfig"};

void writeOfStream(JsonWriter& json, const MappingSettings& settings) {
  json.key("DestinationConfig").beginObject();
  if (!settings.on_failure.empty()) {
    json.key("OnFailure").beginObject().key("Destination").value(settings.on_failure).endObject();
  }
  json.endObject();
  json.key("MaximumRecordAgeInSeconds")
      .value(settings.maximum_record_age ? settings.maximum_record_age->count() : std::int64_t{-1});
  json.key("BisectBatchOnFunctionError").value(settings.bisect);
  json.key("MaximumRetryAttempts").value(std::int64_t{settings.maximum_retry_attempts.value_or(-1)});
  json.key("TumblingWindowInSeconds").value(std::int64_t{settings.tumbling.count()});
}

void writeOfQueue(JsonWriter& json, const MappingSettings& settings) {
  if (!settings.maximum_concurrency) return;
  json.key("ScalingConfig").beginObject().key("MaximumConcurrency").value(*settings.maximum_concurrency).endObject();
}

}  // namespace

void writeMapping(JsonWriter& json, const Functions& functions, const StoredMapping& mapping, const std::string& state,
                  const std::string& last_result) {
  const MappingSettings settings = readMappingSettings(mapping.request);
  const auto number = [](const auto& value) { return static_cast<std::int64_t>(value); };
  json.beginObject();
  json.key("UUID").value(mapping.uuid);
  json.key("EventSourceMappingArn")
      .value("arn:aws:lambda:" + functions.region() + ":" + functions.accountId() +
             ":event-source-mapping:" + mapping.uuid);
  const bool is_stream = settings.source_kind == SourceKind::kStream;
  if (is_stream) {
    json.key("StartingPosition")
        .value(settings.starting_position == StartingPosition::kLatest ? "LATEST" : "TRIM_HORIZON");
  }
  json.key("BatchSize").value(number(settings.batch_size));
  json.key("MaximumBatchingWindowInSeconds").value(number(settings.window.count()));
  if (is_stream) json.key("ParallelizationFactor").value(settings.lanes);
  json.key("EventSourceArn").value(mapping.source);
  if (!settings.filters.empty()) {
    json.key("FilterCriteria").beginObject().key("Filters").beginArray();
    for (const std::string& pattern : settings.filters) json.beginObject().key("Pattern").value(pattern).endObject();
    json.endArray().endObject();
  }
  for (const char* name : kKeptMembers) {
    if (const json::value* kept = mapping.request.if_contains(name)) json.key(name).raw(json::serialize(*kept));
  }
  json.key("FunctionArn").value(functions.arnOf(mapping.function_name));
  json.key("LastModified").value(toEpochSeconds(mapping.modified_at));
  if (is_stream) json.key("LastProcessingResult").value(last_result);
  json.key("State").value(state);
  json.key("StateTransitionReason").value(is_stream ? "User action" : "USER_INITIATED");
  is_stream ? writeOfStream(json, settings) : writeOfQueue(json, settings);
  json.key("FunctionResponseTypes").beginArray();
  if (settings.reports_item_failures) json.value("ReportBatchItemFailures");
  json.endArray();
  json.endObject();
}

}  // namespace ddblog::lambda
