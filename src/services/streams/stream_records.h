// Reads streams, shards and records from the store, for the operations and the event source.
// (services/dynamodb/changes/stored_streams.h defines the stored form.)
//
// On the wire a sequence number has 21 digits: "1" and the record's number with 20 digits, so that
// they sort as strings. A shard's id is "shardId-", its opening time in milliseconds with 20
// digits, "-", and its number with 8 hexadecimal digits.
//
// Thread safety: free functions on a Reader.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json_writer.h"
#include "services/dynamodb/changes/stored_streams.h"
#include "store/store.h"

namespace ddblog::streams {

struct NumberedShard {
  std::uint64_t number = 0;
  dynamodb::ShardRow row;
};

// Throws ApiError ValidationException "Invalid StreamArn" unless it is a stream's ARN.
void checkStreamArn(std::string_view stream_arn);
// Throws ApiError ResourceNotFoundException "Requested resource not found: Stream: ARN not found".
// If `now` is given, a disabled stream whose records are all trimmed is not found either.
dynamodb::StreamDescription findStream(const Reader& reader, std::string_view stream_arn,
                                       std::optional<RunningTime> now = {});
// Ordered by number: parents before children.
std::vector<NumberedShard> shardsOf(const Reader& reader, std::uint64_t stream_id);
// std::nullopt: no such shard (any more).
std::optional<NumberedShard> findShard(const Reader& reader, std::uint64_t stream_id, std::string_view shard_id);
std::optional<NumberedShard> findShard(const Reader& reader, std::uint64_t stream_id, std::uint64_t number);

std::string shardIdOf(const NumberedShard& shard);
// The number in a shard's id; std::nullopt: not an id that we issued.
std::optional<std::uint64_t> shardNumberOf(std::string_view shard_id);
std::string sequenceNumberText(std::uint64_t sequence);
// std::nullopt: not a sequence number that we issued.
std::optional<std::uint64_t> parseSequenceNumber(std::string_view text);

// The number of the last record put into the shard; first_sequence - 1 if there is none.
std::uint64_t lastSequence(const Reader& reader, const dynamodb::StreamDescription& stream, const NumberedShard& shard);
// Whether what was added at that time is past its retention at `now`.
bool isTrimmed(RunningTime added_at, RunningTime now);
// Whether all of a shard's records are trimmed: it was closed before the retention began.
bool isGone(const NumberedShard& shard, RunningTime now);
// Throws ApiError TrimmedDataAccessException.
[[noreturn]] void refuseTrimmed();

// Calls `visit` with the shard's untrimmed records from number `from` on, in order, until it
// returns false.
void visitRecords(const Reader& reader, const dynamodb::StreamDescription& stream, const NumberedShard& shard,
                  std::uint64_t from, RunningTime now,
                  const std::function<bool(std::uint64_t sequence, const dynamodb::StoredChange&)>& visit);

// The casing of userIdentity's members: GetRecords has PrincipalId, a Lambda function's event
// principalId.
enum class RecordForm { kGetRecords, kLambdaEvent };
void writeRecord(JsonWriter& json, const dynamodb::StreamDescription& stream, std::string_view region,
                 std::uint64_t sequence, const dynamodb::StoredChange& change, RecordForm form);

// The region in a stream's ARN.
std::string_view regionOf(std::string_view stream_arn);

}  // namespace ddblog::streams
