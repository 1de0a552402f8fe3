// AWS::DynamoDB::Table and AWS::DynamoDB::GlobalTable: a CreateTable request, and an UpdateTimeToLive
// request if it has a TimeToLiveSpecification. A global table runs as one table, on demand.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html,
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-globaltable.html
#include <algorithm>
#include <array>
#include <set>

#include "base/json_fields.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

constexpr std::array kCreateTable = {"AttributeDefinitions",
                                     "BillingMode",
                                     "DeletionProtectionEnabled",
                                     "GlobalSecondaryIndexes",
                                     "KeySchema",
                                     "LocalSecondaryIndexes",
                                     "OnDemandThroughput",
                                     "ProvisionedThroughput",
                                     "TableClass",
                                     "Tags",
                                     "WarmThroughput"};
constexpr std::array kCreateGlobalTable = {"AttributeDefinitions", "GlobalSecondaryIndexes", "KeySchema",
                                           "LocalSecondaryIndexes"};
constexpr std::array kKeyLists = {"AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes",
                                  "LocalSecondaryIndexes"};
constexpr std::array kEncryption = {"KMSMasterKeyId", "SSEEnabled", "SSEType"};

void addStream(const Properties& properties, json::object& create) {
  if (!properties.has("StreamSpecification") || properties.isLeftOut("StreamSpecification")) return;
  const auto view = properties.section("StreamSpecification").text("StreamViewType");
  create["StreamSpecification"] = {{"StreamEnabled", true}};
  if (view) create["StreamSpecification"].as_object()["StreamViewType"] = *view;
}

// A view, a type or a mode that nobody gave becomes a usual one: a table is of more use than an error.
void fillIn(Reading& reading, const Resource& resource, json::object& of, const char* member, const char* usual) {
  const std::string given = textOf(of, member);
  if (!reading.intrinsics.isStandIn(given)) return;
  reading.findings.note(resource.place(), resource.logical_id + ": " + member + " is " + usual + ": \"" + given +
                                              "\" stands in for a value");
  of[member] = usual;
}

void fillIn(Reading& reading, const Resource& resource, json::object& create) {
  fillIn(reading, resource, create, "BillingMode",
         create.contains("ProvisionedThroughput") ? "PROVISIONED" : "PAY_PER_REQUEST");
  if (json::value* stream = create.if_contains("StreamSpecification")) {
    fillIn(reading, resource, stream->as_object(), "StreamViewType", "NEW_AND_OLD_IMAGES");
  }
  const json::value* attributes = create.if_contains("AttributeDefinitions");
  if (!attributes || !attributes->is_array()) return;
  for (json::value& attribute : create["AttributeDefinitions"].get_array()) {
    if (attribute.is_object()) fillIn(reading, resource, attribute.get_object(), "AttributeType", "S");
  }
}

void addKeys(const json::value* schema, std::set<std::string>& keys) {
  if (!schema || !schema->is_array()) return;
  for (const json::value& key : schema->get_array()) {
    if (key.is_object()) keys.insert(textOf(key.get_object(), "AttributeName"));
  }
}

// The attributes in the keys of the table and of its indexes.
std::set<std::string> keyAttributes(const json::object& create) {
  std::set<std::string> keys;
  addKeys(create.if_contains("KeySchema"), keys);
  for (const char* indexes : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
    const json::value* given = create.if_contains(indexes);
    if (!given || !given->is_array()) continue;
    for (const json::value& index : given->get_array()) {
      if (index.is_object()) addKeys(index.get_object().if_contains("KeySchema"), keys);
    }
  }
  return keys;
}

// Whether a part of the lists about keys is not known, or is of indexes that do not run here.
bool hasUnknownKeys(Reading& reading, const Properties& properties) {
  const auto isUnknown = [&](const Node& node) { return node.isScalar() && reading.intrinsics.isStandIn(node.text); };
  for (const char* name : kKeyLists) {
    const Node* list = properties.find(name);
    if (list && (isUnknown(*list) || std::ranges::any_of(list->elements, isUnknown))) return true;
  }
  return properties.has("VectorIndexes");
}

// The definitions have to be those of the keys: others go, and a key without one is a string.
void defineKeys(json::object& create) {
  std::set<std::string> keys = keyAttributes(create);
  json::array definitions;
  if (json::value* given = create.if_contains("AttributeDefinitions"); given && given->is_array()) {
    for (json::value& attribute : given->get_array()) {
      const bool is_key = attribute.is_object() && keys.erase(textOf(attribute.get_object(), "AttributeName")) > 0;
      if (is_key) definitions.push_back(std::move(attribute));
    }
  }
  for (const std::string& key : keys) {
    definitions.push_back(json::object{{"AttributeName", key}, {"AttributeType", "S"}});
  }
  create["AttributeDefinitions"] = std::move(definitions);
}

