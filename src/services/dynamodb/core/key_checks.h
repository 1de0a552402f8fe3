// Holding keys, items and paths against a table's schema: every refusal that needs the table's
// description, but no item.
//
// All throw ApiError ValidationException in DynamoDB's words, which were recorded from the service
// by dynalite's tests (https://github.com/architect/dynalite, test/). Sizes: partition keys 2,048
// bytes, sort keys 1,024.
// Thread safety: free functions without state.
#pragma once

#include <string>
#include <utility>

#include "base/api_error.h"
#include "expression/condition.h"
#include "expression/projection.h"
#include "expression/update.h"
#include "item/attribute_value.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

// A key's value that is empty: a transaction is refused for it as a whole, not cancelled.
class EmptyKeyValue : public ApiError {
 public:
  explicit EmptyKeyValue(std::string message) : ApiError("ValidationException", std::move(message)) {}
};

// Whether the item has all of the table's key, of the right types.
bool hasKey(const Table& table, const Item& item);

// The Key of a request: exactly the table's key attributes.
void checkKey(const Table& table, const Item& key);

// A whole item: it has the table's key, and what it has of the indexes' keys is of the right type
// and not empty.
void checkItem(const Table& table, const Item& item);

// The keys of the indexes alone, in an item that an update made.
void checkUpdatedIndexKeys(const Table& table, const Item& item);

// An update may not touch the table's key, nor give an index's key a value that it cannot have.
void checkUpdate(const Table& table, const Update& update);

// Paths may not lead into a key attribute ("pk.x", "pk[0]").
void checkPaths(const Table& table, const Condition& condition);
void checkPaths(const Table& table, const Projection& projection);

}  // namespace ddblog::dynamodb
