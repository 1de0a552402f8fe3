// Reading streams, shards and records from the store (services/dynamodb/changes/stored_streams.h
// says how they are stored): what the operations and the event source share.
//
// Sequence numbers on the wire are 21 digits, "1" and the record's number with 20 digits, so that
// they sort as strings do. A shard's id is "shardId-", the time it was opened at in milliseconds
// with 20 digits, "-", its number with 8 hexadecimal digits.
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

// Throws ApiError ValidationException "Invalid StreamArn" for what is not the ARN of a stream.
void checkStreamArn(std::string_view stream_arn);
// Throws ApiError ResourceNotFoundException "Requested resource not found: Stream: ARN not found".
// Given the time, a stream that was turned off so long ago that nothing of it is kept is not found
// either.
dynamodb::StreamDescription findStream(const Reader& reader, std::string_view stream_arn,
                                       std::optional<Timestamp> now = {});
// In the order of their numbers: parents before children.
std::vector<NumberedShard> shardsOf(const Reader& reader, std::uint64_t stream_id);
// std::nullopt: there is no such shard (any more).
std::optional<NumberedShard> findShard(const Reader& reader, std::uint64_t stream_id, std::string_view shard_id);
std::optional<NumberedShard> findShard(const Reader& reader, std::uint64_t stream_id, std::uint64_t number);

std::string shardIdOf(const NumberedShard& shard);
// The number in a shard's id; std::nullopt: not an id of ours.
std::optional<std::uint64_t> shardNumberOf(std::string_view shard_id);
std::string sequenceNumberText(std::uint64_t sequence);
// std::nullopt: not a sequence number of ours.
std::optional<std::uint64_t> parseSequenceNumber(std::string_view text);

// The number of the last record that was put into the shard; first_sequence - 1 if there is none.
std::uint64_t lastSequence(const Reader& reader, const dynamodb::StreamDescription& stream, const NumberedShard& shard);
// Whether a record of this age is past its retention at `now`.
bool isTrimmed(Timestamp created_at, Timestamp now);
// Whether nothing of a shard is kept any more: it was closed before the retention began.
bool isGone(const NumberedShard& shard, Timestamp now);
// Throws ApiError TrimmedDataAccessException.
[[noreturn]] void refuseTrimmed();

// Calls `visit` with the shard's records from number `from` on that are not trimmed, in order,
// until it returns false.
void visitRecords(const Reader& reader, const dynamodb::StreamDescription& stream, const NumberedShard& shard,
                  std::uint64_t from, Timestamp now,
                  const std::function<bool(std::uint64_t sequence, const dynamodb::StoredChange&)>& visit);

// How the members of userIdentity are written: GetRecords has PrincipalId, a Lambda function's
// event principalId.
enum class RecordForm { kGetRecords, kLambdaEvent };
void writeRecord(JsonWriter& json, const dynamodb::StreamDescription& stream, std::string_view region,
                 std::uint64_t sequence, const dynamodb::StoredChange& change, RecordForm form);

// The region in a stream's ARN.
std::string_view regionOf(std::string_view stream_arn);

}  // namespace ddblog::streams