// On demand there is no throughput, not even a usual one for what nobody gave (typedJson).
void removeUnknownThroughput(const Properties& properties, json::object& create) {
  if (textOf(create, "BillingMode") != "PAY_PER_REQUEST") return;
  const auto isUnknown = [](const Node* throughput) { return throughput && throughput->isScalar(); };
  if (isUnknown(properties.find("ProvisionedThroughput"))) create.erase("ProvisionedThroughput");
  const Node* declared = properties.find("GlobalSecondaryIndexes");
  json::value* indexes = create.if_contains("GlobalSecondaryIndexes");
  if (!declared || !indexes || !indexes->is_array()) return;
  for (const Node& index : declared->elements) {
    const Node* name = index.given("IndexName");
    if (!name || !isUnknown(index.given("ProvisionedThroughput"))) continue;
    for (json::value& one : indexes->get_array()) {
      if (one.is_object() && textOf(one.get_object(), "IndexName") == name->text) {
        one.get_object().erase("ProvisionedThroughput");
      }
    }
  }
}

void addTable(Reading& reading, const Resource& resource, json::object create) {
  const Properties& properties = resource.properties;
  if (hasUnknownKeys(reading, properties)) {
    if (!create.contains("KeySchema")) {
      ++reading.collected.left_out;
      return reading.findings.note(resource.place(),
                                   resource.logical_id + " does not run offline: its keys are not known");
    }
    defineKeys(create);
  }
  create["TableName"] = resource.name;
  addStream(properties, create);
  fillIn(reading, resource, create);
  removeUnknownThroughput(properties, create);
  std::optional<json::object> update_ttl;
  if (const Node* ttl = properties.find("TimeToLiveSpecification");
      ttl && !properties.isLeftOut("TimeToLiveSpecification")) {
    update_ttl =
        json::object{{"TableName", resource.name},
                     {"TimeToLiveSpecification", typedJson("TimeToLiveSpecification", *ttl, &reading.intrinsics)}};
  }
  reading.app.tables.push_back({std::move(create), std::move(update_ttl)});
}

void readTable(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  for (const char* list : kKeyLists) properties.list(list);  // throws if it is none
  json::object create = properties.request(kCreateTable);
  for (const char* indexes : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
    const json::value* given = create.if_contains(indexes);
    if (given && given->is_array() && given->get_array().empty()) create.erase(indexes);  // CloudFormation takes it
  }
  if (properties.has("SSESpecification")) {
    json::object request = properties.section("SSESpecification").request(kEncryption);
    if (const json::value* enabled = request.if_contains("SSEEnabled")) request["Enabled"] = *enabled;
    request.erase("SSEEnabled");
    if (request.contains("KMSMasterKeyId") && !request.contains("SSEType")) request["SSEType"] = "KMS";
    create["SSESpecification"] = std::move(request);
  }
  if (properties.has("KinesisStreamSpecification")) {
    reading.findings.note(properties.placeOf("KinesisStreamSpecification"),
                          resource.logical_id + ": its changes do not go to Kinesis offline");
  }
  if (properties.has("ImportSourceSpecification")) {
    reading.findings.note(
        properties.placeOf("ImportSourceSpecification"),
        resource.logical_id + ": items in S3 are not imported (`dynamodb-log import` reads the same files)");
  }
  if (properties.has("VectorIndexes")) {
    reading.findings.note(properties.placeOf("VectorIndexes"),
                          resource.logical_id + ": its vector indexes do not run offline");
  }
  const Properties policy = properties.section("ResourcePolicy");
  if (const auto document = policy.jsonText("PolicyDocument")) create["ResourcePolicy"] = *document;
  addTable(reading, resource, std::move(create));
}

// The throughput is per replica: the one table here has none.
void readGlobalTable(Reading& reading, const Resource& resource) {
  json::object create = resource.properties.request(kCreateGlobalTable);
  create["BillingMode"] = "PAY_PER_REQUEST";
  if (json::value* indexes = create.if_contains("GlobalSecondaryIndexes"); indexes && indexes->is_array()) {
    for (json::value& index : indexes->get_array()) {
      if (!index.is_object()) continue;
      for (const char* name : {"WriteProvisionedThroughputSettings", "ReadProvisionedThroughputSettings",
                               "WriteOnDemandThroughputSettings", "ReadOnDemandThroughputSettings"}) {
        index.get_object().erase(name);
      }
    }
  }
  reading.findings.note(resource.place(),
                        resource.logical_id + " (AWS::DynamoDB::GlobalTable) runs as one table without replicas");
  addTable(reading, resource, std::move(create));
}

}  // namespace

extern const ResourceType kDynamoDbTable;
extern const ResourceType kGlobalTable;
const ResourceType kDynamoDbTable{"AWS::DynamoDB::Table", readTable};
const ResourceType kGlobalTable{"AWS::DynamoDB::GlobalTable", readGlobalTable};

}  // namespace ddblog::templates
