// The check… functions of table_request.h: what the fields of a request say together.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <set>

#include "base/api_error.h"
#include "base/limits.h"
#include "dynamodb/table_request.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::int64_t kMostUnits = 1'000'000'000'000;

ApiError invalid(const std::string& what) {
  return validationError("One or more parameter values were invalid: " + what);
}

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

std::string keyNames(const std::vector<KeyElement>& key) {
  return listed(key, [](const KeyElement& element) { return element.attribute; });
}

std::string definitionNames(const std::vector<KeyAttribute>& definitions) {
  return listed(definitions, [](const KeyAttribute& attribute) { return attribute.name; });
}

bool defines(const std::vector<KeyAttribute>& definitions, const std::string& name) {
  return std::any_of(definitions.begin(), definitions.end(),
                     [&](const KeyAttribute& attribute) { return attribute.name == name; });
}

void checkDefined(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions) {
  for (const KeyElement& element : key) {
    if (!defines(definitions, element.attribute)) {
      throw invalid("Some index key attributes are not defined in AttributeDefinitions. Keys: " + keyNames(key) +
                    ", AttributeDefinitions: " + definitionNames(definitions));
    }
  }
}

// One HASH, then at most one RANGE.
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

// Up to four HASH attributes, then up to four RANGE attributes. AWS's words for keys of several attributes are not
// recorded anywhere we know of.
void checkGlobalKeyTypes(const IndexRequest& index) {
  const bool several_hash = index.key.size() >= 2 && index.key[0].is_hash && index.key[1].is_hash;
  if (index.key.size() <= 2 && !several_hash) return checkKeyTypes(index.key);
  if (!index.key[0].is_hash) {
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  std::set<std::string> names;
  std::size_t hash = 0;
  for (std::size_t i = 0; i < index.key.size(); ++i) {
    if (!names.insert(index.key[i].attribute).second) {
      throw invalid("Duplicate attribute in KeySchema of index: " + index.name + ": " + index.key[i].attribute);
    }
    if (!index.key[i].is_hash) continue;
    if (hash != i) throw invalid("HASH keys must come before RANGE keys in KeySchema of index: " + index.name);
    ++hash;
  }
  if (hash > limits::kIndexKeyAttributes || index.key.size() - hash > limits::kIndexKeyAttributes) {
    throw invalid("KeySchema of index: " + index.name + " has more than 4 attributes of one key type");
  }
}

void checkProjection(const ProjectionRequest& projection) {
  if (!projection.type) throw invalid("Unknown ProjectionType: null");
  if (projection.non_key_attributes && *projection.type != ProjectionType::kInclude) {
    throw invalid(std::string("ProjectionType is ") + (*projection.type == ProjectionType::kAll ? "ALL" : "KEYS_ONLY") +
                  ", but NonKeyAttributes is specified");
  }
  if (!projection.non_key_attributes && *projection.type == ProjectionType::kInclude) {
    throw invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  }
}

void checkLocalIndex(const IndexRequest& index, const std::vector<KeyElement>& table_key,
                     const std::vector<KeyAttribute>& definitions) {
  checkDefined(index.key, definitions);
  checkKeyTypes(index.key);
  if (index.key.size() != 2) throw invalid("Index KeySchema does not have a range key for index: " + index.name);
  if (index.key[0].attribute != table_key[0].attribute) {
    throw invalid(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: " + index.name +
        ". index hash key: " + index.key[0].attribute + ", table hash key: " + table_key[0].attribute);
  }
  checkProjection(index.projection);
}

void checkProjectedTogether(const std::vector<const IndexRequest*>& indexes) {
  std::size_t count = 0;
  for (const IndexRequest* index : indexes) {
    if (index->projection.non_key_attributes) count += index->projection.non_key_attributes->size();
  }
  if (count > limits::kProjectedAttributes) {
    throw invalid("Number of NonKeyAttributes of all indexes exceeds the per-table limit of 100");
  }
}

}  // namespace

void checkThroughput(const Throughput& throughput, std::string_view index_name) {
  const std::string where = index_name.empty() ? "" : " for index " + std::string(index_name);
  const auto refuse = [&](std::int64_t value, const char* name) {
    return validationError("Given value " + std::to_string(value) + " for " + name + " is out of bounds" + where);
  };
  if (throughput.read > kMostUnits) throw refuse(throughput.read, "ReadCapacityUnits");
  if (throughput.write > kMostUnits) throw refuse(throughput.write, "WriteCapacityUnits");
}

