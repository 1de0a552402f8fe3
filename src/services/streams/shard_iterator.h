// A place in a shard, as clients carry it: opaque text that is good for 15 minutes.
//
//   stream ARN | 1 | base64 of: version (1 byte, 1), from horizon (1 byte), shard number, next sequence number, made at
//   (milliseconds since the epoch; each 8 bytes, big-endian), check sum of all before and the ARN (8 bytes)
//
// "From horizon" is a place of TRIM_HORIZON: it begins at the oldest record that is kept, whichever that is by then;
// other places whose record is trimmed refuse with TrimmedDataAccessException.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
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
  // Throws ApiError ValidationException "Invalid ShardIterator" on anything that toText did not write, and
  // ExpiredIteratorException.
  static ShardIterator parse(std::string_view text, Timestamp now);
};

}  // namespace ddblog::streams
