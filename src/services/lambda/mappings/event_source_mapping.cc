#include "services/lambda/mappings/event_source_mapping.h"

#include <algorithm>

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
  if (!function) throw invalidParameterValue("Function does not exist");
  settings.function_name = function->reference();  // the request may have given an ARN
  openSource(dependencies, settings.event_source_arn);
  RecordFilter{settings.filters};
  if (!settings.on_failure.empty() && !dependencies.recipients.find(settings.on_failure)) {
    throw invalidParameterValue("There is no destination " + settings.on_failure + " for discarded records offline");
  }
  return settings;
}

// Skips the records that exist now.
void beginAtPosition(const MappingDependencies& dependencies, Transaction& transaction,
                     const MappingSettings& settings) {
  if (settings.starting_position != StartingPosition::kLatest) return;
  const auto source = openSource(dependencies, settings.event_source_arn);
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

EventSourceMapping::EventSourceMapping(const MappingDependencies& dependencies, MappingSettings settings)
    : dependencies_(dependencies),
      settings_(checkMapping(dependencies, *dependencies.store.snapshot(), std::move(settings))),
      filter_(settings_.filters),
      source_(openSource(dependencies, settings_.event_source_arn)),
      checkpoints_(settings_.function_name, settings_.event_source_arn, settings_.lanes) {}

void EventSourceMapping::start() {
  dependencies_.store.writeAndWait([this](Transaction& transaction) {
    const bool is_new = checkpoints_.open(transaction, dependencies_.ids, dependencies_.clock.now());
    if (is_new) beginAtPosition(dependencies_, transaction, settings_);
    checkpoints_.adaptLanes(transaction);
  });
  if (!settings_.enabled) return;
  for (int lane = 0; lane < settings_.lanes; ++lane) {
    readers_.push_back(
        std::make_unique<MappingReader>(dependencies_, *source_, settings_, checkpoints_, filter_, lane));
  }
  for (const auto& reader : readers_) reader->start();
}

void EventSourceMapping::requestStop() {
  for (const auto& reader : readers_) reader->requestStop();
}

void EventSourceMapping::join() {
  for (const auto& reader : readers_) reader->join();
}

rpc::Activity EventSourceMapping::activity() const {
  rpc::Activity activity;
  for (const auto& reader : readers_) activity.add(reader->activity());
  return activity;
}

rpc::BoundedCount EventSourceMapping::backlog(const Reader& reader) const {
  rpc::BoundedCount waiting;
  Checkpoints checkpoints = checkpoints_;
  const bool is_new = !checkpoints.find(reader);
  if (!settings_.enabled || (is_new && settings_.starting_position == StartingPosition::kLatest)) return waiting;
  const auto arn = source_->currentArn(reader);
  const auto shards = arn ? source_->shards(reader, *arn) : std::nullopt;
  if (!shards) return waiting;
  ReadLimit limit;
  for (const rpc::EventSource::Shard& shard : *shards) {
    std::vector<std::string> after(static_cast<std::size_t>(settings_.lanes));
    bool finished = true;
    for (int lane = 0; lane < settings_.lanes; ++lane) {
      const auto checkpoint = is_new ? std::nullopt : checkpoints.find(reader, *arn, shard.id, lane);
      if (checkpoint) after[static_cast<std::size_t>(lane)] = checkpoint->after;
      finished = finished && checkpoint && checkpoint->finished;
    }
    if (finished) continue;
    if (settings_.lanes == 1 && settings_.filters.empty()) {
      waiting.number += source_->count(reader, *arn, shard.id, after[0], dependencies_.clock.runningTime());
    } else {
      waiting.add(countWanted(reader, *arn, shard.id, after, limit));
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
