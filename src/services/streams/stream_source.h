// A table's stream as an event source (rpc/event_source.h), which event source mappings read. SDKs
// read a stream with GetRecords instead.
//
//   arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL     this stream
//   arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/latest    the table's current stream, even after the table is
//                                                                deleted and created again
//
// A record's position is its sequence number; records of one item have the same order key. Its JSON
// is the record in a Lambda function's event (eventID, eventName, eventVersion, eventSource,
// awsRegion, dynamodb {…}, userIdentity {type, principalId} for deletions by TTL). GetRecords
// returns the same except for the casing of userIdentity's members.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/event_source.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::streams {

class StreamSource : public rpc::EventSource {
 public:
  // `arn` must be the ARN of a stream. `context` must outlive this.
  StreamSource(dynamodb::Context& context, std::string arn);

  std::optional<std::string> currentArn(const Reader& reader) const override;
  bool follows() const override { return follows_; }
  // The first shard may be one whose records are all trimmed.
  std::optional<std::vector<Shard>> shards(const Reader& reader, std::string_view arn) const override;
  // Throws ApiError: ResourceNotFoundException if there is no such stream or shard,
  // ValidationException if `after` is not a sequence number.
  std::vector<Record> read(const Reader& reader, std::string_view arn, std::string_view shard_id,
                           std::string_view after, std::size_t max_records, std::size_t max_bytes,
                           RunningTime now) const override;
  std::uint64_t count(const Reader& reader, std::string_view arn, std::string_view shard_id, std::string_view after,
                      RunningTime now) const override;
  std::string lastPosition(const Reader& reader, std::string_view arn, std::string_view shard_id) const override;
  CommitNotifier& added() override { return context_.change_notifiers.of(table_name_); }
  Duration retention() const override;
  std::string name() const override { return table_name_; }
  std::string missing() const override { return "until table " + table_name_ + " has a stream"; }
  std::string_view batchInfoMember() const override { return "DDBStreamBatchInfo"; }

 private:
  dynamodb::Context& context_;
  const std::string arn_;
  const std::string table_name_;
  const bool follows_;
};

class StreamSources : public rpc::EventSourceProvider {
 public:
  // `context` must outlive this.
  explicit StreamSources(dynamodb::Context& context) : context_(context) {}
  std::unique_ptr<rpc::EventSource> open(const std::string& arn) override;

 private:
  dynamodb::Context& context_;
};

}  // namespace ddblog::streams
