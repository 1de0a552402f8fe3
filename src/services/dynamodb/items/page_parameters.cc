#include "services/dynamodb/items/page_parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/core/table_name.h"

namespace ddblog::dynamodb {
namespace {

const std::string kStartKeyInvalid = "The provided starting key is invalid";

// Only the table's key attributes.
Item tableKeyOf(const Table& table, const Item& key) {
  Item table_key;
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      auto found = key.find(attribute.name);
      if (found != key.end()) table_key.insert(*found);
    }
  }
  return table_key;
}

std::vector<std::string> notProjected(const Table& table, const Index& index, std::vector<std::string> attributes) {
  std::erase_if(attributes, [&](const std::string& name) { return projects(table, index, name); });
  return attributes;
}

}  // namespace

std::optional<WholeNumber> WholeNumber::read(rpc::ObjectReader& fields, std::string_view name) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const auto number = fields.integer(name);
  if (!number) return std::nullopt;
  const double* real = fields.value(name)->if_double();
  const bool has_fraction = real && *real != std::trunc(*real);
  return WholeNumber{std::clamp(*number, kLeast, kMost), has_fraction || *number < kLeast || *number > kMost};
}

PageParameters::PageParameters(rpc::ObjectReader& fields, Verb verb)
    : verb(verb),
      limit(WholeNumber::read(fields, "Limit")),
      held_start_key(deferItem(fields, "ExclusiveStartKey", MessageStyle::kCurrent, false)),
      has_start_key(fields.has("ExclusiveStartKey")),
      capacity(fields.string("ReturnConsumedCapacity")),
      attributes_to_get(readAttributesToGet(fields)),
      select(fields.string("Select")),
      table(fields.string("TableName")),
      consistent(fields.boolean("ConsistentRead").value_or(false)),
      index_name(fields.string("IndexName", {.min = kShortestName, .max = kLongestName, .pattern = kNamePattern})) {}

void PageParameters::checkAttributes() const { refuseDuplicateAttributes(attributes_to_get); }

