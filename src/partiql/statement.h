// PartiQL statements: what ExecuteStatement, BatchExecuteStatement and ExecuteTransaction are asked
// for.
//
//   const Statement statement = parseStatement("UPDATE t SET n = n + ? WHERE pk = 'a'", parameters);
//
// A statement's parts are the trees that expressions become too (expression/): conditions, updates,
// projections. So there is one engine, and whoever carries a statement out asks the table's schema
// which conditions are its key.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
//
// Thread safety: value types and free functions without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "expression/condition.h"
#include "expression/projection.h"
#include "expression/update.h"
#include "item/attribute_value.h"

namespace ddblog::partiql {

struct Source {
  std::string table;  // a name, or a table's ARN
  std::string index;  // empty: the table itself
};

struct OrderTerm {
  std::string attribute;
  bool descending = false;
};

struct SelectStatement {
  Source source;
  std::optional<Projection> projection;  // none: *; else each path has a name (Projection::names)
  std::optional<Condition> where;
  std::vector<OrderTerm> order_by;
};

struct InsertStatement {
  std::string table;
  Item item;
};

// What a write answers: RETURNING (ALL | MODIFIED) (OLD | NEW) *
enum class Returning { kNothing, kAllOld, kModifiedOld, kAllNew, kModifiedNew };

struct UpdateStatement {
  Source source;
  Update update;
  std::optional<Condition> where;
  Returning returning = Returning::kNothing;
};

struct DeleteStatement {
  Source source;
  std::optional<Condition> where;
  Returning returning = Returning::kNothing;  // or kAllOld
};

// EXISTS(SELECT …): a condition that a transaction depends on.
struct ExistsStatement {
  SelectStatement select;
};

using Statement = std::variant<SelectStatement, InsertStatement, UpdateStatement, DeleteStatement, ExistsStatement>;

// `parameters`: what the ? stand for, in the statement's order; further ones do not matter. Throws
// ApiError ValidationException.
Statement parseStatement(std::string_view text, const std::vector<AttributeValue>& parameters);

// The table that a statement names.
const std::string& tableOf(const Statement& statement);

}  // namespace ddblog::partiql
