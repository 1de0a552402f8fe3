// Checks keys, items and paths against a table's schema: every error that depends on the table's
// description but on no stored item.
//
// All throw ApiError ValidationException with DynamoDB's messages, which dynalite's tests recorded
// from the service (https://github.com/architect/dynalite, test/). Limits: partition keys 2,048
// bytes, sort keys 1,024.
// Thread safety: stateless functions.
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

// An empty key value: it makes a transaction fail as a whole instead of cancelling it.
class EmptyKeyValue : public ApiError {
 public:
  explicit EmptyKeyValue(std::string message) : ApiError("ValidationException", std::move(message)) {}
};

// Whether the item has the table's whole key, with the right types.
bool hasKey(const Table& table, const Item& item);

// Whether an attribute of the table's key is there with another type.
bool hasKeyOfOtherType(const Table& table, const Item& item);

// Checks a request's Key: exactly the table's key attributes.
void checkKey(const Table& table, const Item& key);

// Checks a whole item: it has the table's key, and its attributes of indexes' keys have the right
// types and are not empty.
void checkItem(const Table& table, const Item& item);

// Checks only the indexes' keys, in an item that an update produced.
void checkUpdatedIndexKeys(const Table& table, const Item& item);

// An update must not change the table's key, nor give an index's key an invalid value.
void checkUpdate(const Table& table, const Update& update);

// Paths must not lead into a key attribute ("pk.x", "pk[0]").
void checkPaths(const Table& table, const Condition& condition);
void checkPaths(const Table& table, const Projection& projection);

}  // namespace ddblog::dynamodb
