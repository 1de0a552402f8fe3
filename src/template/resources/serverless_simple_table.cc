// AWS::Serverless::SimpleTable: a table with one hash attribute, "id" of type String unless it says
// otherwise.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readSimpleTable(Reading& reading, const Resource& resource) {
  const json::object* given = resource.properties.map("PrimaryKey");
  const Properties key(given ? *given : json::object{});
  const std::string name = key.text("Name").value_or("id");
  const std::string type = key.text("Type").value_or("String");
  reading.app.tables.push_back(
      {json::object{{"TableName", resource.name},
                    {"AttributeDefinitions", {{{"AttributeName", name}, {"AttributeType", type.substr(0, 1)}}}},
                    {"KeySchema", {{{"AttributeName", name}, {"KeyType", "HASH"}}}},
                    {"BillingMode", "PAY_PER_REQUEST"}},
       std::nullopt});
}

}  // namespace

extern const ResourceType kSimpleTable;
const ResourceType kSimpleTable{"AWS::Serverless::SimpleTable", "TableName", "dynamodb", "table/", readSimpleTable};

}  // namespace ddblog::templates
