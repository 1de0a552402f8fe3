#include "dynamodb/table_request.h"

#include <algorithm>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "base/limits.h"

namespace ddblog::dynamodb {
namespace {

using api::IntegerRule;
using api::ListRule;
using api::ObjectReader;
using api::StringRule;

constexpr std::string_view kNamePattern = "[a-zA-Z0-9_.-]+";
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestArn = 1024;

// Structures by their Java class, as the service's refusals of a list in their place name them.
constexpr std::string_view kAttributeDefinitionClass = "com.amazonaws.dynamodb.v20120810.AttributeDefinition";
constexpr std::string_view kKeySchemaElementClass = "com.amazonaws.dynamodb.v20120810.KeySchemaElement";
constexpr std::string_view kGlobalIndexClass = "com.amazonaws.dynamodb.v20120810.GlobalSecondaryIndex";
constexpr std::string_view kLocalIndexClass = "com.amazonaws.dynamodb.v20120810.LocalSecondaryIndex";
constexpr std::string_view kProjectionClass = "com.amazonaws.dynamodb.v20120810.Projection";
constexpr std::string_view kThroughputClass = "com.amazonaws.dynamodb.v20120810.ProvisionedThroughput";
constexpr std::string_view kStreamClass = "com.amazonaws.dynamodb.v20120810.StreamSpecification";
constexpr std::string_view kEncryptionClass = "com.amazonaws.dynamodb.v20120810.SSESpecification";
constexpr std::string_view kTagClass = "com.amazonaws.dynamodb.v20120810.Tag";

IntegerRule positive() { return {.required = true, .min = 1, .type = "Long"}; }

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

}  // namespace

std::string readTableName(ObjectReader& fields) {
  const StringRule rule{.max = kLongestArn};
  const json::value* present = fields.value("TableName");
  if (!present) {
    throw validationError("The parameter 'TableName' is required but was not present in the request");
  }
  const bool is_arn = present->is_string() && present->get_string().starts_with("arn:");
  if (is_arn) return *fields.string("TableName", rule);
  if (present->is_string()) {
    const std::size_t size = present->get_string().size();
    if (size < 3 || size > kLongestName) {
      throw validationError("TableName must be at least 3 characters long and at most 255 characters long");
    }
  }
  return *fields.string("TableName", {.pattern = kNamePattern});
}

std::string readNewTableName(ObjectReader& fields) {
  const json::value* present = fields.value("TableName");
  if (!present || (present->is_string() && present->get_string().starts_with("arn:"))) return readTableName(fields);
  return fields.string("TableName", {.min = 3, .max = kLongestName, .pattern = kNamePattern}).value_or("");
}

std::string readIndexName(ObjectReader& fields) {
  return fields.string("IndexName", {.required = true, .min = 3, .max = kLongestName, .pattern = kNamePattern})
      .value_or("");
}

std::optional<std::vector<KeyAttribute>> readAttributeDefinitions(ObjectReader& fields, bool required) {
  auto elements = fields.objects("AttributeDefinitions", {.required = required, .element = kAttributeDefinitionClass});
  if (!elements) return std::nullopt;
  std::vector<KeyAttribute> definitions;
  for (ObjectReader& element : *elements) {
    const auto name = element.string("AttributeName", {.required = true, .min = 1, .max = 255});
    const auto type = element.string("AttributeType", {.required = true, .one_of = {"B", "N", "S"}});
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

std::optional<Throughput> readThroughput(ObjectReader& fields, bool required) {
  auto object = fields.object("ProvisionedThroughput", required, kThroughputClass);
  if (!object) return std::nullopt;
  const auto write = object->integer("WriteCapacityUnits", positive());
  const auto read = object->integer("ReadCapacityUnits", positive());
  return Throughput{read.value_or(0), write.value_or(0)};
}

std::string readKeptObject(ObjectReader& fields, std::string_view name) {
  auto object = fields.object(name);
  if (!object || object->json().empty()) return {};
  for (const char* member :
       {"MaxReadRequestUnits", "MaxWriteRequestUnits", "ReadUnitsPerSecond", "WriteUnitsPerSecond"}) {
    object->integer(member, {.type = "Long"});
  }
  return json::serialize(object->json());
}

IndexRequest readIndex(ObjectReader& fields, bool global) {
  // A global index may have up to four attributes of each kind, the others one.
  const std::size_t most = global ? 2 * limits::kIndexKeyAttributes : 2;
  IndexRequest index;
  index.global = global;
  index.projection = readProjection(fields);
  index.name = readIndexName(fields);
  if (global) {
    index.throughput = readThroughput(fields);
    index.on_demand_throughput = readKeptObject(fields, "OnDemandThroughput");
    index.warm_throughput = readKeptObject(fields, "WarmThroughput");
  }
  index.key = readKeySchema(fields, most);
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
      object->string("StreamViewType", {.one_of = {"NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"}});
  if (view == "NEW_IMAGE") stream.view = StreamView::kNewImage;
  if (view == "OLD_IMAGE") stream.view = StreamView::kOldImage;
  if (view == "NEW_AND_OLD_IMAGES") stream.view = StreamView::kNewAndOldImages;
  if (view == "KEYS_ONLY") stream.view = StreamView::kKeysOnly;
  return stream;
}

std::optional<EncryptionRequest> readEncryption(ObjectReader& fields) {
  auto object = fields.object("SSESpecification", false, kEncryptionClass);
  if (!object) return std::nullopt;
  EncryptionRequest encryption;
  encryption.enabled = object->boolean("Enabled").value_or(false);
  encryption.type = object->string("SSEType", {.one_of = {"AES256", "KMS"}});
  encryption.key_id = object->string("KMSMasterKeyId");
  return encryption;
}

void refuseGlobalTables(const ObjectReader& fields) {
  for (const char* name : {"ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates",
                           "GlobalTableSourceArn", "GlobalTableSettingsReplicationMode"}) {
    if (!fields.has(name)) continue;
    throw validationError("Global tables are not available here: " + std::string(name) + " is not supported");
  }
}

std::optional<std::vector<Tag>> readTags(ObjectReader& fields, bool required) {
  auto elements = fields.objects("Tags", {.required = required, .element = kTagClass});
  if (!elements) return std::nullopt;
  std::vector<Tag> tags;
  for (ObjectReader& element : *elements) {
    const auto key = element.string("Key", {.required = true, .min = 1, .max = 128});
    const auto value = element.string("Value", {.required = true, .max = 256});
    tags.push_back({key.value_or(""), value.value_or("")});
  }
  return tags;
}

std::optional<bool> readBillingMode(ObjectReader& fields) {
  const auto mode = fields.string("BillingMode", {.one_of = {"PROVISIONED", "PAY_PER_REQUEST"}});
  if (!mode) return std::nullopt;
  return *mode == "PAY_PER_REQUEST";
}

std::optional<std::string> readTableClass(ObjectReader& fields) {
  return fields.string("TableClass", {.one_of = {"STANDARD", "STANDARD_INFREQUENT_ACCESS"}});
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
  index.on_demand_throughput = request.on_demand_throughput;
  index.warm_throughput = request.warm_throughput;
  return index;
}

std::string describeEncryption(const EncryptionRequest& request, std::string_view region, std::string_view account_id) {
  if (!request.enabled) return {};
  const std::string here = "arn:aws:kms:" + std::string(region) + ":" + std::string(account_id) + ":";
  std::string key = request.key_id.value_or("alias/aws/dynamodb");
  if (!key.starts_with("arn:")) key = here + (key.starts_with("alias/") ? "" : "key/") + key;
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Status").value("ENABLED").key("SSEType").value(request.type.value_or("KMS"));
  json.key("KMSMasterKeyArn").value(key).endObject();
  return out;
}

}  // namespace ddblog::dynamodb
