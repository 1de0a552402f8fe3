// Query: the items of one partition of a table or an index, in the order of their sort keys.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
#include <limits>
#include <string>

#include "base/api_error.h"
#include "expression/key_condition.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/items/legacy_conditions.h"
#include "services/dynamodb/items/page_parameters.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class Query {
 public:
  Query(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  // The part of the key condition's range that follows the start key. Throws if the start key is
  // outside the range.
  StoredRange rangeToRead(const Table& table, const Index* index, const KeyRange& keys) const;

  Context& context_;
  PageParameters page_;
  Direction direction_ = Direction::kForward;
  LegacyKeyConditions::Comparisons key_condition_;
};

std::vector<KeyAttributeName> namesOf(const std::vector<KeyAttribute>& attributes) {
  std::vector<KeyAttributeName> names;
  for (const KeyAttribute& attribute : attributes) names.push_back({attribute.name, attribute.type});
  return names;
}

constexpr const char* kOneRow = "The query can return at most one row and cannot be restarted";

// The key condition, but in the partition of the start key.
KeyRange inPartitionOf(const Item& start_key, const KeySchema& schema, KeyRange keys) {
  for (std::size_t i = 0; i < schema.hash.size(); ++i) keys.hash[i] = start_key.at(schema.hash[i].name);
  return keys;
}

// Checks single fields in Query's order. The older validation handles a request without a table
// name, and one whose Limit did not fit its type.
void checkMembers(MemberChecks checks, const PageParameters& page, const LegacyConditions& filter,
                  const LegacyKeyConditions& keys) {
  const bool coerced = page.limit && page.limit->coerced;
  const auto limit = page.limit ? std::optional(page.limit->value) : std::nullopt;
  if (!page.table || coerced) {
    checks.select(page.select);
    checks.capacity(page.capacity);
    checks.present(page.table.has_value(), "tableName");
    checks.emptyTableNameLegacy(page.table);
    keys.checkMembers(checks);
    filter.checkMembers(checks);
    checks.numberLegacy(limit, "limit", 1, std::numeric_limits<std::int32_t>::max());
    checks.finish();
  }
  checks.atLeast(limit, "Limit", 1);
  checks.emptyTableName(page.table);
  checks.finish();
  checks.tableName(page.table);
  checks.capacity(page.capacity);
  keys.checkMembers(checks);
  filter.checkMembers(checks);
  checks.finish();
}

Query::Query(rpc::RequestReader& request, Context& context)
    : context_(context), page_(request.fields(), PageParameters::Verb::kQuery) {
  rpc::ObjectReader& fields = request.fields();
  if (!fields.boolean("ScanIndexForward").value_or(true)) direction_ = Direction::kBackward;
  LegacyConditions legacy_filter(fields, LegacyConditions::kQueryFilter);
  LegacyKeyConditions legacy_key_conditions(fields);
  ExpressionParameters expressions(fields, {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"},
                                   {"AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"},
                                   {.style = MessageStyle::kCurrent, .names_malformed = true});
  MemberChecks checks(request);
  checkMembers(checks, page_, legacy_filter, legacy_key_conditions);
  expressions.checkTogether();
  checks.select(page_.select);
  checks.finish();

  std::optional<Condition> filter = legacy_filter.condition();
  page_.checkAttributes();
  page_.takeStartKey();
  inEnvelope([&] { page_.checkSelect(expressions.has("ProjectionExpression")); });
  if (!expressions.has("KeyConditionExpression") && !legacy_key_conditions.given()) {
    throw validationError(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  }
  expressions.readSubstitutions();
  const std::optional<Condition> key_condition = expressions.keyCondition();
  page_.filter = expressions.filter();
  page_.projection = expressions.projection();
  expressions.refuseUnused();
  if (key_condition) key_condition_.comparisons = keyComparisonsOf(*key_condition);
  if (legacy_key_conditions.given()) key_condition_ = legacy_key_conditions.take();
  if (key_condition_.comparisons.empty() && !key_condition_.not_indexable) {
    throw validationError("Conditions can be of length 1 or 2 only");
  }
  if (filter) {
    page_.filter = std::move(filter);
    page_.filter_name = "QueryFilter";
  }
  if (!page_.attributes_to_get.empty()) page_.projection = Projection::ofAttributes(page_.attributes_to_get);
}

StoredRange Query::rangeToRead(const Table& table, const Index* index, const KeyRange& keys) const {
  StoredRange range = queryRange(table, index, keys);
  if (!page_.has_start_key) return range;
  // Rejects a start key that no page of this key condition can have ended with. Checks all hash
  // attributes but the last, then the conditions on the sort key, then the last hash attribute.
  const KeySchema& schema = index ? index->key : table.key;
  const auto differs = [&](std::size_t i) { return !(page_.start_key.at(schema.hash[i].name) == keys.hash[i]); };
  for (std::size_t i = 0; i + 1 < schema.hash.size(); ++i) {
    if (differs(i)) throw validationError(kOneRow);
  }
  const std::string start = page_.startKey(table, index);
  const StoredRange there = queryRange(table, index, inPartitionOf(page_.start_key, schema, keys));
  if (start < there.begin || start >= there.end) {
    throw validationError("The provided starting key does not match the range key predicate");
  }
  if (differs(schema.hash.size() - 1)) {
    if (keys.range_last || !keys.range_equal.empty()) throw validationError(kOneRow);
    throw validationError(table.key.range.empty() && !index
                              ? "The provided exclusive start key is invalid"
                              : "The provided starting key is outside query boundaries based on provided conditions");
  }
  return after(std::move(range), start, direction_);
}

std::string Query::run(const Reader& reader) const {
  const auto table = context_.catalog.get(reader, *page_.table);
  const Index* index = page_.findIndex(*table);
  page_.checkStartKey(*table, index);
  const KeySchema& schema = index ? index->key : table->key;
  if (key_condition_.not_indexable) {
    throw validationError("Attempted conditional constraint is not an indexable operation");
  }
  const KeyRange keys = resolveKeyCondition(key_condition_.comparisons, namesOf(schema.hash), namesOf(schema.range));
  StoredRange range = rangeToRead(*table, index, keys);
  page_.checkExpressions(*table, index);
  ItemPageRequest request = page_.pageRequest(*table, index, std::move(range));
  request.direction = direction_;
  return page_.answer(readPage(reader, request));
}

}  // namespace

void addQuery(rpc::JsonApi& service, Context& context) { rpc::addRead<Query>(service, "Query", context); }

}  // namespace ddblog::dynamodb
