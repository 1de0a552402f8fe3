// PartiQL's writes: INSERT, UPDATE, DELETE and EXISTS as writes of one item (item_writes.h), and
// what they return.
//
// An INSERT requires that the item does not exist, an UPDATE that it does; a DELETE of an item that
// does not exist deletes nothing. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
//
// Thread safety: pure functions, except for applyStatement, which runs on the writer thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "partiql/statement.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// The write of a statement (not a SELECT). Throws ApiError ValidationException.
ItemWrite itemWriteOf(const Table& table, const partiql::Statement& statement, bool returns_item_on_failure);

// Throws PartiQL's error if a value has the wrong type for the table's key.
void checkWriteTypes(const Table& table, const ItemWrite& write);

// Applies the write. Throws DuplicateItemException for an INSERT of an item that exists.
ItemChange applyStatement(Transaction& transaction, Context& context, const Table& table,
                          const partiql::Statement& statement, const ItemWrite& write);

// A statement's write, prepared (item_writes.h). nullptr: it is not worth it, or the statement is
// invalid for the table, which its command reports.
std::shared_ptr<const PreparedWrite> prepareStatement(const Reader& reader, const Context& context,
                                                      const partiql::Statement& statement,
                                                      bool returns_item_on_failure);

// What RETURNING asks for, as JSON; std::nullopt: there is nothing to return.
std::optional<std::string> returnedItem(const partiql::Statement& statement, const ItemChange& change);

}  // namespace ddblog::dynamodb
