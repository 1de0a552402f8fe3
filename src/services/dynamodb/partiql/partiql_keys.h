// Finding a table's key in the WHERE clause of a PartiQL statement.
//
// A write, and a read in a batch or a transaction, is of one item: the clause says what each attribute of the table's
// key equals. What else it says is a condition on that item.
//
// Throws ApiError ValidationException. Thread safety: free functions without state.
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
  std::optional<Condition> condition;  // what the clause says besides
};

// A key is given a value that no key can have: a transaction is refused for it as a whole, not cancelled.
class NoKeyValue : public ApiError {
 public:
  explicit NoKeyValue(std::string message) : ApiError("ValidationException", std::move(message)) {}
};

// The item that an UPDATE or a DELETE is of. Throws if an attribute of the key is missing or given twice, or given a
// value that no key has.
NamedItem namedItem(const Table& table, const std::optional<Condition>& where);

// Refuse what is of another type than the attribute of the table's key that it is given to: one value, all of a key,
// and what an INSERT's item has of it.
void checkKeyType(const KeyAttribute& attribute, const AttributeValue& value);
void checkKeyTypes(const Table& table, const Item& key);
void checkInsertedTypes(const Table& table, const Item& item);

// The key, if the clause names it and nothing besides; std::nullopt: it does not.
std::optional<Item> namedKey(const Table& table, const std::optional<Condition>& where);

}  // namespace ddblog::dynamodb
