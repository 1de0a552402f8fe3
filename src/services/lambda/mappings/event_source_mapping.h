// An event source that feeds a function: its settings, its checkpoints and its readers. A stream has
// one reader per lane (mapping_reader.h), a queue has one (queue_reader.h).
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
// Thread safety: start, requestStop and join from one thread; the rest may be called from any
// thread after start.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "rpc/activity.h"
#include "rpc/backlog.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/mappings/checkpoints.h"
#include "services/lambda/mappings/mapping_reader.h"
#include "services/lambda/mappings/mapping_settings.h"
#include "services/lambda/mappings/queue_reader.h"
#include "services/lambda/mappings/record_filter.h"

namespace ddblog::lambda {

// Returns the settings with the function's bare name. Throws ApiError
// InvalidParameterValueException: the function, source or destination does not exist, or a pattern
// is invalid.
MappingSettings checkMapping(const MappingDependencies& dependencies, const Reader& reader, MappingSettings settings);

// Checks the queue that is the source, if it is one. Throws ApiError InvalidParameterValueException: it does
// not exist, or its visibility timeout is shorter than the function's timeout.
void checkQueue(const MappingDependencies& dependencies, const Reader& reader, const MappingSettings& settings);

// Puts the checkpoints of a new mapping whose starting position is LATEST. A source that appears later
// is read from its beginning.
void beginAtPosition(const MappingDependencies& dependencies, Transaction& transaction,
                     const MappingSettings& settings);

class EventSourceMapping {
 public:
  // Throws as checkMapping does; but a function that does not exist is waited for.
  EventSourceMapping(const MappingDependencies& dependencies, MappingSettings settings);

  // Finds the checkpoints or creates them at the starting position, then starts reading.
  void start();
  void requestStop();
  void join();

  const MappingSettings& settings() const { return settings_; }
  const std::string& uuid() const { return checkpoints_.uuid(); }
  rpc::Activity activity() const;
  // How many records wait for this mapping, which need not be started. Counts without reading them
  // if it can; otherwise it reads limits::kBacklogRecords or kBacklogBytes at most, in all shards.
  rpc::BoundedCount backlog(const Reader& reader) const;
  // The result of its last batch, as GetEventSourceMapping returns it.
  std::string lastResult() const;

 private:
  struct ReadLimit {  // of what is read to count, in all shards
    std::size_t records = limits::kBacklogRecords;
    std::size_t bytes = limits::kBacklogBytes;
  };
  rpc::BoundedCount countWanted(const Reader& reader, const std::string& arn, const std::string& shard_id,
                                const std::vector<std::string>& after_by_lane, ReadLimit& limit) const;

  const MappingDependencies dependencies_;
  const MappingSettings settings_;
  const RecordFilter filter_;
  const std::unique_ptr<rpc::EventSource> source_;  // nullptr: it is a queue
  const std::unique_ptr<rpc::QueueSource> queue_;   // nullptr: it is a stream
  Checkpoints checkpoints_;
  std::vector<std::unique_ptr<MappingReader>> readers_;  // one per lane
  std::unique_ptr<QueueReader> queue_reader_;
};

}  // namespace ddblog::lambda
