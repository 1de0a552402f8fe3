// The stored form of streams, shards and change records. change_records.h writes them (in the
// item's transaction), src/services/streams/ reads them.
//
// A table has at most one enabled stream. Turning it off closes it; turning it on again creates
// another stream with another label. A stream's records are numbered 1, 2, 3 … without gaps, and a
// shard is a range of these numbers. So a record's key does not contain its shard, and closing a
// shard writes two small rows, whatever its size.
//
//   key                                               value
//   kStreams 'D' text(stream ARN)                     the stream's description: JSON after a version byte (1)
//   kStreams 'H' number(table id)                     the head of the enabled stream (Head, below): where the
//                                                     next record goes
//   kStreams 'S' number(stream id) number(n)          shard n = 1, 2, 3 … (ShardRow, below)
//   kChangeRecords number(stream id) number(sequence) the record (below)
//
// Head: version (1 byte, 1), stream id, shard number, next sequence number, first sequence number
// of the shard, bytes of records in the shard, opened at (a running time): six numbers of 8 bytes,
// big-endian.
//
// ShardRow: version (1 byte, 1), first sequence number, last sequence number (0: the shard is
// open), opened at (milliseconds since the epoch), closed at (a running time; 0: open): four numbers
// of 8 bytes. A shard that was closed without a record has last = first - 1; "closed at"
// distinguishes it from an open one. Shard n's parent is shard n - 1.
//
// Record:
//   byte 0       version, 1
//   byte 1       event: 0 INSERT, 1 MODIFY, 2 REMOVE
//   byte 2       view: a StreamView
//   byte 3       changed by: 0 a user, 1 time to live
//   bytes 4-11   created at, milliseconds since the epoch
//   bytes 12-19  added at, the running time in milliseconds: retention counts from here
//   bytes 20-23  SizeBytes: the size of the keys and of each image in the view, as DynamoDB calculates it
//   then three strings, each a 32-bit length and that many bytes: the keys, the old and the new image, as stored
//   items (item/stored_item.h); an image that does not exist or is not in the view is empty
//
// A running time is in milliseconds (base/clock.h).
//
// Rejected: keys that contain the shard's number (a reader of many shards would seek more, and
// retention would have to walk shards); sequence numbers from one counter for all tables (gaps
// would look like trimmed records).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/dynamodb/changes/change_records.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

struct StreamDescription {
  std::uint64_t id = 0;
  std::string arn;
  std::string label;
  std::uint64_t table_id = 0;
  std::string table_name;
  StreamView view = StreamView::kKeysOnly;
  KeySchema key;
  Timestamp created_at;
  bool enabled = true;
  RunningTime disabled_at;  // unless enabled
};

struct StreamHead {
  std::uint64_t stream_id = 0;
  std::uint64_t shard_number = 1;
  std::uint64_t next_sequence = 1;
  std::uint64_t first_sequence = 1;  // of the shard
  std::uint64_t shard_bytes = 0;
  RunningTime opened_at;
};

struct ShardRow {
  std::uint64_t first_sequence = 1;
  std::uint64_t last_sequence = 0;  // of a closed shard
  Timestamp opened_at;
  std::optional<RunningTime> closed_at;  // nullopt: the shard is open
};

enum class ChangeEvent : std::uint8_t { kInsert, kModify, kRemove };

// A decoded record; the views point into the stored bytes.
struct StoredChange {
  ChangeEvent event = ChangeEvent::kInsert;
  StreamView view = StreamView::kKeysOnly;
  ChangedBy changed_by = ChangedBy::kUser;
  Timestamp created_at;
  RunningTime added_at;
  std::uint32_t size_bytes = 0;
  std::string_view keys;
  std::string_view old_image;
  std::string_view new_image;
};

std::string streamDescriptionKey(std::string_view stream_arn);
std::string allStreamsPrefix();
std::string headKey(std::uint64_t table_id);
std::string shardKey(std::uint64_t stream_id, std::uint64_t shard_number);
std::string allShardsPrefix(std::uint64_t stream_id);
std::string recordKey(std::uint64_t stream_id, std::uint64_t sequence);
std::uint64_t sequenceOfRecordKey(std::string_view key);
std::uint64_t numberOfShardKey(std::string_view key);

// The decoders throw std::runtime_error on bytes that their encoders did not write.
std::string encodeStream(const StreamDescription& stream);
StreamDescription decodeStream(std::string_view stored);
std::string encodeHead(const StreamHead& head);
StreamHead decodeHead(std::string_view stored);
std::string encodeShard(const ShardRow& shard);
ShardRow decodeShard(std::string_view stored);
std::string encodeChange(const StoredChange& change);
StoredChange decodeChange(std::string_view stored);

// "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES".
std::string_view streamViewName(StreamView view);

}  // namespace ddblog::dynamodb
