// AWS::Serverless::SimpleTable: a table with one hash attribute, "id" of type String unless it says
// otherwise.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readSimpleTable(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  const Properties key = properties.section("PrimaryKey");
  const std::string name = key.text("Name").value_or("id");
  const std::string type = key.text("Type").value_or("String");
  if (type != "String" && type != "Number" && type != "Binary") {
    throw TemplateError("the Type of a PrimaryKey must be String, Number or Binary", key.placeOf("Type"));
  }
  json::object create{{"TableName", resource.name},
                      {"AttributeDefinitions", {{{"AttributeName", name}, {"AttributeType", type.substr(0, 1)}}}},
                      {"KeySchema", {{{"AttributeName", name}, {"KeyType", "HASH"}}}},
                      {"BillingMode", "PAY_PER_REQUEST"}};
  if (const Node* throughput = properties.find("ProvisionedThroughput")) {
    create["BillingMode"] = "PROVISIONED";
    create["ProvisionedThroughput"] = typedJson("ProvisionedThroughput", *throughput, &reading.intrinsics);
  }
  reading.app.tables.push_back({std::move(create), std::nullopt});
}

}  // namespace

extern const ResourceType kSimpleTable;
const ResourceType kSimpleTable{"AWS::Serverless::SimpleTable", readSimpleTable};

}  // namespace ddblog::templates
