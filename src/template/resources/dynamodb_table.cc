// AWS::DynamoDB::Table: a CreateTable request, and an UpdateTimeToLive request if it has a
// TimeToLiveSpecification.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

// Properties that CloudFormation does not set with CreateTable.
constexpr const char* kNotOfCreateTable[] = {"TimeToLiveSpecification", "PointInTimeRecoverySpecification",
                                             "KinesisStreamSpecification", "ContributorInsightsSpecification",
                                             "ImportSourceSpecification"};

void readTable(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  json::object create = properties.object();
  create["TableName"] = resource.name;
  std::optional<json::object> update_ttl;
  if (const json::object* ttl = properties.map("TimeToLiveSpecification")) {
    update_ttl = json::object{{"TableName", resource.name}, {"TimeToLiveSpecification", *ttl}};
  }
  for (const char* property : kNotOfCreateTable) create.erase(property);
  if (const json::object* stream = properties.map("StreamSpecification")) {
    json::object with_switch = *stream;
    with_switch["StreamEnabled"] = true;
    create["StreamSpecification"] = std::move(with_switch);
  }
  if (const json::object* sse = properties.map("SSESpecification")) {
    json::object request = *sse;
    if (const json::value* enabled = sse->if_contains("SSEEnabled")) request["Enabled"] = *enabled;
    request.erase("SSEEnabled");
    create["SSESpecification"] = std::move(request);
  }
  reading.app.tables.push_back({std::move(create), std::move(update_ttl)});
}

}  // namespace

extern const ResourceType kDynamoDbTable;
const ResourceType kDynamoDbTable{"AWS::DynamoDB::Table", "TableName", "dynamodb", "table/", readTable};

}  // namespace ddblog::templates
