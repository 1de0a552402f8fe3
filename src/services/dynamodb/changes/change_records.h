// Writes a table's change records: the one place where a write of an item becomes a record of the
// table's stream, and where a stream is turned on and off. The record is put in the transaction of
// the item. (stored_streams.h is the stored form; services/streams/ reads it.)
//
// Thread safety: for commands on the writer thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "item/attribute_value.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

enum class ChangedBy : std::uint8_t { kUser, kTimeToLive };

// Appends the record of one item's change to the table's stream, if the table has one that is on, and
// has the table's readers (context.change_notifiers) notified after the commit. `keys` is an item
// that holds the table's key attributes (the item before or after the change, or the key alone).
// `old_image` and `new_image` are stored items (item/stored_item.h); empty: there was, or is, none.
// Equal images leave no record: nothing changed. When the open shard is full or old
// (context.shard_limits), it is closed first and its child takes the record.
void appendChangeRecord(Transaction& transaction, Context& context, const Table& table, const Item& keys,
                        std::string_view old_image, std::string_view new_image,
                        ChangedBy changed_by = ChangedBy::kUser);

// Makes a new stream for a table that has none which is on: sets stream, latest_stream_label and
// latest_stream_arn of `table`, which the caller puts in the catalog.
void turnStreamOn(Transaction& transaction, Context& context, Table& table, StreamView view);

// Closes the stream that is on: its last shard ends, it stays readable until its records are past
// their retention. Resets table.stream; the label and the ARN stay, as DescribeTable goes on to
// show them.
void turnStreamOff(Transaction& transaction, Context& context, Table& table);

}  // namespace ddblog::dynamodb
