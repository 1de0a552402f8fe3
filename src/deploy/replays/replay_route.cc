#include "deploy/replays/replay_route.h"

#include <charconv>
#include <cstdint>
#include <exception>
#include <set>
#include <stdexcept>
#include <utility>

#include "aws/json_client.h"
#include "aws/pages.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "deploy/replays/aws_replay.h"
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
constexpr const char* kConflict = "ConcurrentModificationException";
constexpr const char* kAbsent = "ResourceNotFoundException";
constexpr Duration kPause{1000};  // before SQS and EventBridge are asked again

json::array listOf(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

bool isAbsent(const aws::ServiceError& error) {
  return error.type() == kAbsent || error.type() == "QueueDoesNotExist" || error.type().ends_with("NonExistentQueue");
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

bool isConflict(const aws::ServiceError& error) { return error.type() == kConflict; }

// The errors of the targets that an operation has failed for.
std::set<std::string> failuresOf(const json::object& answer) {
  std::set<std::string> errors;
  const json::value* entries = memberOf(answer, "FailedEntries");
  if (!entries || !entries->is_array()) return errors;
  for (const json::value& entry : entries->get_array()) errors.insert(textOf(entry.as_object(), "ErrorCode"));
  return errors;
}

// Calls `call` again and again while it throws what `passes` says will pass, for `wait` at most.
template <class Call>
json::object callUntil(const aws::Session& session, const Check& check, Duration wait,
                       bool (*passes)(const aws::ServiceError&), const Call& call) {
  for (Duration waited{0};; waited += kPause) {
    check();
    try {
      return call();
    } catch (const aws::ServiceError& error) {
      if (!passes(error) || waited >= wait) throw;
    }
    session.wait(kPause);
  }
}

void goOn() {}  // the check of what must not be interrupted

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

// For operations that change rules. They fail while somebody else changes the bus.
json::object Routes::change(std::string_view operation, const json::object& request, const Check& check) const {
  return callUntil(session_, check, limits::kReplayBusyBus, isConflict,
                   [&] { return aws::callJson(events_, operation, request); });
}

// The same for those that answer which targets they have failed for. `harmless`: an error that is none here.
void Routes::changeTargets(std::string_view operation, const json::object& request, std::string_view harmless,
                           const Check& check) const {
  for (Duration waited{0};; waited += kPause) {
    const json::object answer = change(operation, request, check);
    const std::set<std::string> errors = failuresOf(answer);
    const bool is_harmless = errors.size() == 1 && !harmless.empty() && errors.contains(std::string(harmless));
    if (errors.empty() || is_harmless) return;
    if (!errors.contains(kConflict) || waited >= limits::kReplayBusyBus) {
      throw std::runtime_error(std::string(operation) + " failed for the queue of the rule " + textOf(request, "Rule") +
                               ": " + json::serialize(answer));
    }
    session_.wait(kPause);
  }
}

// A new queue is not known everywhere at once.
json::object Routes::callNewQueue(std::string_view operation, const json::object& request, const Check& check) const {
  return callUntil(session_, check, limits::kReplayQueueWait, isAbsent,
                   [&] { return aws::callJson(sqs_, operation, request); });
}

std::string Routes::putRule(const RouteRequest& request, const std::string& name, const Check& check) const {
  try {
    const json::object rule = change(
        "PutRule",
        {{"Name", name},
         {"EventBusName", request.bus},
         {"EventPattern", patternOf(request)},
         {"Description", "Temporary: dynamodb-log replays events of the archive from here. Goes when that ends."}},
        check);
    return textOf(rule, "RuleArn");
  } catch (const aws::ServiceError& error) {
    if (error.type() != "LimitExceededException") throw;
    throw std::runtime_error("The bus " + request.bus +
                             " takes no further rule: a bus has 300 rules at most, unless the quota was raised. "
                             "Remove one, or use --source table");
  }
}

void Routes::create(const RouteRequest& request, Route& route, const Check& check) {
  check();
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
  const json::object attributes = callNewQueue(
      "GetQueueAttributes", {{"QueueUrl", route.queue_url}, {"AttributeNames", json::array{"QueueArn"}}}, check);
  queue_arn_ = textOf(attributes.at("Attributes").as_object(), "QueueArn");
  rule_arn_ = putRule(request, route.name, check);
  callNewQueue("SetQueueAttributes",
               {{"QueueUrl", route.queue_url}, {"Attributes", {{"Policy", policyFor(queue_arn_, rule_arn_)}}}}, check);
  waitForPolicy(route, check);
  json::array queues;
  queues.push_back(json::object{{"Id", kTarget}, {"Arn", queue_arn_}});
  changeTargets("PutTargets", {{"Rule", route.name}, {"EventBusName", route.bus}, {"Targets", std::move(queues)}}, {},
                check);
}

void Routes::waitUntilUsed(const Check& check) const {
  if (events_.endpoint().isLoopback()) return;
  for (Duration waited{0}; waited < limits::kReplayRouteWait; waited += kPause) {
    check();
    session_.wait(kPause);
  }
}

std::string Routes::policyFault(const Route& route) const { return policyFault(route, goOn); }

std::string Routes::policyFault(const Route& route, const Check& check) const {
  const json::object answer = callNewQueue(
      "GetQueueAttributes", {{"QueueUrl", route.queue_url}, {"AttributeNames", json::array{"Policy"}}}, check);
  const json::object* attributes = objectOf(answer, "Attributes");
  return faultOf(attributes ? textOf(*attributes, "Policy") : "", queue_arn_, rule_arn_);
}

// A policy that is not there yet comes within a minute; one that is another stays as it is.
void Routes::waitForPolicy(const Route& route, const Check& check) const {
  const std::string missing = faultOf("", queue_arn_, rule_arn_);
  std::string fault;
  for (Duration waited{0}; waited <= limits::kReplayPolicyWait; waited += kPause) {
    fault = policyFault(route, check);
    if (fault.empty()) return;
    if (fault != missing) break;
    session_.wait(kPause);
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
  aws::forEachPage("The list of queues", limits::kReplayListPages, [&](const std::string& token) {
    if (!token.empty()) request["NextToken"] = token;
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
    return textOf(answer, "NextToken");
  });
  return routes;
}

void Routes::removeRule(const Route& route) const {
  unlessAbsent([&] {
    changeTargets("RemoveTargets", {{"Rule", route.name}, {"EventBusName", route.bus}, {"Ids", json::array{kTarget}}},
                  kAbsent, goOn);
  });
  unlessAbsent([&] { change("DeleteRule", {{"Name", route.name}, {"EventBusName", route.bus}}, goOn); });
}

// Returns why the replay goes on; nullptr: it does not.
std::exception_ptr Routes::cancelReplay(const Route& route) const {
  const AwsReplay replay(events_, route.name);
  try {
    unlessAbsent([&] { replay.cancel(); });
    return nullptr;
  } catch (const aws::ServiceError&) {
    const std::exception_ptr why = std::current_exception();
    try {
      return replay.look().isOver() ? nullptr : why;
    } catch (const std::exception&) {
      return why;
    }
  }
}

void Routes::remove(const Route& route) const {
  const std::exception_ptr goes_on = cancelReplay(route);
  removeRule(route);
  if (!route.queue_url.empty()) {  // it was created
    unlessAbsent([&] { aws::callJson(sqs_, "DeleteQueue", {{"QueueUrl", route.queue_url}}); });
  }
  if (goes_on) std::rethrow_exception(goes_on);
}

}  // namespace ddblog::replays
