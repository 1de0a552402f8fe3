// An EventBridge Scheduler for tests: a store, a clock that stands still, and targets that note what
// they are given, or do not take it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/json.h"
#include "rpc/call.h"
#include "services/scheduler/service.h"
#include "unit/support/kept_failures.h"

namespace ddblog::scheduler {

class NotedTargets : public rpc::Recipient {
 public:
  bool accepts(std::string_view arn) const override { return arn.find(":ecs:") == std::string::npos; }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message& message) override {
    std::lock_guard lock(mutex_);
    const bool is_dead_letter = message.recipient_arn.ends_with(":dead");
    (is_dead_letter ? dead_ : messages_).push_back(message);
    return is_dead_letter ? std::nullopt : failure_;
  }
  // What was tried to be delivered, and the dead letters.
  std::vector<rpc::Message> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }
  std::vector<rpc::Message> takeDead() {
    std::lock_guard lock(mutex_);
    return std::exchange(dead_, {});
  }
  void failWith(std::optional<rpc::DeliveryFailure> failure) {
    std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }

 private:
  std::mutex mutex_;
  std::optional<rpc::DeliveryFailure> failure_;
  std::vector<rpc::Message> messages_, dead_;
};

class SchedulerCloud {
 public:
  // An empty directory: in memory.
  // `later`: how long after 2026-01-01T00:00:00Z its service is made.
  explicit SchedulerCloud(const std::filesystem::path& directory = {}, Duration later = Duration(0))
      : clock_(AdjustableClock::Start::kFrozen, Timestamp(Duration(1'767'225'600'000) + later)),
        store_(Store::open(
            {.directory = directory, .in_memory = directory.empty(), .durability = Durability::kOperatingSystem})),
        service_({*store_, clock_, ids_, "us-east-1", "000000000000", recipients_, operations_, sources_, failures_,
                  [this](std::string_view line) { warn(line); }}) {
    recipients_.add(targets_);
    service_.addOperations(apis_);
  }
  ~SchedulerCloud() {
    service_.stop();
    store_->drain();
  }

  // A call over REST that succeeds: "POST", "/schedules/s".
  json::value ask(const std::string& method, const std::string& target, const json::value& body = {}) {
    rpc::Request request;
    const std::size_t question = std::min(target.find('?'), target.size());
    bool known = false;
    const auto match = apis_.rest().front()->find(method, target.substr(0, question), known);
    request.method = method;
    request.parameters = match.parameters;
    if (question < target.size()) {
      const std::string query = target.substr(question + 1);
      request.query[query.substr(0, query.find('='))] = query.substr(query.find('=') + 1);
    }
    request.body = json::serialize(body);
    return run(match.route->handler, std::move(request), method + " " + target);
  }
  // The same for what provisions a template.
  json::value provision(const std::string& operation, const json::value& body) {
    rpc::Request request;
    request.operation = operation;
    request.body = json::serialize(body);
    return run(*apis_.findInternal("Scheduler")->find(operation), std::move(request), operation);
  }
  // A schedule whose target is a function.
  void schedule(const std::string& name, const std::string& expression, json::object more = {}) {
    more["ScheduleExpression"] = expression;
    if (!more.contains("FlexibleTimeWindow")) more["FlexibleTimeWindow"] = {{"Mode", "OFF"}};
    if (!more.contains("Target")) more["Target"] = target();
    ask("POST", "/schedules/" + name, std::move(more));
  }
  static json::object target(json::object more = {}) {
    if (!more.contains("Arn")) more["Arn"] = "arn:aws:lambda:us-east-1:000000000000:function:f";
    more["RoleArn"] = "arn:aws:iam::000000000000:role/r";
    return more;
  }

  void start() { service_.start(); }
  void stop() { service_.stop(); }

  // Waits until the background work rests, at most ten real seconds.
  bool settles() {
    for (int i = 0; i < 10'000; ++i) {
      store_->drain();
      if (service_.activity().busy_with.empty()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
  // Moves the clock as time passes: from one due time to the next.
  void pass(Duration step) {
    const RunningTime end = clock_.runningTime() + step;
    for (;;) {
      ASSERT_TRUE(settles());
      const RunningTime now = clock_.runningTime();
      if (now == end) return;
      clock_.move(std::min(end, service_.activity().next_due) - now);
    }
  }
  // The scheduled times of what was invoked.
  std::vector<std::string> times() {
    std::vector<std::string> times;
    for (const rpc::Message& message : targets_.take()) {
      times.emplace_back(parseJson(message.body.text()).at("time").as_string());
    }
    return times;
  }

  AdjustableClock& clock() { return clock_; }
  NotedTargets& targets() { return targets_; }
  rpc::OperationRegistry& operations() { return operations_; }
  Store& store() { return *store_; }
  std::vector<rpc::Failure> failures() const { return failures_.all(); }
  std::vector<std::string> warnings() {
    std::lock_guard lock(mutex_);
    return warnings_;
  }

 private:
  void warn(std::string_view line) {
    std::lock_guard lock(mutex_);
    warnings_.emplace_back(line);
  }
  static json::value run(const rpc::Handler& handler, rpc::Request request, const std::string& what) {
    try {
      return parseJson(rpc::callAndWait(handler, std::move(request)).response().body);
    } catch (const ApiError& error) {
      ADD_FAILURE() << what << ": " << error.type() << ": " << error.message();
      return json::object();
    }
  }

  std::mutex mutex_;
  std::vector<std::string> warnings_;
  AdjustableClock clock_;
  Ids ids_{7};
  std::unique_ptr<Store> store_;
  NotedTargets targets_;
  rpc::Recipients recipients_;
  rpc::OperationRegistry operations_;
  rpc::EventSources sources_;
  KeptFailures failures_;
  Service service_;
  rpc::Apis apis_;
};

}  // namespace ddblog::scheduler
