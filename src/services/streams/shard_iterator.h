// A position in a shard, as clients carry it: an opaque string, valid for 15 minutes.
//
//   <stream ARN> | 1 | <base64>         the base64 of, numbers big-endian:
//
//   bytes   field
//     1     version, 1
//     1     from horizon: 1 for TRIM_HORIZON and AT_TIMESTAMP, else 0
//     8     shard number
//     8     next sequence number
//     8     made at, in milliseconds since the epoch
//     8     checksum of all bytes before and the ARN
//
// A TRIM_HORIZON position begins at the oldest record that is not trimmed when it is used, and an
// AT_TIMESTAMP position not before that. At any other position whose record is trimmed, reading fails
// with TrimmedDataAccessException.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace ddblog::streams {

struct ShardIterator {
  std::string stream_arn;
  bool from_horizon = false;
  std::uint64_t shard_number = 0;
  std::uint64_t next_sequence = 0;
  Timestamp made_at;

  std::string toText() const;
  // Throws ApiError ValidationException "Invalid ShardIterator" for text that toText did not write,
  // or ExpiredIteratorException.
  static ShardIterator parse(std::string_view text, Timestamp now);
};

}  // namespace ddblog::streams
