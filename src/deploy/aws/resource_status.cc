#include "deploy/aws/resource_status.h"

#include <functional>

#include "aws/json_client.h"
#include "aws/json_response.h"
#include "aws/pages.h"
#include "aws/sigv4.h"
#include "base/json.h"
#include "base/text.h"
#include "deploy/replays/active_replays.h"

namespace ddblog::deploy {
namespace {

constexpr std::size_t kMostListPages = 100;  // ours

std::string textIn(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value) return {};
  if (value->is_string()) return std::string(value->get_string());
  return value->is_null() ? std::string() : json::serialize(*value);
}

// An ARN's last part, which names the resource; of a stream's ARN the table.
std::string shortArn(const std::string& arn) {
  const std::size_t table = arn.find(":table/");
  if (table != std::string::npos) return arn.substr(table + 7, arn.find('/', table + 7) - table - 7);
  return arn.substr(arn.rfind(':') + 1);
}

ResourceStatus mappingOf(const json::object& mapping) {
  return {"mapping", shortArn(textIn(mapping, "EventSourceArn")) + " -> " + shortArn(textIn(mapping, "FunctionArn")),
          textIn(mapping, "State"), textIn(mapping, "LastProcessingResult"), textIn(mapping, "UUID")};
}

ResourceStatus ruleOf(const std::string& bus, const json::object& rule) {
  return {"rule", bus + "/" + textIn(rule, "Name"), textIn(rule, "State"), textIn(rule, "ScheduleExpression")};
}

ResourceStatus functionOf(const json::object& function) {
  std::string state = textIn(function, "State");
  const std::string update = textIn(function, "LastUpdateStatus");
  if (update == "Failed" || update == "InProgress") state += ", update " + update;
  return {"function", textIn(function, "FunctionName"), state, textIn(function, "Runtime")};
}

json::object withToken(json::object request, std::string_view name, const std::string& token) {
  if (!token.empty()) request[name] = token;
  return request;
}

// The pages of a list of Lambda's REST API.
void forEachListed(const aws::Client& lambda, const std::string& path, std::string_view member,
                   const std::function<void(const json::object&)>& use) {
  aws::forEachPage("The list " + path, kMostListPages, [&](const std::string& token) {
    aws::Client::RestRequest request{.path = path};
    if (!token.empty()) request.query.emplace_back("Marker", token);
    const json::object answer = aws::parseResponse(lambda.send(request).body);
    for (const json::value& one : answer.at(member).as_array()) use(one.as_object());
    return textIn(answer, "NextMarker");
  });
}

bool isAbsent(const aws::ServiceError& error) {
  return error.type() == "ResourceNotFoundException" || error.type() == "QueueDoesNotExist" ||
         error.type().ends_with("NonExistentQueue");
}

template <class Ask>
ResourceStatus orAbsent(const char* kind, const std::string& name, const Ask& ask) {
  try {
    return ask();
  } catch (const aws::ServiceError& error) {
    if (!isAbsent(error)) throw;
    return {kind, name, "absent", ""};
  }
}

}  // namespace

ResourceStatuses::ResourceStatuses(aws::Session& session)
    : dynamodb_(session, aws::kDynamoDb),
      lambda_(session, aws::kLambda),
      events_(session, aws::kEventBridge),
      sqs_(session, aws::kSqs) {}

ResourceStatus ResourceStatuses::table(const std::string& name) const {
  return orAbsent("table", name, [&]() -> ResourceStatus {
    const json::object answer = aws::callJson(dynamodb_, "DescribeTable", {{"TableName", name}});
    const json::object& table = answer.at("Table").as_object();
    const json::value* items = table.if_contains("ItemCount");
    const auto count = items && items->is_int64() ? static_cast<std::uint64_t>(items->get_int64()) : 0;
    return {"table", name, textIn(table, "TableStatus"), withThousands(count) + (count == 1 ? " item" : " items")};
  });
}

ResourceStatus ResourceStatuses::function(const std::string& name) const {
  return orAbsent("function", name, [&] {
    const std::string path = "/2015-03-31/functions/" + aws::percentEncode(name) + "/configuration";
    return functionOf(aws::parseResponse(lambda_.send({.path = path}).body));
  });
}

ResourceStatus ResourceStatuses::mapping(const std::string& uuid) const {
  return orAbsent("mapping", uuid, [&] {
    const std::string path = "/2015-03-31/event-source-mappings/" + aws::percentEncode(uuid);
    return mappingOf(aws::parseResponse(lambda_.send({.path = path}).body));
  });
}

ResourceStatus ResourceStatuses::rule(const std::string& bus, const std::string& name) const {
  return orAbsent("rule", bus + "/" + name, [&] {
    return ruleOf(bus, aws::callJson(events_, "DescribeRule", {{"Name", name}, {"EventBusName", bus}}));
  });
}

