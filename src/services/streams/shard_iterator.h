// A position in a shard, as clients carry it: an opaque string that is valid for 15 minutes.
//
//   <stream ARN> | 1 | <base64>         the base64 of, numbers big-endian:
//
//   bytes   field
//     1     version, 1
//     1     from horizon: 1 for TRIM_HORIZON, else 0
//     8     shard number
//     8     next sequence number
//     8     made at, in milliseconds since the epoch
//     8     checksum of all bytes before and the ARN
//
// A position of TRIM_HORIZON begins at the oldest record that is kept when it is used; at other
// positions whose record is trimmed, reading fails with TrimmedDataAccessException. Source:
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
  // Throws ApiError ValidationException "Invalid ShardIterator" on anything that toText did not
  // write, and ExpiredIteratorException.
  static ShardIterator parse(std::string_view text, Timestamp now);
};

}  // namespace ddblog::streams
