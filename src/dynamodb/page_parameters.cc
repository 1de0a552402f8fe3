#include "dynamodb/page_parameters.h"

#include <algorithm>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "dynamodb/item_keys.h"
#include "dynamodb/key_checks.h"

namespace ddblog::dynamodb {
namespace {

const std::string kStartKeyInvalid = "The provided starting key is invalid";

// The key attributes of the table alone.
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

void checkTableKey(const Table& table, const Item& key) {
  try {
    checkKey(table, key);
  } catch (const ApiError& error) {
    throw validationError(kStartKeyInvalid + ": " + error.message());
  }
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::vector<std::string> notProjected(const Table& table, const Index& index, std::vector<std::string> attributes) {
  std::erase_if(attributes, [&](const std::string& name) { return projects(table, index, name); });
  return attributes;
}

}  // namespace

PageParameters::PageParameters(api::ObjectReader& fields, Verb verb)
    : verb(verb),
      limit(fields.integer("Limit", {.min = 1, .max = 2'147'483'647})),
      held_start_key(holdItem(fields, "ExclusiveStartKey", false)),
      has_start_key(fields.has("ExclusiveStartKey")),
      capacity(readCapacityReport(fields)),
      attributes_to_get(readAttributesToGet(fields)),
      select(fields
                 .string("Select",
                         {.one_of = {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"}})
                 .value_or("")),
      table_name(readItemTableName(fields)),
      consistent(fields.boolean("ConsistentRead").value_or(false)),
      index_name(fields.string("IndexName", {.min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+"})) {}

void PageParameters::checkAttributes(bool has_projection_expression) const {
  refuseDuplicateAttributes(attributes_to_get);
  const bool has_attributes = !attributes_to_get.empty();
  if (select == "SPECIFIC_ATTRIBUTES" && !has_attributes && !has_projection_expression) {
    throw validationError(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  if ((has_attributes || has_projection_expression) && !select.empty() && select != "SPECIFIC_ATTRIBUTES") {
    const std::string parameter = has_attributes ? "AttributesToGet" : "ProjectionExpression";
    throw validationError("Cannot specify the " + parameter + " when choosing to get " +
                          (select == "COUNT" ? "only the Count" : select));
  }
  if (select == "ALL_PROJECTED_ATTRIBUTES" && !index_name) {
    throw validationError("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
}

void PageParameters::takeStartKey() {
  try {
    start_key = held_start_key.take();
  } catch (const ApiError& error) {
    throw validationError(kStartKeyInvalid + ": " + error.message());
  }
}

const Index* PageParameters::findIndex(const Table& table) const {
  if (!index_name) return nullptr;
  const Index* index = table.findIndex(*index_name);
  if (!index && verb == Verb::kScan && has_start_key) throw validationError(kStartKeyInvalid);
  if (!index) throw validationError("The table does not have the specified index: " + *index_name);
  if (index->global && consistent) {
    throw validationError("Consistent reads are not supported on global secondary indexes");
  }
  return index;
}

void PageParameters::checkStartKey(const Table& table, const Index* index) const {
  if (!has_start_key) return;
  if (!index && verb == Verb::kScan) return checkTableKey(table, start_key);
  if (start_key.size() != pageKeyAttributes(table, index).size()) throw validationError(kStartKeyInvalid);
  const KeySchema& schema = index ? index->key : table.key;
  for (const auto* part : {&schema.hash, &schema.range}) {
    for (const KeyAttribute& attribute : *part) {
      auto found = start_key.find(attribute.name);
      if (found == start_key.end()) throw validationError(kStartKeyInvalid);
      if (found->second.type() != attribute.type) {
        throw validationError("The provided key element does not match the schema");
      }
    }
  }
  checkTableKey(table, tableKeyOf(table, start_key));
}

std::string PageParameters::startKey(const Table& table, const Index* index) const {
  return index ? *indexEntryKey(table, *index, start_key) : itemKey(table, start_key);
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
  if (index && index->global && wantsWholeItems(table, index)) {
    const std::string words = "One or more parameter values were invalid: ";
    if (select == "ALL_ATTRIBUTES") {
      throw validationError(words + "Select type ALL_ATTRIBUTES is not supported for global secondary index " +
                            index->name + " because its projection type is not ALL");
    }
    if (projection) {
      const auto missing = notProjected(table, *index, attributesOf(*projection));
      if (!missing.empty()) {
        throw validationError(words + "Global secondary index " + index->name + " does not project [" +
                              joined(missing) + "]");
      }
    }
    throw validationError(words + "Secondary index " + index->name +
                          " does not project one or more filter attributes: [" +
                          joined(notProjected(table, *index, attributesOf(*filter))) + "]");
  }
  if (filter) checkPaths(table, *filter);
}

PageRequest PageParameters::pageRequest(const Table& table, const Index* index, StoredRange range) const {
  PageRequest request(table, index, std::move(range));
  request.limit = limit;
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
  if (capacity != CapacityReport::kNone) {
    json.key("ConsumedCapacity");
    page.capacity.write(json, table_name, capacity);
  }
  json.endObject();
  return body;
}

}  // namespace ddblog::dynamodb
