// The parameters that Query and Scan share, their errors, and the response for a page.
//
// Thread safety: none; it belongs to one request on one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/condition.h"
#include "expression/projection.h"
#include "item/attribute_value.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/table.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/page.h"

namespace ddblog::dynamodb {

// A number of a request as DynamoDB reads it: 32 bits, fraction dropped.
struct WholeNumber {
  static std::optional<WholeNumber> read(rpc::ObjectReader& fields, std::string_view name);
  std::int64_t value = 0;
  bool coerced = false;  // it did not fit, or had a fraction
};

struct PageParameters {
  enum class Verb { kQuery, kScan };

  PageParameters(rpc::ObjectReader& fields, Verb verb);  // reads the fields

  // Checks that need no table; call them after ExpressionParameters::checkTogether.
  void checkAttributes() const;                            // AttributesToGet
  void checkSelect(bool has_projection_expression) const;  // against the other parameters
  void takeStartKey();                                     // the values of ExclusiveStartKey

  // The requested index; nullptr: the table itself. Throws if there is no such index, or if it does
  // not support consistent reads.
  const Index* findIndex(const Table& table) const;
  // Throws for ALL_ATTRIBUTES of a global index that does not have them all.
  void checkAllAttributes(const Index* index) const;
  // Checks ExclusiveStartKey against the keys of table and index. Throws.
  void checkStartKey(const Table& table, const Index* index) const;
  // The stored key of ExclusiveStartKey, after which the page starts.
  std::string startKey(const Table& table, const Index* index) const;
  // Checks filter and projection against the schema, and determines whether whole items must be
  // read from the table.
  void checkExpressions(const Table& table, const Index* index) const;
  bool wantsWholeItems(const Table& table, const Index* index) const;

  ItemPageRequest pageRequest(const Table& table, const Index* index, StoredRange range) const;
  std::string answer(const Page& page) const;

  Verb verb;
  std::optional<WholeNumber> limit;
  DeferredItem held_start_key;
  bool has_start_key = false;
  OptionalString capacity;
  std::vector<std::string> attributes_to_get;
  OptionalString select;
  OptionalString table;  // TableName as in the request
  bool consistent = false;
  std::optional<std::string> index_name;

  Item start_key;
  std::optional<Condition> filter;
  std::string_view filter_name = "Filter Expression";  // as error messages call it
  std::optional<Projection> projection;
};

}  // namespace ddblog::dynamodb
