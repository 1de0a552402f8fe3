#include "dynamodb/operations/query.h"

#include "base/api_error.h"
#include "dynamodb/item_keys.h"

namespace ddblog::dynamodb {
namespace {

std::vector<KeyAttributeName> namesOf(const std::vector<KeyAttribute>& attributes) {
  std::vector<KeyAttributeName> names;
  for (const KeyAttribute& attribute : attributes) names.push_back({attribute.name, attribute.type});
  return names;
}

bool isInPartition(const Item& start_key, const KeySchema& schema, const KeyRange& keys) {
  for (std::size_t i = 0; i < schema.hash.size(); ++i) {
    if (!(start_key.at(schema.hash[i].name) == keys.hash[i])) return false;
  }
  return true;
}

}  // namespace

Query::Query(api::RequestReader& request, Context& context)
    : context_(context), page_(request.fields(), PageParameters::Verb::kQuery) {
  api::ObjectReader& fields = request.fields();
  if (!fields.boolean("ScanIndexForward").value_or(true)) direction_ = Direction::kBackward;
  LegacyConditions legacy_filter(fields, LegacyConditions::kQueryFilter);
  LegacyKeyConditions legacy_key_conditions(fields);
  ExpressionParameters expressions(fields, {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"},
                                   {"AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"});
  request.finish();
  expressions.checkTogether();

  std::optional<Condition> filter = legacy_filter.condition();
  page_.checkAttributes(expressions.has("ProjectionExpression"));
  page_.takeStartKey();
  if (!expressions.has("KeyConditionExpression") && !legacy_key_conditions.given()) {
    throw validationError(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  }
  expressions.readSubstitutions();
  if (auto parsed = expressions.keyCondition()) key_condition_.comparisons = std::move(*parsed);
  page_.filter = expressions.filter();
  page_.projection = expressions.projection();
  expressions.refuseUnused();
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
  const bool has_range_condition = keys.range_last || !keys.range_equal.empty();
  if (!isInPartition(page_.start_key, index ? index->key : table.key, keys)) {
    throw validationError(has_range_condition
                              ? "The query can return at most one row and cannot be restarted"
                              : "The provided starting key is outside query boundaries based on provided conditions");
  }
  const std::string start = page_.startKey(table, index);
  if (start < range.begin || start >= range.end) {
    throw validationError("The provided starting key does not match the range key predicate");
  }
  return after(std::move(range), start, direction_);
}

std::string Query::run(const Reader& reader) const {
  const auto table = context_.catalog.get(reader, page_.table_name);
  const Index* index = page_.findIndex(*table);
  page_.checkStartKey(*table, index);
  const KeySchema& schema = index ? index->key : table->key;
  if (key_condition_.not_indexable) {
    throw validationError("Attempted conditional constraint is not an indexable operation");
  }
  const KeyRange keys = resolveKeyCondition(key_condition_.comparisons, namesOf(schema.hash), namesOf(schema.range));
  StoredRange range = rangeToRead(*table, index, keys);
  page_.checkExpressions(*table, index);
  PageRequest request = page_.pageRequest(*table, index, std::move(range));
  request.direction = direction_;
  return page_.answer(readPage(reader, request));
}

}  // namespace ddblog::dynamodb