ResourceStatus ResourceStatuses::queue(const std::string& url) const {
  const std::string name = url.substr(url.rfind('/') + 1);
  return orAbsent("queue", name, [&]() -> ResourceStatus {
    const json::object answer =
        aws::callJson(sqs_, "GetQueueAttributes",
                      {{"QueueUrl", url},
                       {"AttributeNames", {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"}}});
    const json::object& attributes = answer.at("Attributes").as_object();
    return {"queue", name, "",
            textIn(attributes, "ApproximateNumberOfMessages") + " waiting, " +
                textIn(attributes, "ApproximateNumberOfMessagesNotVisible") + " in flight"};
  });
}

void ResourceStatuses::addReplays(std::vector<ResourceStatus>& found, const std::set<std::string>* archives) const {
  try {
    for (const replays::ActiveReplay& replay : replays::activeReplays(events_)) {
      if (archives && !archives->contains(replay.source)) continue;
      found.push_back({"replay", replay.name, replay.state, replay.detail});
    }
  } catch (const aws::ServiceError& error) {
    if (error.type() != "AccessDeniedException") throw;
    found.push_back({"replay", "?", "unknown", "events:ListReplays is not allowed"});
  }
}

std::vector<ResourceStatus> ResourceStatuses::of(const std::vector<StackResource>& resources) const {
  std::vector<ResourceStatus> found;
  std::set<std::string> archives;
  for (const StackResource& resource : resources) {
    const std::string& id = resource.physical_id;
    if (resource.type == "AWS::DynamoDB::Table") {
      found.push_back(table(id));
    } else if (resource.type == "AWS::Lambda::Function") {
      found.push_back(function(id));
    } else if (resource.type == "AWS::Lambda::EventSourceMapping") {
      found.push_back(mapping(id));
    } else if (resource.type == "AWS::SQS::Queue") {
      found.push_back(queue(id));
    } else if (resource.type == "AWS::Events::Archive") {
      archives.insert(id);
    } else if (resource.type == "AWS::Events::Rule") {  // "bus|rule"; of the default bus "rule"
      const std::size_t bar = id.find('|');
      found.push_back(bar == std::string::npos ? rule("default", id) : rule(id.substr(0, bar), id.substr(bar + 1)));
    }
  }
  if (!archives.empty()) addReplays(found, &archives);
  return found;
}

void ResourceStatuses::addRules(std::vector<ResourceStatus>& found) const {
  std::vector<std::string> buses;
  aws::forEachPage("The list of buses", kMostListPages, [&](const std::string& token) {
    const json::object answer = aws::callJson(events_, "ListEventBuses", withToken({}, "NextToken", token));
    for (const json::value& bus : answer.at("EventBuses").as_array()) buses.push_back(textIn(bus.as_object(), "Name"));
    return textIn(answer, "NextToken");
  });
  for (const std::string& bus : buses) {
    aws::forEachPage("The list of the rules of " + bus, kMostListPages, [&](const std::string& token) {
      const json::object answer =
          aws::callJson(events_, "ListRules", withToken({{"EventBusName", bus}}, "NextToken", token));
      for (const json::value& one : answer.at("Rules").as_array()) found.push_back(ruleOf(bus, one.as_object()));
      return textIn(answer, "NextToken");
    });
  }
}

std::vector<ResourceStatus> ResourceStatuses::ofEverything() const {
  std::vector<ResourceStatus> found;
  aws::forEachPage("The list of tables", kMostListPages, [&](const std::string& last) {
    const json::object answer = aws::callJson(dynamodb_, "ListTables", withToken({}, "ExclusiveStartTableName", last));
    for (const json::value& name : answer.at("TableNames").as_array())
      found.push_back(table(std::string(name.as_string())));
    return textIn(answer, "LastEvaluatedTableName");
  });
  forEachListed(lambda_, "/2015-03-31/functions/", "Functions",
                [&](const json::object& one) { found.push_back(functionOf(one)); });
  forEachListed(lambda_, "/2015-03-31/event-source-mappings/", "EventSourceMappings",
                [&](const json::object& one) { found.push_back(mappingOf(one)); });
  addRules(found);
  addReplays(found, nullptr);
  aws::forEachPage("The list of queues", kMostListPages, [&](const std::string& token) {
    const json::object answer =
        aws::callJson(sqs_, "ListQueues", withToken({{"MaxResults", 1000}}, "NextToken", token));
    if (const json::value* urls = answer.if_contains("QueueUrls")) {
      for (const json::value& url : urls->as_array()) found.push_back(queue(std::string(url.as_string())));
    }
    return textIn(answer, "NextToken");
  });
  return found;
}

}  // namespace ddblog::deploy
