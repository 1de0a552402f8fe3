#include "services/lambda/mappings/mapping_settings.h"

#include <algorithm>
#include <array>

#include "base/api_error.h"
#include "base/json_fields.h"
#include "rpc/request_reader.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/limits.h"

namespace ddblog::lambda {

namespace {

using rpc::ObjectReader;

constexpr std::array kKnown = {"FunctionName",
                               "EventSourceArn",
                               "Enabled",
                               "BatchSize",
                               "FilterCriteria",
                               "MaximumBatchingWindowInSeconds",
                               "FunctionResponseTypes",
                               "Tags",
                               "KMSKeyArn",
                               "MetricsConfig",
                               "LoggingConfig"};
constexpr std::array kOfStreams = {"ParallelizationFactor",     "StartingPosition",           "DestinationConfig",
                                   "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "MaximumRetryAttempts",
                                   "TumblingWindowInSeconds"};
constexpr std::array kOfQueues = {"ScalingConfig"};
constexpr std::size_t kQueueBatch = 10;  // without a window, and of a FIFO queue

SourceKind kindOf(std::string_view arn) {
  return arn.find(":sqs:") == std::string_view::npos ? SourceKind::kStream : SourceKind::kQueue;
}

void rejectUnknown(const json::object& request, SourceKind kind) {
  for (const auto& field : request) {
    const std::string name(field.key());
    if (std::ranges::find(kKnown, name) != kKnown.end()) continue;
    const bool is_known = kind == SourceKind::kStream ? std::ranges::find(kOfStreams, name) != kOfStreams.end()
                                                      : std::ranges::find(kOfQueues, name) != kOfQueues.end();
    if (is_known) continue;
    if (kind == SourceKind::kStream) {
      throw invalidParameterValue("event source mappings of DynamoDB streams do not support " + name + " offline");
    }
    throw invalidParameterValue(name + " is not valid for SQS event sources.");
  }
}

void readFilters(ObjectReader& fields, MappingSettings& settings) {
  auto criteria = fields.object("FilterCriteria");
  auto filters = criteria ? criteria->objects("Filters", {.max = 10}) : std::nullopt;
  if (!filters) return;
  for (ObjectReader& filter : *filters) {
    if (auto pattern = filter.string("Pattern", {.max = 4096})) settings.filters.push_back(*pattern);
  }
}

void readFailures(ObjectReader& fields, MappingSettings& settings) {
  if (auto attempts = fields.integer("MaximumRetryAttempts", {.min = -1, .max = 10'000}); attempts.value_or(-1) >= 0) {
    settings.maximum_retry_attempts = static_cast<int>(*attempts);
  }
  const auto age = fields.integer("MaximumRecordAgeInSeconds", {.min = -1, .max = 604'800});
  if (age.value_or(-1) >= 0) {
    if (*age < 60) throw invalidParameterValue("MaximumRecordAgeInSeconds must be -1 or from 60 to 604800");
    settings.maximum_record_age = std::chrono::seconds(*age);
  }
  settings.bisect = fields.boolean("BisectBatchOnFunctionError").value_or(false);
  if (auto config = fields.object("DestinationConfig")) {
    if (config->has("OnSuccess"))
      throw invalidParameterValue("a stream's event source mapping has no OnSuccess destination");
    if (auto on_failure = config->object("OnFailure")) {
      settings.on_failure = on_failure->string("Destination", {.max = 350}).value_or("");
    }
  }
}

void readOfStream(ObjectReader& fields, MappingSettings& settings) {
  settings.lanes = static_cast<int>(fields.integer("ParallelizationFactor", {.min = 1, .max = 10}).value_or(1));
  const auto position = fields.string("StartingPosition", {.one_of = {"TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"}});
  readFailures(fields, settings);
  settings.tumbling =
      std::chrono::seconds(fields.integer("TumblingWindowInSeconds", {.min = 0, .max = 900}).value_or(0));
  if (settings.event_source_arn.empty()) return;  // refused below
  if (!position) {
    throw invalidParameterValue(
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not "
        "be "
        "null.");
  }
  if (position == "AT_TIMESTAMP")
    throw invalidParameterValue("StartingPosition AT_TIMESTAMP is not for DynamoDB streams");
  if (position == "LATEST") settings.starting_position = StartingPosition::kLatest;
}

void readOfQueue(ObjectReader& fields, MappingSettings& settings) {
  if (auto scaling = fields.object("ScalingConfig")) {
    const auto most = scaling->integer("MaximumConcurrency", {.min = 2, .max = 1000});
    if (most) settings.maximum_concurrency = static_cast<int>(*most);
  }
  const bool is_fifo = settings.event_source_arn.ends_with(".fifo");
  if (is_fifo && settings.window.count() > 0) {
    throw invalidParameterValue("Batching window is not supported for FIFO queues");
  }
  if (settings.batch_size > kQueueBatch && settings.window.count() == 0) {
    throw invalidParameterValue(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
  }
}

}  // namespace

MappingSettings readMappingSettings(const json::object& create_event_source_mapping) {
  const SourceKind kind = kindOf(textOf(create_event_source_mapping, "EventSourceArn"));
  rejectUnknown(create_event_source_mapping, kind);
  rpc::Request request;
  request.operation = "CreateEventSourceMapping";
  request.body = json::serialize(create_event_source_mapping);
  rpc::RequestReader reader(request);
  ObjectReader& fields = reader.fields();
  MappingSettings settings;
  settings.source_kind = kind;
  settings.function_name = fields.string("FunctionName", {.required = true, .min = 1, .max = 256}).value_or("");
  settings.event_source_arn = fields.string("EventSourceArn").value_or("");
  settings.enabled = fields.boolean("Enabled").value_or(true);
  settings.batch_size = static_cast<std::size_t>(
      fields.integer("BatchSize", {.min = 1, .max = limits::kMappingBatch})
          .value_or(kind == SourceKind::kQueue ? static_cast<std::int64_t>(kQueueBatch) : 100));
  readFilters(fields, settings);
  settings.window =
      std::chrono::seconds(fields.integer("MaximumBatchingWindowInSeconds", {.min = 0, .max = 300}).value_or(0));
  const auto types = fields.strings("FunctionResponseTypes", {.max = 1}, {.one_of = {"ReportBatchItemFailures"}});
  settings.reports_item_failures = types && !types->empty();
  kind == SourceKind::kQueue ? readOfQueue(fields, settings) : readOfStream(fields, settings);
  reader.finish();
  if (settings.event_source_arn.empty()) throw invalidParameterValue("Unrecognized event source.");
  return settings;
}

}  // namespace ddblog::lambda
