// The check… functions of table_request.h: whether the fields of a request fit together.
#include <algorithm>
#include <bit>
#include <set>

#include "base/api_error.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

template <class Range, class Name>
std::string listed(const Range& range, Name name) {
  std::string text = "[";
  bool first = true;
  for (const auto& one : range) {
    text += (first ? "" : ", ") + name(one);
    first = false;
  }
  return text + "]";
}

// DynamoDB lists attributes in the order in which a Java HashMap holds them: by bucket, which is
// the low bits of the name's hash, and within a bucket in the order of insertion. `capacity`: the
// map's buckets at first; it doubles them when more than three quarters are taken.
std::string inJavaHashOrderWithCapacity(const std::vector<std::string>& names, std::size_t capacity) {
  std::vector<std::string> distinct;
  for (const std::string& name : names) {
    if (std::find(distinct.begin(), distinct.end(), name) == distinct.end()) distinct.push_back(name);
  }
  while (distinct.size() * 4 > capacity * 3) capacity *= 2;
  const auto bucketOf = [&](const std::string& name) {
    std::uint32_t hash = 0;
    for (const char letter : name) hash = hash * 31 + static_cast<unsigned char>(letter);
    return (hash ^ (hash >> 16)) & (capacity - 1);
  };
  std::stable_sort(distinct.begin(), distinct.end(),
                   [&](const std::string& one, const std::string& other) { return bucketOf(one) < bucketOf(other); });
  return listed(distinct, [](const std::string& name) { return name; });
}

// In a map with as many buckets as names, rounded up to a power of two.
std::string inJavaHashOrder(const std::vector<std::string>& names) {
  return inJavaHashOrderWithCapacity(names, std::bit_ceil(std::set<std::string>(names.begin(), names.end()).size()));
}

std::string keyNames(const std::vector<KeyElement>& key) {
  std::vector<std::string> names;
  for (const KeyElement& element : key) names.push_back(element.attribute);
  return inJavaHashOrder(names);
}

std::string definitionNames(const std::vector<KeyAttribute>& definitions) {
  std::vector<std::string> names;
  for (const KeyAttribute& attribute : definitions) names.push_back(attribute.name);
  return inJavaHashOrder(names);
}

bool defines(const std::vector<KeyAttribute>& definitions, const std::string& name) {
  return std::any_of(definitions.begin(), definitions.end(),
                     [&](const KeyAttribute& attribute) { return attribute.name == name; });
}

void checkDefined(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions) {
  std::set<std::string> names;
  bool all = true;
  for (const KeyElement& element : key) {
    names.insert(element.attribute);
    all = all && defines(definitions, element.attribute);
  }
  if (!all && definitions.size() < names.size()) {
    throw validationError("Invalid KeySchema: Some index key attribute have no definition");
  }
  for (const KeyElement& element : key) {
    if (!defines(definitions, element.attribute)) {
      throw invalidParameters("Some index key attributes are not defined in AttributeDefinitions. Keys: " +
                              keyNames(key) + ", AttributeDefinitions: " + definitionNames(definitions));
    }
  }
}

