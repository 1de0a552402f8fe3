#include "template/sam_names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ddblog::templates {

namespace {

std::string_view textIn(const Node& node, std::string_view name) {
  const Node* found = node.given(name);
  return found && found->isScalar() ? std::string_view(found->text) : std::string_view();
}

// A declared SAM resource and the rest of a generated logical id.
struct Origin {
  std::string logical_id;
  const Node* resource = nullptr;  // nullptr: the id begins with that of no SAM resource
  std::string rest;
};

Origin originOf(const Intrinsics& intrinsics, const std::string& logical_id) {
  for (std::size_t length = logical_id.size(); length-- > 1;) {
    const Node* found = intrinsics.resource(std::string_view(logical_id).substr(0, length));
    if (!found || !textIn(*found, "Type").starts_with("AWS::Serverless::")) continue;
    return {logical_id.substr(0, length), found, logical_id.substr(length)};
  }
  return {};
}

// The event of a function that a generated resource is for: "FnEvent" or "FnEventQueue". nullptr: none.
const Node* eventOf(const Origin& origin, std::string* rest) {
  const Node* properties = origin.resource->given("Properties");
  const Node* events = properties ? properties->given("Events") : nullptr;
  if (!events) return nullptr;
  const Node* longest = nullptr;
  std::size_t length = 0;
  for (const Node::Member& event : events->members) {
    if (!origin.rest.starts_with(event.name) || event.name.size() < length) continue;
    longest = &event.value;
    length = event.name.size();
  }
  if (longest) *rest = origin.rest.substr(length);
  return longest;
}

std::string typeOfEvent(std::string_view event, const std::string& rest) {
  if (rest == "Queue") return "AWS::SQS::Queue";
  if (rest == "Role") return "AWS::IAM::Role";
  if (rest == "QueuePolicy") return "AWS::SQS::QueuePolicy";
  if (rest == "EventSourceMapping") return "AWS::Lambda::EventSourceMapping";
  if (rest.starts_with("Permission")) return "AWS::Lambda::Permission";  // of an API: and the stage
  if (!rest.empty()) return "";
  if (event == "EventBridgeRule" || event == "CloudWatchEvent" || event == "Schedule") return "AWS::Events::Rule";
  if (event == "ScheduleV2") return "AWS::Scheduler::Schedule";
  if (event == "SNS") return "AWS::SNS::Subscription";
  if (event == "DynamoDB" || event == "SQS" || event == "Kinesis" || event == "MSK" || event == "MQ") {
    return "AWS::Lambda::EventSourceMapping";
  }
  return "AWS::Lambda::Permission";
}

struct Generated {
  std::string_view rest;  // what follows the logical id
  std::string_view type;
};

// What SAM makes for a function, an API and so on.
constexpr std::array kGenerated = {
    Generated{"ApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage"},
    Generated{"DeploymentGroup", "AWS::CodeDeploy::DeploymentGroup"},
    Generated{"EventInvokeConfig", "AWS::Lambda::EventInvokeConfig"},
    Generated{"EventInvokeConfigOnFailureQueue", "AWS::SQS::Queue"},
    Generated{"EventInvokeConfigOnFailureTopic", "AWS::SNS::Topic"},
    Generated{"EventInvokeConfigOnSuccessQueue", "AWS::SQS::Queue"},
    Generated{"EventInvokeConfigOnSuccessTopic", "AWS::SNS::Topic"},
    Generated{"ProdStage", "AWS::ApiGateway::Stage"},
    Generated{"Role", "AWS::IAM::Role"},
    Generated{"Stage", "AWS::ApiGateway::Stage"},
    Generated{"Url", "AWS::Lambda::Url"},
    Generated{"UrlPublicPermissions", "AWS::Lambda::Permission"},
};

bool isHash(std::string_view text) {
  return text.size() == 10 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Empty: SAM makes no such resource.
std::string typeOfRest(const Intrinsics& intrinsics, const Origin& origin) {
  const std::string_view rest = origin.rest;
  const auto found = std::ranges::find(kGenerated, rest, &Generated::rest);
  if (found != kGenerated.end()) return std::string(found->type);
  const auto isHashed = [&](std::string_view name) {
    return rest.starts_with(name) && isHash(rest.substr(name.size()));
  };
  if (isHashed("") && textIn(*origin.resource, "Type") == "AWS::Serverless::LayerVersion") {
    return "AWS::Lambda::LayerVersion";
  }
  if (isHashed("Version")) return "AWS::Lambda::Version";
  if (isHashed("Deployment")) return "AWS::ApiGateway::Deployment";
  if (rest.starts_with("Alias") && samProperty(intrinsics, *origin.resource, "AutoPublishAlias")) {
    return "AWS::Lambda::Alias";
  }
  if (const Node* stage = samProperty(intrinsics, *origin.resource, "StageName");
      stage && stage->isScalar() && rest == stage->text + "Stage") {
    return "AWS::ApiGateway::Stage";
  }
  return "";
}

}  // namespace

std::string generatedType(const Intrinsics& intrinsics, const std::string& logical_id) {
  if (logical_id == "ServerlessRestApi") return "AWS::Serverless::Api";
  if (logical_id == "ServerlessHttpApi") return "AWS::Serverless::HttpApi";
  if (logical_id == "ServerlessDeploymentApplication") return "AWS::CodeDeploy::Application";
  if (logical_id == "CodeDeployServiceRole") return "AWS::IAM::Role";
  if (logical_id.starts_with("ServerlessRestApi") || logical_id.starts_with("ServerlessHttpApi")) {
    return "AWS::ApiGateway::Stage";
  }
  const Origin origin = originOf(intrinsics, logical_id);
  if (!origin.resource) return "";
  std::string rest;
  if (const Node* event = eventOf(origin, &rest)) {
    if (std::string type = typeOfEvent(textIn(*event, "Type"), rest); !type.empty()) return type;
  }
  return typeOfRest(intrinsics, origin);
}

std::string generatedName(Intrinsics& intrinsics, const std::string& logical_id) {
  const Origin origin = originOf(intrinsics, logical_id);
  if (!origin.resource) return logical_id.ends_with("Stage") ? "Prod" : "";
  if (origin.rest.starts_with("Version")) return intrinsics.physicalName(origin.logical_id) + ":$LATEST";
  if (origin.rest.starts_with("Alias")) {
    return intrinsics.physicalName(origin.logical_id) + ":" + aliasOf(intrinsics, origin.logical_id);
  }
  std::string rest;
  const Node* event = eventOf(origin, &rest);
  const Node* properties = event && rest.empty() ? event->given("Properties") : nullptr;
  const Node* name = properties ? properties->given("RuleName") : nullptr;
  if (properties && !name) name = properties->given("Name");
  return name ? intrinsics.text(*name, "Name") : "";
}

const Node* samProperty(const Intrinsics& intrinsics, const Node& resource, std::string_view name) {
  const Node* properties = resource.given("Properties");
  const Node* own = properties ? properties->given(name) : nullptr;
  if (own) return own;
  constexpr std::string_view kSam = "AWS::Serverless::";
  const std::string_view type = textIn(resource, "Type");
  const Node* globals = type.starts_with(kSam) ? intrinsics.globals(type.substr(kSam.size())) : nullptr;
  return globals ? globals->given(name) : nullptr;
}

std::string aliasOf(Intrinsics& intrinsics, const std::string& logical_id) {
  const Node* resource = intrinsics.resource(logical_id);
  const Node* alias = resource ? samProperty(intrinsics, *resource, "AutoPublishAlias") : nullptr;
  if (!alias) return "";
  const std::optional<Node> evaluated = intrinsics.evaluate(*alias);
  return evaluated && evaluated->isScalar() ? evaluated->text : "";
}

std::optional<std::string> qualifiedReference(Intrinsics& intrinsics, const std::string& name) {
  const std::size_t point = name.find('.');
  if (point == std::string::npos) return std::nullopt;
  const std::string logical_id = name.substr(0, point);
  const std::string what = name.substr(point + 1);
  const Node* resource = intrinsics.resource(logical_id);
  if (!resource || !textIn(*resource, "Type").starts_with("AWS::Serverless::")) return std::nullopt;
  if (what == "Alias") return intrinsics.arn(logical_id) + ":" + aliasOf(intrinsics, logical_id);
  if (what == "Version") return intrinsics.arn(logical_id) + ":$LATEST";
  if (what == "Stage") {
    const Node* stage = samProperty(intrinsics, *resource, "StageName");
    return stage ? intrinsics.text(*stage, "StageName") : "$default";
  }
  return std::nullopt;
}

}  // namespace ddblog::templates
