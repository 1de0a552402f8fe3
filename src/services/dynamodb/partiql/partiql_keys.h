// Finds a table's key in the WHERE clause of a PartiQL statement.
//
// A write, and a read in a batch or a transaction, is of one item: the clause must say what each
// attribute of the table's key equals. The rest of the clause is a condition on that item.
//
// Errors: ApiError ValidationException. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/api_error.h"
#include "expression/condition.h"
#include "item/attribute_value.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

struct NamedItem {
  Item key;
  std::optional<Condition> condition;  // the rest of the clause
};

// A statement gives a key attribute a value that no key can have: this rejects a transaction as a
// whole instead of cancelling it.
class NoKeyValue : public ApiError {
 public:
  explicit NoKeyValue(std::string message) : ApiError("ValidationException", std::move(message)) {}
};

// The item of an UPDATE or a DELETE. Throws if the clause lacks an attribute of the key, gives it
// two values, or gives it a value that no key can have.
NamedItem namedItem(const Table& table, const std::optional<Condition>& where);

// Throw unless values have the types of the table's key: one value, all of a key, and those of an
// INSERT's item.
void checkKeyType(const KeyAttribute& attribute, const AttributeValue& value);
void checkKeyTypes(const Table& table, const Item& key);
void checkInsertedTypes(const Table& table, const Item& item);

// The key, if the clause names it and nothing else; otherwise std::nullopt.
std::optional<Item> namedKey(const Table& table, const std::optional<Condition>& where);

}  // namespace ddblog::dynamodb
