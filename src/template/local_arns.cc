#include "template/local_arns.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace ddblog::templates {

namespace {

struct Named {
  std::string_view type;
  std::string_view service;  // of its ARN
  std::string_view before;   // what its ARN has before the name
};

constexpr std::array kNamed = {Named{"AWS::SQS::Queue", "sqs", ""},
                               Named{"AWS::DynamoDB::Table", "dynamodb", "table/"},
                               Named{"AWS::DynamoDB::GlobalTable", "dynamodb", "table/"},
                               Named{"AWS::Serverless::SimpleTable", "dynamodb", "table/"},
                               Named{"AWS::Lambda::Function", "lambda", "function:"},
                               Named{"AWS::Serverless::Function", "lambda", "function:"},
                               Named{"AWS::Events::EventBus", "events", "event-bus/"}};

// The parts of arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE. False: it is no ARN.
bool split(std::string_view arn, std::array<std::string_view, 5>& parts, std::string_view& resource) {
  for (std::string_view& part : parts) {
    const std::size_t end = arn.find(':');
    if (end == std::string_view::npos) return false;
    part = arn.substr(0, end);
    arn.remove_prefix(end + 1);
  }
  resource = arn;
  return parts[0] == "arn";
}

}  // namespace

std::string arnHere(const PseudoParameters& pseudo, const std::string& service, const std::string& resource) {
  return "arn:aws:" + service + ":" + pseudo.region + ":" + pseudo.account_id + ":" + resource;
}

std::string localArn(Reading& reading, const std::string& arn) {
  std::array<std::string_view, 5> parts;
  std::string_view resource;
  if (!split(arn, parts, resource)) return arn;
  const PseudoParameters& pseudo = reading.intrinsics.pseudo();
  const std::size_t stream = resource.find("/stream/");
  const bool is_here = parts[3] == pseudo.region && parts[4] == pseudo.account_id;
  if (is_here && (stream == std::string_view::npos || resource.ends_with("/latest"))) return arn;
  for (const Named& named : kNamed) {
    if (named.service != parts[2] || !resource.starts_with(named.before)) continue;
    std::string_view name = resource.substr(named.before.size());
    name = name.substr(0, name.find_first_of(named.service == "lambda" ? ":" : "/"));
    if (!reading.intrinsics.declares(named.type, name)) continue;
    std::string kept(resource.substr(0, stream));
    if (stream != std::string_view::npos) kept += "/stream/latest";
    return arnHere(pseudo, std::string(named.service), kept);
  }
  return arn;
}

}  // namespace ddblog::templates
