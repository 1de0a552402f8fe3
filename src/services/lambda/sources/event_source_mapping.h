// A DynamoDB stream that feeds a function: its settings, its checkpoints and its lanes (stream_lane.h says how it
// reads).
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
// Thread safety: start, requestStop and join from one thread; the rest may be called from any thread after start.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "services/lambda/sources/mapping_settings.h"
#include "services/lambda/sources/record_filter.h"
#include "services/lambda/sources/stream_checkpoints.h"
#include "services/lambda/sources/stream_lane.h"

namespace ddblog::lambda {

class EventSourceMapping {
 public:
  // Throws ApiError InvalidParameterValueException: a function, destination or pattern that is none.
  EventSourceMapping(const MappingParts& parts, MappingSettings settings);

  // Finds its checkpoints, or makes them where it is to start, then reads.
  void start();
  void requestStop();
  void join();

  const MappingSettings& settings() const { return settings_; }
  const std::string& uuid() const { return checkpoints_.uuid(); }
  // As GetEventSourceMapping answers it.
  void write(JsonWriter& json) const;

 private:
  void startAtLatest(Transaction& transaction) const;

  const MappingParts parts_;
  const MappingSettings settings_;
  const RecordFilter filter_;
  StreamCheckpoints checkpoints_;
  std::vector<std::unique_ptr<StreamLane>> lanes_;
};

}  // namespace ddblog::lambda
