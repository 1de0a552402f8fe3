#include "services/lambda/mappings/event_source_mapping.h"

#include <algorithm>

#include "base/api_error.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/mappings/open_shards.h"

namespace ddblog::lambda {

namespace {

ApiError notServed(const std::string& arn) {
  return invalidParameterValue("EventSourceArn " + arn + " is not the ARN of an event source that is served offline");
}

// nullptr: it is a queue.
std::unique_ptr<rpc::EventSource> openStream(const MappingDependencies& dependencies, const MappingSettings& settings) {
  if (settings.source_kind != SourceKind::kStream) return nullptr;
  auto source = dependencies.sources.open(settings.event_source_arn);
  if (!source) throw notServed(settings.event_source_arn);
  return source;
}

// nullptr: it is a stream.
std::unique_ptr<rpc::QueueSource> openQueue(const MappingDependencies& dependencies, const MappingSettings& settings) {
  if (settings.source_kind != SourceKind::kQueue) return nullptr;
  auto queue = dependencies.sources.openQueue(settings.event_source_arn);
  if (!queue) throw notServed(settings.event_source_arn);
  return queue;
}

}  // namespace

MappingSettings checkMapping(const MappingDependencies& dependencies, const Reader& reader, MappingSettings settings) {
  const FunctionPointer function = dependencies.functions.find(reader, settings.function_name);
  if (!function) throw invalidParameterValue("Function does not exist");
  settings.function_name = function->reference();  // the request may have given an ARN
  openStream(dependencies, settings);
  openQueue(dependencies, settings);
  RecordFilter{settings.filters};
  if (!settings.on_failure.empty() && !dependencies.recipients.find(settings.on_failure)) {
    throw invalidParameterValue("There is no destination " + settings.on_failure + " for discarded records offline");
  }
  return settings;
}

void checkQueue(const MappingDependencies& dependencies, const Reader& reader, const MappingSettings& settings) {
  const auto queue = openQueue(dependencies, settings);
  if (!queue) return;
  const auto properties = queue->properties(reader);
  if (!properties) {
    throw invalidParameterValue(
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error "
        "Message: The specified queue does not exist.");
  }
  const FunctionPointer function = dependencies.functions.find(reader, settings.function_name);
  const auto visibility = std::chrono::duration_cast<std::chrono::seconds>(properties->visibility_timeout);
  if (function && visibility < function->timeout) {
    throw invalidParameterValue("Queue visibility timeout: " + std::to_string(visibility.count()) +
                                " seconds is less than Function timeout: " + std::to_string(function->timeout.count()) +
                                " seconds");
  }
}

// Skips the records that exist now.
void beginAtPosition(const MappingDependencies& dependencies, Transaction& transaction,
                     const MappingSettings& settings) {
  if (settings.starting_position != StartingPosition::kLatest) return;
  const auto source = openStream(dependencies, settings);
  const auto arn = source->currentArn(transaction);
  const auto shards = arn ? source->shards(transaction, *arn) : std::nullopt;
  if (!shards) return;
  Checkpoints checkpoints(settings.function_name, settings.event_source_arn, settings.lanes);
  checkpoints.find(transaction);
  for (const rpc::EventSource::Shard& shard : *shards) {
    const Checkpoint latest{source->lastPosition(transaction, *arn, shard.id), false};
    for (int lane = 0; lane < settings.lanes; ++lane) checkpoints.put(transaction, *arn, shard.id, lane, latest);
  }
}

namespace {

// The function may have been deleted since the mapping was made, and be made again.
MappingSettings ofStored(const MappingDependencies& dependencies, MappingSettings settings) {
  const auto snapshot = dependencies.store.snapshot();
  if (!dependencies.functions.find(*snapshot, settings.function_name)) return settings;
  return checkMapping(dependencies, *snapshot, std::move(settings));
}

}  // namespace

EventSourceMapping::EventSourceMapping(const MappingDependencies& dependencies, MappingSettings settings)
    : dependencies_(dependencies),
      settings_(ofStored(dependencies, std::move(settings))),
      filter_(settings_.filters),
      source_(openStream(dependencies, settings_)),
      queue_(openQueue(dependencies, settings_)),
      checkpoints_(settings_.function_name, settings_.event_source_arn, settings_.lanes) {}

void EventSourceMapping::start() {
  dependencies_.store.writeAndWait([this](Transaction& transaction) {
    const bool is_new = checkpoints_.open(transaction, dependencies_.ids, dependencies_.clock.now());
    if (is_new) beginAtPosition(dependencies_, transaction, settings_);
    checkpoints_.adaptLanes(transaction);
  });
  if (!settings_.enabled) return;
  if (queue_) {
    queue_reader_ = std::make_unique<QueueReader>(dependencies_, *queue_, settings_, filter_);
    queue_reader_->start();
    return;
  }
  for (int lane = 0; lane < settings_.lanes; ++lane) {
    readers_.push_back(
        std::make_unique<MappingReader>(dependencies_, *source_, settings_, checkpoints_, filter_, lane));
  }
  for (const auto& reader : readers_) reader->start();
}

void EventSourceMapping::requestStop() {
  for (const auto& reader : readers_) reader->requestStop();
  if (queue_reader_) queue_reader_->requestStop();
}

void EventSourceMapping::join() {
  for (const auto& reader : readers_) reader->join();
  if (queue_reader_) queue_reader_->join();
}

rpc::Activity EventSourceMapping::activity() const {
  rpc::Activity activity;
  for (const auto& reader : readers_) activity.add(reader->activity());
  if (queue_reader_) activity.add(queue_reader_->activity());
  return activity;
}

rpc::BoundedCount EventSourceMapping::backlog(const Reader& reader) const {
  rpc::BoundedCount waiting;
  if (queue_) {
    if (settings_.enabled) waiting.number = queue_->count(reader);
    return waiting;
  }
  ReadLimit limit;
  for (const OpenShard& shard : openShards(reader, settings_, *source_, checkpoints_)) {
    if (settings_.lanes == 1 && settings_.filters.empty()) {
      waiting.number +=
          source_->count(reader, shard.arn, shard.id, shard.after_by_lane[0], dependencies_.clock.runningTime());
    } else {
      waiting.add(countWanted(reader, shard.arn, shard.id, shard.after_by_lane, limit));
    }
  }
  return waiting;
}

// Counts one by one the records that pass the filter and that their lane has not processed.
rpc::BoundedCount EventSourceMapping::countWanted(const Reader& reader, const std::string& arn,
                                                  const std::string& shard_id,
                                                  const std::vector<std::string>& after_by_lane,
                                                  ReadLimit& limit) const {
  rpc::BoundedCount waiting;
  std::string after = *std::ranges::min_element(after_by_lane);
  while (limit.records > 0 && limit.bytes > 0) {
    const std::size_t page = std::min(limit.records, limits::kBacklogPage);
    const auto records = source_->read(reader, arn, shard_id, after, page, limits::kMappingBatchBytes,
                                       dependencies_.clock.runningTime());
    for (const Record& record : records) {
      const int lane = laneOf(record.order_key, settings_.lanes);
      const bool is_processed = record.position <= after_by_lane[static_cast<std::size_t>(lane)];
      if (!is_processed && filter_.passes(record.json)) ++waiting.number;
      limit.bytes -= std::min(limit.bytes, record.json.size());
    }
    if (records.empty()) return waiting;
    after = records.back().position;
    limit.records -= records.size();
  }
  waiting.or_more = source_->count(reader, arn, shard_id, after, dependencies_.clock.runningTime()) > 0;
  return waiting;
}

std::string EventSourceMapping::lastResult() const {
  return readers_.empty() ? "No records processed" : readers_.front()->lastResult();
}

}  // namespace ddblog::lambda
