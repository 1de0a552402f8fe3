// PartiQL's writes: INSERT, UPDATE, DELETE and EXISTS as writes of one item (item_writes.h), and what they answer.
//
// INSERT needs the item to be missing, UPDATE needs it to be there; DELETE of an item that is not there deletes
// nothing. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
//
// Thread safety: free functions without state; applyWrite for commands on the writer thread.
#pragma once

#include <optional>
#include <string>

#include "partiql/statement.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// The write that a statement (no SELECT) is of its table. Throws ApiError ValidationException.
ItemWrite itemWriteOf(const Table& table, const partiql::Statement& statement, bool returns_item_on_failure);

// Refuses values of the wrong type for the table's key, as statements are refused for them.
void checkWriteTypes(const Table& table, const ItemWrite& write);

// Carries it out; an INSERT of an item that is there is a DuplicateItemException.
ItemChange carryOutStatement(Transaction& transaction, Context& context, const Table& table,
                             const partiql::Statement& statement, const ItemWrite& write);

// What RETURNING asks for, as JSON; std::nullopt: nothing is there to be returned.
std::optional<std::string> returnedItem(const partiql::Statement& statement, const ItemChange& change);

}  // namespace ddblog::dynamodb
