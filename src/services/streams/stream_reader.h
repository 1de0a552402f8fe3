// Reading a table's stream from inside: what event source mappings use. (SDKs read it by GetRecords.)
//
// Thread safety: free functions on a Reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/signal.h"
#include "store/store.h"

namespace ddblog::streams {

struct Shard {
  std::string id;
  std::string parent_id;  // empty: none
  std::string starting_sequence_number;
  std::string ending_sequence_number;  // empty: the shard is open
};

struct Record {
  std::string sequence_number;
  // The record as a Lambda function's event has it, without eventSourceARN (eventID, eventName, eventVersion,
  // eventSource, awsRegion, dynamodb {…}, userIdentity {type, principalId} for deletions by TTL). GetRecords answers
  // the same but for the casing of userIdentity's members.
  std::string json;
  std::string item_key;  // bytes that are equal for records of the same item: the unit of order
  Timestamp created_at;
};

// The shards of a stream, parents before children; the first may be one of which nothing is kept any more. Throws
// ApiError ResourceNotFoundException.
std::vector<Shard> listShards(const Reader& reader, std::string_view stream_arn);

// The records of a shard whose sequence number is greater than `after` (empty: from the oldest that is kept), at most
// `max_records` and (unless the first alone is larger) `max_bytes`, without those past their retention at `now`.
std::vector<Record> readRecords(const Reader& reader, std::string_view stream_arn, std::string_view shard_id,
                                std::string_view after, std::size_t max_records, std::size_t max_bytes, Timestamp now);

// The sequence number of the last record of the shard, empty if there is none: where LATEST begins.
std::string lastSequenceNumber(const Reader& reader, std::string_view stream_arn, std::string_view shard_id);

// The ARN of the stream that is on for a table, by the table's name; nullopt: no table or no stream.
std::optional<std::string> latestStreamArn(const Reader& reader, std::string_view table_name);

}  // namespace ddblog::streams
