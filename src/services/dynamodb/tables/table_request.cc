#include "services/dynamodb/tables/table_request.h"

#include <algorithm>

#include "base/api_error.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/table_name.h"

namespace ddblog::dynamodb {
namespace {

using rpc::ListRule;
using rpc::ObjectReader;
using rpc::StringRule;

// The Java classes of structures, which DynamoDB names when a request gives a list in their place.
constexpr std::string_view kAttributeDefinitionClass = "com.amazonaws.dynamodb.v20120810.AttributeDefinition";
constexpr std::string_view kKeySchemaElementClass = "com.amazonaws.dynamodb.v20120810.KeySchemaElement";
constexpr std::string_view kGlobalIndexClass = "com.amazonaws.dynamodb.v20120810.GlobalSecondaryIndex";
constexpr std::string_view kLocalIndexClass = "com.amazonaws.dynamodb.v20120810.LocalSecondaryIndex";
constexpr std::string_view kProjectionClass = "com.amazonaws.dynamodb.v20120810.Projection";
constexpr std::string_view kStreamClass = "com.amazonaws.dynamodb.v20120810.StreamSpecification";

AttributeValue::Type attributeType(std::string_view name) {
  if (name == "N") return AttributeValue::Type::kNumber;
  return name == "B" ? AttributeValue::Type::kBinary : AttributeValue::Type::kString;
}

ProjectionRequest readProjection(ObjectReader& fields) {
  ProjectionRequest projection;
  auto object = fields.object("Projection", true, kProjectionClass);
  if (!object) return projection;
  const auto type = object->string("ProjectionType", {.one_of = {"ALL", "INCLUDE", "KEYS_ONLY"}});
  if (type == "ALL") projection.type = ProjectionType::kAll;
  if (type == "INCLUDE") projection.type = ProjectionType::kInclude;
  if (type == "KEYS_ONLY") projection.type = ProjectionType::kKeysOnly;
  projection.non_key_attributes = object->strings("NonKeyAttributes", {.min = 1, .max = 20}, {.min = 1, .max = 255});
  return projection;
}

// `length_first`: the order in which all operations but CreateTable report broken constraints.
std::string readNameOrArn(ObjectReader& fields, const Context& context, bool length_first) {
  const json::value* present = fields.value("TableName");
  if (!present) {
    fields.check(
        [] { throw validationError("The parameter 'TableName' is required but was not present in the request"); });
    return {};
  }
  if (present->is_string() && isArn({present->get_string().data(), present->get_string().size()})) {
    const std::string arn = *fields.string("TableName", {.max = kLongestTableArn});
    if (arn.size() <= kLongestTableArn) fields.check([&] { checkTableArn(arn, context); });
    return arn;
  }
  return *fields.string(
      "TableName", {.min = kShortestName, .max = kLongestName, .pattern = kNamePattern, .length_first = length_first});
}

}  // namespace

std::string readTableName(ObjectReader& fields, const Context& context) { return readNameOrArn(fields, context, true); }

std::string readNewTableName(ObjectReader& fields, const Context& context) {
  return std::string(tableNameOf(readNameOrArn(fields, context, false)));
}

std::string readIndexName(ObjectReader& fields) {
  return fields
      .string(
          "IndexName",
          {.required = true, .min = kShortestName, .max = kLongestName, .pattern = kNamePattern, .length_first = true})
      .value_or("");
}

std::optional<std::vector<KeyAttribute>> readAttributeDefinitions(ObjectReader& fields, bool required) {
  auto elements = fields.objects("AttributeDefinitions", {.required = required, .element = kAttributeDefinitionClass});
  if (!elements) return std::nullopt;
  std::vector<KeyAttribute> definitions;
  for (ObjectReader& element : *elements) {
    const auto type = element.string("AttributeType", {.required = true, .one_of = {"B", "N", "S"}});
    const auto name = element.string("AttributeName", {.required = true, .min = 1, .max = 255});
    definitions.push_back({name.value_or(""), attributeType(type.value_or("S"))});
  }
  return definitions;
}

std::vector<KeyElement> readKeySchema(ObjectReader& fields, std::size_t most) {
  std::vector<KeyElement> key;
  auto elements =
      fields.objects("KeySchema", {.required = true, .min = 1, .max = most, .element = kKeySchemaElementClass});
  if (!elements) return key;
  for (ObjectReader& element : *elements) {
    const auto name = element.string("AttributeName", {.required = true, .min = 1, .max = 255});
    const auto type = element.string("KeyType", {.required = true, .one_of = {"HASH", "RANGE"}});
    key.push_back({name.value_or(""), type.value_or("HASH") == "HASH"});
  }
  return key;
}

IndexRequest readIndex(ObjectReader& fields, bool global) {
  // A global index may have up to four key attributes of each kind, a table or a local index one.
  const std::size_t most = global ? 2 * limits::kIndexKeyAttributes : 2;
  IndexRequest index;
  index.global = global;
  index.name = readIndexName(fields);
  index.key = readKeySchema(fields, most);
  index.projection = readProjection(fields);
  if (global) {
    index.throughput = readThroughput(fields);
    index.on_demand_throughput = readOnDemandThroughput(fields);
    index.warm_throughput = readWarmThroughput(fields);
  }
  return index;
}

std::optional<std::vector<IndexRequest>> readIndexes(ObjectReader& fields, std::string_view name, bool global) {
  auto elements = fields.objects(name, {.element = global ? kGlobalIndexClass : kLocalIndexClass});
  if (!elements) return std::nullopt;
  std::vector<IndexRequest> indexes;
  for (ObjectReader& element : *elements) indexes.push_back(readIndex(element, global));
  return indexes;
}

std::optional<StreamRequest> readStream(ObjectReader& fields) {
  auto object = fields.object("StreamSpecification", false, kStreamClass);
  if (!object) return std::nullopt;
  StreamRequest stream;
  stream.enabled = object->boolean("StreamEnabled", true).value_or(false);
  const auto view =
      object->string("StreamViewType", {.one_of = {"OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"}});
  if (view == "NEW_IMAGE") stream.view = StreamView::kNewImage;
  if (view == "OLD_IMAGE") stream.view = StreamView::kOldImage;
  if (view == "NEW_AND_OLD_IMAGES") stream.view = StreamView::kNewAndOldImages;
  if (view == "KEYS_ONLY") stream.view = StreamView::kKeysOnly;
  return stream;
}

void rejectAbsentFeatures(const ObjectReader& fields) {
  for (const char* name : {"ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates",
                           "GlobalTableSourceArn", "GlobalTableSettingsReplicationMode"}) {
    const json::value* wanted = fields.value(name);
    if (!wanted || *wanted == json::value("DISABLED")) continue;
    throw validationError("Global tables are not available here: " + std::string(name) + " is not supported");
  }
  const json::value* protection = fields.value("DisassociationProtectionEnabled");
  if (protection && *protection != json::value(false)) {
    throw validationError("Global tables are not available here: DisassociationProtectionEnabled is not supported");
  }
  for (const char* name : {"VectorIndexes", "VectorIndexUpdates"}) {
    if (!fields.has(name)) continue;
    throw validationError("Vector indexes are not available here: " + std::string(name) + " is not supported");
  }
}

std::optional<bool> readBillingMode(ObjectReader& fields) {
  const auto mode = fields.string("BillingMode", {.one_of = {"PROVISIONED", "PAY_PER_REQUEST"}});
  if (!mode) return std::nullopt;
  return *mode == "PAY_PER_REQUEST";
}

std::optional<std::string> readTableClass(ObjectReader& fields) { return fields.string("TableClass"); }

void checkTableClass(const std::optional<std::string>& table_class) {
  if (!table_class || *table_class == "STANDARD" || *table_class == "STANDARD_INFREQUENT_ACCESS") return;
  throw validationError(
      "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, "
      "STANDARD_INFREQUENT_ACCESS].");
}

void sortByName(std::vector<KeyAttribute>& definitions) {
  std::sort(definitions.begin(), definitions.end(),
            [](const KeyAttribute& one, const KeyAttribute& other) { return one.name < other.name; });
}

KeySchema makeKeySchema(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions) {
  KeySchema schema;
  for (const KeyElement& element : key) {
    const auto definition = std::find_if(definitions.begin(), definitions.end(),
                                         [&](const KeyAttribute& one) { return one.name == element.attribute; });
    (element.is_hash ? schema.hash : schema.range).push_back(*definition);
  }
  return schema;
}

Index makeIndex(const IndexRequest& request, const std::vector<KeyAttribute>& definitions, std::uint32_t id) {
  Index index;
  index.id = id;
  index.name = request.name;
  index.global = request.global;
  index.key = makeKeySchema(request.key, definitions);
  index.projection = *request.projection.type;
  index.non_key_attributes = request.projection.non_key_attributes.value_or(std::vector<std::string>{});
  index.throughput = request.throughput.value_or(Throughput{});
  std::sort(index.non_key_attributes.begin(),
            index.non_key_attributes.end());  // the order in which DynamoDB describes them
  index.on_demand_throughput = request.on_demand_throughput.value_or(CapacityUnits{});
  index.warm_throughput = request.warm_throughput.value_or(CapacityUnits{});
  return index;
}

}  // namespace ddblog::dynamodb