// Requires one HASH attribute, then at most one RANGE attribute.
void checkKeyTypes(const std::vector<KeyElement>& key) {
  if (key.size() == 2 && key[0].attribute == key[1].attribute) {
    throw validationError("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (!key[0].is_hash) {
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (key.size() == 2 && key[1].is_hash) {
    throw validationError("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
}

// Requires one to four HASH attributes, then up to four RANGE attributes.
void checkGlobalKeyTypes(const IndexRequest& index) {
  const std::vector<KeyElement>& key = index.key;
  if (!key[0].is_hash) {
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (key.size() == 2 && !key[1].is_hash) return checkKeyTypes(key);
  std::set<std::string> names;
  for (const KeyElement& element : key) {
    if (!names.insert(element.attribute).second) {
      throw validationError("The KeySchema contains multiple key attributes with the same name");
    }
  }
  for (std::size_t i = 1; i < key.size(); ++i) {
    if (key[i].is_hash && !key[i - 1].is_hash) {
      throw invalidParameters("All HASH key attributes must precede RANGE key attributes in the KeySchema");
    }
  }
  const auto hash = static_cast<std::size_t>(
      std::count_if(key.begin(), key.end(), [](const KeyElement& element) { return element.is_hash; }));
  if (hash > limits::kIndexKeyAttributes || key.size() - hash > limits::kIndexKeyAttributes) {
    throw invalidParameters(std::string("The KeySchema exceeds the maximum allowed number of ") +
                            (hash > limits::kIndexKeyAttributes ? "HASH" : "RANGE") + " key attributes");
  }
}

void checkProjection(const ProjectionRequest& projection) {
  if (!projection.type) throw invalidParameters("Unknown ProjectionType: null");
  if (projection.non_key_attributes && *projection.type != ProjectionType::kInclude) {
    throw invalidParameters(std::string("ProjectionType is ") +
                            (*projection.type == ProjectionType::kAll ? "ALL" : "KEYS_ONLY") +
                            ", but NonKeyAttributes is specified");
  }
  if (!projection.non_key_attributes && *projection.type == ProjectionType::kInclude) {
    throw invalidParameters("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  }
  if (!projection.non_key_attributes) return;
  std::set<std::string> names;
  for (const std::string& name : *projection.non_key_attributes) {
    if (!names.insert(name).second) throw invalidParameters("Duplicate element in NonKeyAttributes: " + name);
  }
}

void checkLocalKey(const IndexRequest& index, const std::vector<KeyElement>& table_key,
                   const std::vector<KeyAttribute>& definitions) {
  checkDefined(index.key, definitions);
  checkKeyTypes(index.key);
  if (index.key.size() != 2)
    throw invalidParameters("Index KeySchema does not have a range key for index: " + index.name);
  if (index.key[0].attribute != table_key[0].attribute) {
    throw invalidParameters(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: " + index.name +
        ". index hash key: " + index.key[0].attribute + ", table hash key: " + table_key[0].attribute);
  }
}

void checkGlobalKey(const IndexRequest& index, const std::vector<KeyAttribute>& definitions) {
  checkDefined(index.key, definitions);
  checkGlobalKeyTypes(index);
}

// Checks all kinds of throughput of a global index of a new table.
void checkIndexThroughput(const IndexRequest& index, bool on_demand) {
  if (on_demand && index.throughput) {
    throw invalidParameters("ProvisionedThroughput should not be specified for index: " + index.name +
                            " when BillingMode is PAY_PER_REQUEST");
  }
  if (!on_demand && !index.throughput) {
    throw invalidParameters("ProvisionedThroughput is not specified for index: " + index.name);
  }
  if (index.throughput) checkThroughput(*index.throughput, index.name);
  checkOnDemandThroughput(index.on_demand_throughput, on_demand, Operation::kCreateTable, index.name);
  checkWarmThroughput(index.warm_throughput, on_demand, index.throughput.value_or(Throughput{}), index.name);
}

void checkProjectedTogether(const std::vector<const IndexRequest*>& indexes) {
  std::size_t count = 0;
  for (const IndexRequest* index : indexes) {
    if (index->projection.non_key_attributes) count += index->projection.non_key_attributes->size();
  }
  if (count > limits::kProjectedAttributes) {
    throw invalidParameters("Number of NonKeyAttributes of all indexes exceeds the per-table limit of 100");
  }
}

void checkDefinitionsUsed(const std::vector<KeyElement>& table_key, const std::vector<KeyAttribute>& definitions,
                          const IndexRequests& indexes) {
  constexpr std::size_t kDefaultCapacity = 16;  // of a Java HashMap
  std::vector<std::string> used_in_order;
  for (const KeyElement& element : table_key) used_in_order.push_back(element.attribute);
  for (const IndexRequest* index : indexes.all()) {
    for (const KeyElement& element : index->key) used_in_order.push_back(element.attribute);
  }
  const std::set<std::string> used(used_in_order.begin(), used_in_order.end());
  if (used.size() == definitions.size()) return;
  if (!indexes.local && !indexes.global) {
    throw invalidParameters(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  throw invalidParameters(
      "Some AttributeDefinitions are not used. AttributeDefinitions: " + definitionNames(definitions) +
      ", keys used: " + inJavaHashOrderWithCapacity(used_in_order, kDefaultCapacity));
}

std::vector<KeyAttribute> attributesOf(const KeySchema& key) {
  std::vector<KeyAttribute> attributes = key.hash;
  attributes.insert(attributes.end(), key.range.begin(), key.range.end());
  return attributes;
}

// Whether an attribute has one type in `key` and another in `existing`.
bool redefines(const KeySchema& key, const KeySchema& existing) {
  for (const KeyAttribute& attribute : attributesOf(key)) {
    for (const KeyAttribute& known : attributesOf(existing)) {
      if (attribute.name == known.name && attribute.type != known.type) return true;
    }
  }
  return false;
}

std::string shown(const KeySchema& key) {
  std::vector<std::string> elements;
  for (const auto* part : {&key.hash, &key.range}) {
    for (const KeyAttribute& attribute : *part) {
      elements.push_back("SchemaElement: key{" + attribute.name + ":" + std::string(typeName(attribute.type)) +
                         (part == &key.hash ? ":HASH}" : ":RANGE}"));
    }
  }
  return "Schema:" + listed(elements, [](const std::string& element) { return element; });
}

}  // namespace

void checkStream(const StreamRequest& stream, Operation operation) {
  if (stream.enabled == stream.view.has_value()) return;
  if (operation == Operation::kCreateTable) {
    throw invalidParameters(stream.enabled
                                ? "Table is being created with a stream enabled, UpdateViewType is required"
                                : "Table is being created with a stream disabled, UpdateViewType should not be "
                                  "specified");
  }
  throw invalidParameters(stream.enabled ? "If stream is being enabled then UpdateViewType is required"
                                         : "If stream is being disabled, then UpdateViewType must not be specified");
}

void checkTableKey(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions) {
  std::set<std::string> names;
  for (const KeyAttribute& attribute : definitions) {
    if (!names.insert(attribute.name).second) {
      throw validationError("Attribute Name is duplicated: " + attribute.name);
    }
  }
  if (key.size() > definitions.size()) {
    throw validationError("Invalid KeySchema: Some index key attribute have no definition");
  }
  checkDefined(key, definitions);
  checkKeyTypes(key);
}

void checkNewIndex(const IndexRequest& index, const std::vector<KeyAttribute>& definitions, bool on_demand) {
  if (definitions.empty()) throw invalidParameters("AttributeDefinitions is not specified for index: " + index.name);
  checkGlobalKey(index, definitions);
  checkProjection(index.projection);
  if (on_demand && index.throughput) {
    throw invalidParameters("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " +
                            index.name + " when BillingMode is PAY_PER_REQUEST");
  }
  if (!on_demand && !index.throughput) {
    throw invalidParameters("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: " + index.name);
  }
  checkIndexThroughput(index, on_demand);
}

void checkTypesKept(const IndexRequest& index, const std::vector<KeyAttribute>& definitions, const Table& table) {
  const KeySchema key = makeKeySchema(index.key, definitions);
  std::vector<const KeySchema*> existing = {&table.key};
  for (const Index& one : table.indexes) existing.push_back(&one.key);
  for (const KeySchema* one : existing) {
    if (!redefines(key, *one)) continue;
    throw invalidParameters(
        "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. "
        "Existing schema: " +
        shown(*one) + " New schema: " + shown(key));
  }
}

std::vector<const IndexRequest*> IndexRequests::all() const {
  std::vector<const IndexRequest*> all;
  for (const auto* list : {&local, &global}) {
    if (!*list) continue;
    for (const IndexRequest& index : **list) all.push_back(&index);
  }
  return all;
}

void checkIndexes(const std::vector<KeyElement>& table_key, const std::vector<KeyAttribute>& definitions,
                  const IndexRequests& indexes, bool on_demand) {
  const auto& [local, global] = indexes;
  if (local && local->empty()) throw invalidParameters("List of LocalSecondaryIndexes is empty");
  if (global && global->empty()) throw invalidParameters("List of GlobalSecondaryIndexes is empty");
  if (local && table_key.size() != 2) {
    throw invalidParameters(
        "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
  }
  const std::vector<const IndexRequest*> all = indexes.all();
  for (const IndexRequest* index : all) {
    index->global ? checkGlobalKey(*index, definitions) : checkLocalKey(*index, table_key, definitions);
  }
  checkDefinitionsUsed(table_key, definitions, indexes);
  std::set<std::string> names;
  for (const IndexRequest* index : all) {
    checkProjection(index->projection);
    if (index->global) checkIndexThroughput(*index, on_demand);
    if (!names.insert(index->name).second) throw invalidParameters("Duplicate index name: " + index->name);
  }
  if (local && local->size() > limits::kLocalIndexes) {
    throw invalidParameters("Number of LocalSecondaryIndexes exceeds per-table limit of " +
                            std::to_string(limits::kLocalIndexes));
  }
  if (global && global->size() > limits::kGlobalIndexes) {
    throw invalidParameters("GlobalSecondaryIndex count exceeds the per-table limit of " +
                            std::to_string(limits::kGlobalIndexes));
  }
  checkProjectedTogether(all);
}

}  // namespace ddblog::dynamodb
