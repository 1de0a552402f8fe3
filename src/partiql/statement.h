// PartiQL statements of ExecuteStatement, BatchExecuteStatement and ExecuteTransaction.
//
//   const Statement statement =
//       parseStatement("UPDATE t SET n = n + ? WHERE pk = 'a'", parameters);
//
// A statement's parts are the same trees as those of expressions (expression/): conditions,
// updates, projections. So there is one evaluator. The caller that executes a statement finds the
// key conditions by the table's schema.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
//
// Thread safety: value types and stateless functions.
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
  std::optional<Projection> projection;  // none: *; otherwise each path has a name (Projection::names)
  std::optional<Condition> where;
  std::vector<OrderTerm> order_by;
};

struct InsertStatement {
  std::string table;
  Item item;
};

// What a write returns: RETURNING (ALL | MODIFIED) (OLD | NEW) *
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

// EXISTS(SELECT …): a condition of a transaction.
struct ExistsStatement {
  SelectStatement select;
};

using Statement = std::variant<SelectStatement, InsertStatement, UpdateStatement, DeleteStatement, ExistsStatement>;

// `parameters`: the values of the ?s, in order; extra ones are ignored. Throws ApiError
// ValidationException.
Statement parseStatement(std::string_view text, const std::vector<AttributeValue>& parameters);

// The table that a statement names.
const std::string& tableOf(const Statement& statement);

}  // namespace ddblog::partiql
