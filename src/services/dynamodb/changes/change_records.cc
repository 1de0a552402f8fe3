#include "services/dynamodb/changes/change_records.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include "item/stored_item.h"
#include "services/dynamodb/changes/stored_streams.h"
#include "services/dynamodb/core/item_keys.h"

namespace ddblog::dynamodb {
namespace {

StreamHead headOf(const Reader& reader, const Table& table, const std::string& head_key) {
  const std::optional<std::string> stored = reader.getHot(head_key);
  if (!stored) throw std::logic_error("a stream that is on has no head: " + table.latest_stream_arn);
  return decodeHead(*stored);
}

// A shard's opening time is part of its id, so it is a time of day.
void openShard(Transaction& transaction, const StreamHead& head, Timestamp opened_at) {
  transaction.put(shardKey(head.stream_id, head.shard_number),
                  encodeShard({head.first_sequence, 0, opened_at, std::nullopt}));
}

void closeShard(Transaction& transaction, const StreamHead& head, RunningTime now) {
  const std::string key = shardKey(head.stream_id, head.shard_number);
  const std::optional<std::string> stored = transaction.get(key);
  if (!stored) throw std::logic_error("an open shard is not stored");
  ShardRow row = decodeShard(*stored);
  row.last_sequence = head.next_sequence - 1;
  row.closed_at = now;
  transaction.put(key, encodeShard(row));
}

bool isFull(const StreamHead& head, const ShardLimits& limits, RunningTime now) {
  const std::uint64_t records = head.next_sequence - head.first_sequence;
  return records > 0 &&
         (records >= limits.records || head.shard_bytes >= limits.bytes || now - head.opened_at >= limits.age);
}

void openChild(Transaction& transaction, StreamHead& head, const Clock& clock) {
  const RunningTime now = clock.runningTime();
  closeShard(transaction, head, now);
  ++head.shard_number;
  head.first_sequence = head.next_sequence;
  head.shard_bytes = 0;
  head.opened_at = now;
  openShard(transaction, head, clock.now());
}

StoredChange describeChange(StreamView view, std::string_view keys, std::string_view old_image,
                            std::string_view new_image) {
  const bool shows_old = view == StreamView::kOldImage || view == StreamView::kNewAndOldImages;
  const bool shows_new = view == StreamView::kNewImage || view == StreamView::kNewAndOldImages;
  StoredChange change;
  change.event = old_image.empty()   ? ChangeEvent::kInsert
                 : new_image.empty() ? ChangeEvent::kRemove
                                     : ChangeEvent::kModify;
  change.view = view;
  change.keys = keys;
  if (shows_old) change.old_image = old_image;
  if (shows_new) change.new_image = new_image;
  std::size_t size = storedItemSize(keys);
  for (const std::string_view image : {change.old_image, change.new_image}) {
    if (!image.empty()) size += storedItemSize(image);
  }
  change.size_bytes = static_cast<std::uint32_t>(size);
  return change;
}

void wakeReaders(Transaction& transaction, Context& context, const Table& table) {
  transaction.notifyAfterCommit(context.change_notifiers.of(table.name));
}

// A stream's label is its creation time. Two streams of a table created within one millisecond
// still get different labels.
Timestamp timeOfLabel(const Table& table, Timestamp now) {
  if (table.latest_stream_label.empty()) return now;
  return std::max(now, fromIso8601(table.latest_stream_label + "Z") + Duration(1));
}

std::string labelOf(Timestamp time) {
  std::string label = toIso8601(time, true);
  label.pop_back();  // the Z
  return label;
}

}  // namespace

void appendChangeRecord(Transaction& transaction, Context& context, const Table& table, const Item& keys,
                        std::string_view old_image, std::string_view new_image, ChangedBy changed_by) {
  if (!table.stream || old_image == new_image) return;
  const RunningTime now = context.clock.runningTime();
  std::string head_key = headKey(table.id);
  StreamHead head = headOf(transaction, table, head_key);
  assert(head.next_sequence >= head.first_sequence && "sequence numbers only grow");
  if (isFull(head, context.shard_limits, now)) openChild(transaction, head, context.clock);

  const std::string stored_keys = encodeKeyAttributes(table, keys);
  StoredChange change = describeChange(*table.stream, stored_keys, old_image, new_image);
  change.changed_by = changed_by;
  change.created_at = context.clock.now();
  change.added_at = now;
  std::string stored = encodeChange(change);
  head.shard_bytes += stored.size();
  transaction.put(recordKey(head.stream_id, head.next_sequence), std::move(stored));
  ++head.next_sequence;
  transaction.put(std::move(head_key), encodeHead(head));
  wakeReaders(transaction, context, table);
}

void turnStreamOn(Transaction& transaction, Context& context, Table& table, StreamView view) {
  const Timestamp now = timeOfLabel(table, context.clock.now());
  StreamDescription stream;
  stream.id = context.catalog.nextTableId(transaction);
  stream.label = labelOf(now);
  stream.arn = table.arn + "/stream/" + stream.label;
  stream.table_id = table.id;
  stream.table_name = table.name;
  stream.view = view;
  stream.key = table.key;
  stream.created_at = now;
  transaction.put(streamDescriptionKey(stream.arn), encodeStream(stream));

  StreamHead head;
  head.stream_id = stream.id;
  head.opened_at = context.clock.runningTime();
  openShard(transaction, head, now);
  transaction.put(headKey(table.id), encodeHead(head));

  table.stream = view;
  table.latest_stream_label = stream.label;
  table.latest_stream_arn = stream.arn;
}

void turnStreamOff(Transaction& transaction, Context& context, Table& table) {
  const RunningTime now = context.clock.runningTime();
  const std::optional<std::string> stored = transaction.get(streamDescriptionKey(table.latest_stream_arn));
  if (!stored) throw std::logic_error("a stream that is on has no description: " + table.latest_stream_arn);
  StreamDescription stream = decodeStream(*stored);
  stream.enabled = false;
  stream.disabled_at = now;
  transaction.put(streamDescriptionKey(stream.arn), encodeStream(stream));
  closeShard(transaction, headOf(transaction, table, headKey(table.id)), now);
  transaction.erase(headKey(table.id));
  table.stream.reset();
  wakeReaders(transaction, context, table);  // so that they see the end of the shard
}

}  // namespace ddblog::dynamodb
