// Writing a table's change records: the one place where a write of an item becomes a record of the table's stream.
// (Reading them is src/streams/.) The record is put in the same transaction as the item.
#pragma once

#include <string_view>

#include "dynamodb/context.h"
#include "dynamodb/table.h"
#include "item/attribute_value.h"
#include "store/store.h"

namespace ddblog::dynamodb {

enum class ChangedBy { kUser, kTimeToLive };

// Appends the record of one item's change to the table's stream, if it has one that is on, and has
// context.change_records raised after the commit. `old_image` and `new_image` are stored items (item/stored_item.h);
// empty: there was, or is, none. If they are equal nothing is written: a write that changes nothing leaves no record.
void appendChangeRecord(Transaction& transaction, Context& context, const Table& table, std::string_view old_image,
                        std::string_view new_image, ChangedBy changed_by = ChangedBy::kUser);

}  // namespace ddblog::dynamodb