void PageParameters::checkSelect(bool has_projection_expression) const {
  if (!select) return;
  const bool has_attributes = !attributes_to_get.empty();
  if (select == "SPECIFIC_ATTRIBUTES" && !has_attributes && !has_projection_expression) {
    throw validationError(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  if ((has_attributes || has_projection_expression) && select != "SPECIFIC_ATTRIBUTES") {
    const std::string parameter = has_attributes ? "AttributesToGet" : "ProjectionExpression";
    throw validationError("Cannot specify the " + parameter + " when choosing to get " +
                          (select == "COUNT" ? "only the Count" : *select));
  }
  if (select == "ALL_PROJECTED_ATTRIBUTES" && !index_name) {
    throw validationError("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
}

// The error begins with kStartKeyInvalid for a malformed value and, in a Scan, also for other
// invalid values, but not for duplicates in a set, nor for an empty set of numbers.
void PageParameters::takeStartKey() {
  try {
    start_key = held_start_key.take();
  } catch (const ApiError& error) {
    const bool malformed = dynamic_cast<const MalformedValue*>(&error) != nullptr;
    const std::string_view words = error.message();
    const bool of_set = words.find("contains duplicates") != std::string::npos ||
                        words.find("An number set  may not be empty") != std::string::npos;
    const bool of_scan = verb == Verb::kScan && !of_set &&
                         (words.starts_with("Nesting Levels") || words.starts_with("One or more parameter values"));
    if (!malformed && !of_scan) throw;
    throw validationError(kStartKeyInvalid + ": " + error.message());
  }
}

const Index* PageParameters::findIndex(const Table& table) const {
  if (!index_name) return nullptr;
  const Index* index = table.findIndex(*index_name);
  if (!index) throw validationError("The table does not have the specified index: " + *index_name);
  if (index->global && consistent) {
    throw validationError("Consistent reads are not supported on global secondary indexes");
  }
  return index;
}

void PageParameters::checkAllAttributes(const Index* index) const {
  if (select != "ALL_ATTRIBUTES" || !index || !index->global || index->projection == ProjectionType::kAll) return;
  throw invalidParameters("Select type ALL_ATTRIBUTES is not supported for global secondary index " + index->name +
                          " because its projection type is not ALL");
}

// Checks that the start key has the key attributes of the index and the table, and no others.
void PageParameters::checkStartKey(const Table& table, const Index* index) const {
  if (!has_start_key) return;
  const std::vector<KeyAttribute> attributes = pageKeyAttributes(table, index);
  if (start_key.size() != attributes.size()) throw validationError(kStartKeyInvalid);
  for (const KeyAttribute& attribute : attributes) {
    auto found = start_key.find(attribute.name);
    if (found == start_key.end() || found->second.type() != attribute.type) throw validationError(kStartKeyInvalid);
  }
  checkKey(table, tableKeyOf(table, start_key));
}

std::string PageParameters::startKey(const Table& table, const Index* index) const {
  if (!index) return itemKey(table, start_key);
  const std::optional<std::string> key = indexEntryKey(table, *index, start_key);
  if (!key) throw validationError(kStartKeyInvalid);
  return *key;
}

bool PageParameters::wantsWholeItems(const Table& table, const Index* index) const {
  if (!index || index->projection == ProjectionType::kAll) return false;
  if (select == "ALL_ATTRIBUTES") return true;
  if (projection && !notProjected(table, *index, attributesOf(*projection)).empty()) return true;
  return filter && !notProjected(table, *index, attributesOf(*filter)).empty();
}

void PageParameters::checkExpressions(const Table& table, const Index* index) const {
  if (projection) checkPaths(table, *projection);
  if (filter && verb == Verb::kQuery) {
    const KeySchema& schema = index ? index->key : table.key;
    const std::vector<std::string> filtered = attributesOf(*filter);
    for (const auto* part : {&schema.hash, &schema.range}) {
      for (const KeyAttribute& attribute : *part) {
        if (std::find(filtered.begin(), filtered.end(), attribute.name) == filtered.end()) continue;
        throw validationError(std::string(filter_name) +
                              " can only contain non-primary key attributes: Primary key attribute: " + attribute.name);
      }
    }
  }
  checkAllAttributes(index);
  if (index && index->global && wantsWholeItems(table, index)) {
    if (projection) {
      const auto missing = notProjected(table, *index, attributesOf(*projection));
      if (!missing.empty()) {
        throw invalidParameters("Global secondary index " + index->name + " does not project [" + joined(missing) +
                                "]");
      }
    }
    throw invalidParameters("Secondary index " + index->name + " does not project one or more filter attributes: [" +
                            joined(notProjected(table, *index, attributesOf(*filter))) + "]");
  }
  if (filter) checkPaths(table, *filter);
}

ItemPageRequest PageParameters::pageRequest(const Table& table, const Index* index, StoredRange range) const {
  ItemPageRequest request(table, index, std::move(range));
  if (limit) request.limit = limit->value;
  request.filter = filter ? &*filter : nullptr;
  request.projection = projection ? &*projection : nullptr;
  request.whole_items = wantsWholeItems(table, index);
  request.count_only = select == "COUNT";
  request.consistent = consistent;
  return request;
}

std::string PageParameters::answer(const Page& page) const {
  std::string body;
  body.reserve(page.items.size() + page.last_key.size() + 256);
  JsonWriter json(body);
  json.beginObject();
  if (select != "COUNT") json.key("Items").raw(page.items);
  json.key("Count").value(page.count).key("ScannedCount").value(page.scanned_count);
  if (!page.last_key.empty()) json.key("LastEvaluatedKey").raw(page.last_key);
  if (const CapacityReport report = capacityReport(capacity); report != CapacityReport::kNone) {
    json.key("ConsumedCapacity");
    page.capacity.write(json, *table, report);
  }
  json.endObject();
  return body;
}

}  // namespace ddblog::dynamodb
