// The temporary way of replayed events out of AWS: a rule on the archive's bus, which sends to a queue of its own.
//
//   archive -> replay NAME -> rule NAME -> queue NAME          NAME: dynamodb-log-replay-<id>
//
// The rule matches only events with the replay's name, so it gets no live event. The queue has the tags by which
// others recognise a route whose process was killed:
//
//   dynamodb-log:replay-bus      the rule's bus          dynamodb-log:replay-stage   --stage
//   dynamodb-log:replay-owner    process_identity.h      dynamodb-log:replay-alive   seconds since the epoch
//
// The queue is created first and deleted last: while any part of a route exists, its queue does.
//
// Errors: those of aws::Client. Thread safety: none.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "base/clock.h"
#include "base/json.h"

namespace ddblog::replays {

struct RouteRequest {
  std::string id;                                  // unique; letters, digits and hyphens, 36 at most
  std::string stage;                               // in AWS
  std::string bus;                                 // the archive's
  std::vector<std::string> logs = {}, types = {};  // empty: all
};

// The rule's event pattern.
std::string patternOf(const RouteRequest& request);

// A route as its queue's tags describe it.
struct Route {
  std::string name;
  std::string queue_url;
  std::string bus = {}, stage = {}, owner = {};
  Timestamp alive = {};  // when its process last said that it runs

  // Whether its process has ended: it was killed.
  bool isAbandoned(Timestamp now) const;
};

// Is called before each request and once a second of a wait. It may throw, which ends what is being done.
using Check = std::function<void()>;

class Routes {
 public:
  explicit Routes(aws::Session& session);

  // Creates one. Throws std::runtime_error if the queue's policy is wrong, with what is wrong in it, or if the bus has
  // too many rules. If it throws, the route may exist in part: remove it.
  //   `route`: what is known of it already when it throws.
  void create(const RouteRequest& request, Route& route, const Check& check);
  // Waits until a new route surely gets events: rules and policies take AWS up to a minute. A cloud on this machine
  // needs no time.
  void waitUntilUsed(const Check& check) const;
  // Why EventBridge cannot send to the queue; empty: it can.
  std::string policyFault(const Route& route) const;
  // Says in the tags that the process still runs.
  void keepAlive(const Route& route) const;

  // All that exist, also those of other people.
  std::vector<Route> all() const;
  // Cancels the replay and removes rule and queue. What is gone already is no error. If the replay cannot be
  // cancelled, rule and queue go all the same, and then this throws why.
  void remove(const Route& route) const;

  // The rule's ARN, after create().
  const std::string& ruleArn() const { return rule_arn_; }

 private:
  json::object change(std::string_view operation, const json::object& request, const Check& check) const;
  void changeTargets(std::string_view operation, const json::object& request, std::string_view harmless,
                     const Check& check) const;
  json::object callNewQueue(std::string_view operation, const json::object& request, const Check& check) const;
  std::string putRule(const RouteRequest& request, const std::string& name, const Check& check) const;
  std::string policyFault(const Route& route, const Check& check) const;
  void waitForPolicy(const Route& route, const Check& check) const;
  std::string now() const;
  void removeRule(const Route& route) const;
  std::exception_ptr cancelReplay(const Route& route) const;

  aws::Session& session_;
  const aws::Client events_, sqs_;
  std::string queue_arn_, rule_arn_;
};

}  // namespace ddblog::replays