void checkOnDemandThroughput(std::string_view kept, bool on_demand) {
  if (kept.empty()) return;
  const json::object units = boost::json::parse(kept).as_object();
  for (const char* name : {"MaxReadRequestUnits", "MaxWriteRequestUnits"}) {
    const json::value* value = units.if_contains(name);
    if (!value) continue;
    if (!on_demand) {
      throw invalid(std::string(name) +
                    " for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED");
    }
    const std::int64_t number = value->to_number<std::int64_t>();
    if (number == 0 || number < -1) {
      throw invalid("Requested " + std::string(name) + " for OnDemandThroughput for table is outside of valid range");
    }
  }
}

void checkStream(const StreamRequest& stream) {
  if (stream.enabled && !stream.view) {
    throw invalid("StreamViewType must be specified when StreamEnabled is true");
  }
  if (!stream.enabled && stream.view) {
    throw invalid("StreamViewType must not be specified when StreamEnabled is false");
  }
}

void checkTableKey(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions) {
  std::set<std::string> names;
  for (const KeyAttribute& attribute : definitions) {
    if (!names.insert(attribute.name).second) {
      throw invalid("Duplicate AttributeName in AttributeDefinitions: " + attribute.name);
    }
  }
  if (key.size() > definitions.size()) {
    throw validationError("Invalid KeySchema: Some index key attribute have no definition");
  }
  checkDefined(key, definitions);
  checkKeyTypes(key);
}

void checkGlobalIndex(const IndexRequest& index, const std::vector<KeyAttribute>& definitions, bool on_demand) {
  checkDefined(index.key, definitions);
  checkGlobalKeyTypes(index);
  checkProjection(index.projection);
  if (on_demand && index.throughput) {
    throw invalid("ProvisionedThroughput should not be specified for index: " + index.name +
                  " when BillingMode is PAY_PER_REQUEST");
  }
  if (!on_demand && !index.throughput) {
    throw invalid("ProvisionedThroughput must be specified for index: " + index.name);
  }
  if (index.throughput) checkThroughput(*index.throughput, index.name);
}

void checkIndexes(const std::vector<KeyElement>& table_key, const std::vector<KeyAttribute>& definitions,
                  const std::optional<std::vector<IndexRequest>>& local,
                  const std::optional<std::vector<IndexRequest>>& global, bool on_demand) {
  std::set<std::string> names;
  std::vector<const IndexRequest*> all;
  const auto takeName = [&](const IndexRequest& index) {
    if (!names.insert(index.name).second) throw invalid("Duplicate index name: " + index.name);
    all.push_back(&index);
  };
  if (local) {
    if (local->empty()) throw invalid("List of LocalSecondaryIndexes is empty");
    if (table_key.size() != 2) {
      throw invalid(
          "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
    }
    for (const IndexRequest& index : *local) {
      checkLocalIndex(index, table_key, definitions);
      takeName(index);
    }
    if (local->size() > limits::kLocalIndexes) {
      throw invalid("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
    }
  }
  if (global) {
    if (global->empty()) throw invalid("List of GlobalSecondaryIndexes is empty");
    for (const IndexRequest& index : *global) {
      checkGlobalIndex(index, definitions, on_demand);
      takeName(index);
    }
    if (global->size() > limits::kGlobalIndexes) {
      throw invalid("GlobalSecondaryIndex count exceeds the per-table limit of 20");
    }
  }
  checkProjectedTogether(all);
}

void checkDefinitionsUsed(const std::vector<KeyElement>& table_key, const std::vector<KeyAttribute>& definitions,
                          const std::optional<std::vector<IndexRequest>>& local,
                          const std::optional<std::vector<IndexRequest>>& global) {
  std::set<std::string> used;
  for (const KeyElement& element : table_key) used.insert(element.attribute);
  for (const auto* indexes : {&local, &global}) {
    if (!*indexes) continue;
    for (const IndexRequest& index : **indexes) {
      for (const KeyElement& element : index.key) used.insert(element.attribute);
    }
  }
  if (used.size() == definitions.size()) return;
  if (!local && !global) {
    throw invalid(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  throw invalid("Some AttributeDefinitions are not used. AttributeDefinitions: " + definitionNames(definitions) +
                ", keys used: " + listed(used, [](const std::string& name) { return name; }));
}

}  // namespace ddblog::dynamodb
