#include "deploy/replays/replay_route.h"

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "aws/json_client.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "deploy/replays/limits.h"
#include "deploy/replays/process_identity.h"
#include "deploy/replays/queue_policy.h"

namespace ddblog::replays {
namespace {

constexpr std::string_view kPrefix = "dynamodb-log-replay-";
constexpr const char* kBusTag = "dynamodb-log:replay-bus";
constexpr const char* kStageTag = "dynamodb-log:replay-stage";
constexpr const char* kOwnerTag = "dynamodb-log:replay-owner";
constexpr const char* kAliveTag = "dynamodb-log:replay-alive";
constexpr const char* kTarget = "queue";
constexpr Duration kPolicyPause{1000};

json::array listOf(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

bool isAbsent(const aws::ServiceError& error) {
  return error.type() == "ResourceNotFoundException" || error.type() == "QueueDoesNotExist" ||
         error.type().ends_with("NonExistentQueue");
}

// Calls `call`; what is gone already is no error.
template <class Call>
void unlessAbsent(const Call& call) {
  try {
    call();
  } catch (const aws::ServiceError& error) {
    if (!isAbsent(error)) throw;
  }
}

std::string secondsOf(std::chrono::seconds seconds) { return std::to_string(seconds.count()); }

Timestamp secondsSinceEpoch(const std::string& text) {
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return Timestamp(std::chrono::seconds(seconds));
}

}  // namespace

std::string patternOf(const RouteRequest& request) {
  json::object pattern{{"source", json::array{"dynamodb-log"}},
                       {"detail-type", json::array{"stream changes"}},
                       {"replay-name", json::array{std::string(kPrefix) + request.id}}};
  json::object detail;
  if (!request.logs.empty()) detail["log"] = listOf(request.logs);
  if (!request.types.empty()) detail["type"] = listOf(request.types);
  if (!detail.empty()) pattern["detail"] = std::move(detail);
  return json::serialize(pattern);
}

bool Route::isAbandoned(Timestamp now) const {
  const ProcessState state = stateOf(owner);
  if (state != ProcessState::kUnknown) return state == ProcessState::kEnded;
  return alive + limits::kReplaySilence < now;
}

Routes::Routes(aws::Session& session)
    : session_(session), events_(session, aws::kEventBridge), sqs_(session, aws::kSqs) {}

std::string Routes::now() const {
  return secondsOf(std::chrono::duration_cast<std::chrono::seconds>(session_.clock().now().time_since_epoch()));
}

void Routes::create(const RouteRequest& request, Route& route) {
  route = {.name = std::string(kPrefix) + request.id,
           .queue_url = {},
           .bus = request.bus,
           .stage = request.stage,
           .owner = ownIdentity(),
           .alive = session_.clock().now()};
  const json::object queue = aws::callJson(
      sqs_, "CreateQueue",
      {{"QueueName", route.name},
       {"Attributes",
        {{"MessageRetentionPeriod", secondsOf(limits::kReplayRetention)},
         {"VisibilityTimeout", secondsOf(limits::kReplayVisibility)}}},
       {"tags", {{kBusTag, route.bus}, {kStageTag, route.stage}, {kOwnerTag, route.owner}, {kAliveTag, now()}}}});
  route.queue_url = textOf(queue, "QueueUrl");
  const json::object attributes = aws::callJson(
      sqs_, "GetQueueAttributes", {{"QueueUrl", route.queue_url}, {"AttributeNames", json::array{"QueueArn"}}});
  queue_arn_ = textOf(attributes.at("Attributes").as_object(), "QueueArn");
  const json::object rule = aws::callJson(
      events_, "PutRule",
      {{"Name", route.name},
       {"EventBusName", route.bus},
       {"EventPattern", patternOf(request)},
       {"Description", "Temporary: dynamodb-log replays events of the archive from here. Goes when that ends."}});
  rule_arn_ = textOf(rule, "RuleArn");
  aws::callJson(sqs_, "SetQueueAttributes",
                {{"QueueUrl", route.queue_url}, {"Attributes", {{"Policy", policyFor(queue_arn_, rule_arn_)}}}});
  waitForPolicy(route);
  json::array queues;
  queues.push_back(json::object{{"Id", kTarget}, {"Arn", queue_arn_}});
  const json::object targets = aws::callJson(
      events_, "PutTargets", {{"Rule", route.name}, {"EventBusName", route.bus}, {"Targets", std::move(queues)}});
  const json::value* failed = memberOf(targets, "FailedEntryCount");
  if (failed && failed->is_int64() && failed->get_int64() > 0) {
    throw std::runtime_error("The rule " + route.name +
                             " did not take the queue as its target: " + json::serialize(targets.at("FailedEntries")));
  }
}

std::string Routes::policyFault(const Route& route) const {
  const json::object answer = aws::callJson(sqs_, "GetQueueAttributes",
                                            {{"QueueUrl", route.queue_url}, {"AttributeNames", json::array{"Policy"}}});
  const json::object* attributes = objectOf(answer, "Attributes");
  return faultOf(attributes ? textOf(*attributes, "Policy") : "", queue_arn_, rule_arn_);
}

// A policy that is not there yet comes within a minute; one that is another stays as it is.
void Routes::waitForPolicy(const Route& route) const {
  const std::string missing = faultOf("", queue_arn_, rule_arn_);
  std::string fault;
  for (Duration waited{0}; waited <= limits::kReplayPolicyWait; waited += kPolicyPause) {
    fault = policyFault(route);
    if (fault.empty()) return;
    if (fault != missing) break;
    session_.wait(kPolicyPause);
  }
  throw std::runtime_error("EventBridge cannot send the replayed events to the queue " + route.name + ": " + fault +
                           ". Something changes the policies of new queues in this account.");
}

void Routes::keepAlive(const Route& route) const {
  aws::callJson(sqs_, "TagQueue", {{"QueueUrl", route.queue_url}, {"Tags", {{kAliveTag, now()}}}});
}

std::vector<Route> Routes::all() const {
  std::vector<Route> routes;
  json::object request{{"QueueNamePrefix", std::string(kPrefix)}, {"MaxResults", 1000}};
  for (std::size_t page = 0; page < limits::kReplayListPages; ++page) {
    const json::object answer = aws::callJson(sqs_, "ListQueues", request);
    const json::value* urls = memberOf(answer, "QueueUrls");
    for (const json::value& value : urls ? urls->as_array() : json::array()) {
      const std::string url(value.as_string());
      unlessAbsent([&] {
        const json::object tagged = aws::callJson(sqs_, "ListQueueTags", {{"QueueUrl", url}});
        const json::object* tags = objectOf(tagged, "Tags");
        if (!tags || textOf(*tags, kOwnerTag).empty()) return;  // somebody else's, whatever its name
        routes.push_back({url.substr(url.rfind('/') + 1), url, textOf(*tags, kBusTag), textOf(*tags, kStageTag),
                          textOf(*tags, kOwnerTag), secondsSinceEpoch(textOf(*tags, kAliveTag))});
      });
    }
    const std::string token = textOf(answer, "NextToken");
    if (token.empty()) break;
    request["NextToken"] = token;
  }
  return routes;
}

void Routes::removeRule(const Route& route) const {
  unlessAbsent([&] {
    aws::callJson(events_, "RemoveTargets",
                  {{"Rule", route.name}, {"EventBusName", route.bus}, {"Ids", json::array{kTarget}}});
  });
  unlessAbsent([&] { aws::callJson(events_, "DeleteRule", {{"Name", route.name}, {"EventBusName", route.bus}}); });
}

void Routes::remove(const Route& route) const {
  try {
    unlessAbsent([&] { aws::callJson(events_, "CancelReplay", {{"ReplayName", route.name}}); });
  } catch (const aws::ServiceError& error) {
    if (error.type() != "IllegalStatusException") throw;  // it has ended
  }
  removeRule(route);
  if (route.queue_url.empty()) return;  // it was never created
  unlessAbsent([&] { aws::callJson(sqs_, "DeleteQueue", {{"QueueUrl", route.queue_url}}); });
}

}  // namespace ddblog::replays
