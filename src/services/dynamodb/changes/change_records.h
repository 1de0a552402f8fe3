// Writes a table's change records. This is the only code that turns an item's write into a record
// of the table's stream, and that turns streams on and off. The record is put in the item's
// transaction. (stored_streams.h defines the stored form; services/streams/ reads it.)
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

// Appends the record of one item's change if the table has an enabled stream, and has the table's
// readers (context.change_notifiers) notified after the commit. `keys`: an item with the table's
// key attributes (the item before or after the change, or the key alone). `old_image` and
// `new_image`: stored items (item/stored_item.h); empty: the item did not or does not exist. Equal
// images append no record. If the open shard is full or too old (context.shard_limits), it is
// closed first and its child takes the record.
void appendChangeRecord(Transaction& transaction, Context& context, const Table& table, const Item& keys,
                        std::string_view old_image, std::string_view new_image,
                        ChangedBy changed_by = ChangedBy::kUser);

// Creates a stream for a table without an enabled one. Sets stream, latest_stream_label and
// latest_stream_arn of `table`; the caller puts the table in the catalog.
void turnStreamOn(Transaction& transaction, Context& context, Table& table, StreamView view);

// Disables the stream and closes its last shard; it stays readable until its records' retention
// ends. Resets table.stream; the label and the ARN stay, because DescribeTable still shows them.
void turnStreamOff(Transaction& transaction, Context& context, Table& table);

}  // namespace ddblog::dynamodb
