// An EventBridge for tests: a store and an archive in memory, a clock that stands still, targets
// that only note what they were given.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/api_error.h"
#include "base/json.h"
#include "rpc/call.h"
#include "services/eventbridge/service.h"
#include "unit/support/kept_failures.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::eventbridge {

class NotedDeliveries : public rpc::Recipient {
 public:
  bool accepts(std::string_view arn) const override { return arn.find(":lambda:") != std::string::npos; }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message& delivery) override {
    std::lock_guard lock(mutex_);
    deliveries_.push_back(delivery);
    return std::nullopt;
  }
  std::vector<rpc::Message> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(deliveries_, {});
  }
  std::size_t count() {
    std::lock_guard lock(mutex_);
    return deliveries_.size();
  }

 private:
  std::mutex mutex_;
  std::vector<rpc::Message> deliveries_;
};

// An answer, or a refusal's type and message.
struct Answered {
  std::string body;
  std::string error;
  std::string message;
  json::value json() const { return parseJson(body); }
};

class EventCloud {
 public:
  // An empty directory: everything in memory.
  explicit EventCloud(std::filesystem::path directory = {}, Faults* faults = nullptr)
      : directory_(std::move(directory)),
        store_(Store::open({.directory = directory_.empty() ? directory_ : directory_ / "store",
                            .in_memory = directory_.empty(),
                            .durability = Durability::kOperatingSystem})),
        file_(directory_.empty() ? directory_ : directory_ / "archive.sqlite"),
        service_({*store_, clock_, ids_, "us-east-1", "000000000000", recipients_, operations_, sources_, failures_,
                  [this](std::string_view line) { warn(line); }, faults},
                 {.archive_file = &file_,
                  .archive = {.buses = {"dynamodb-log"}, .linger = Duration(0)},
                  .has_content_id = [](const NewEvent& event) {
                    return event.source == "dynamodb-log" && event.detail_type == "stream changes";
                  }}) {
    recipients_.add(deliveries_);
    service_.addOperations(apis_);
  }

  Answered call(const std::string& operation, const std::string& body) {
    const rpc::Handler* handler = apis_.json().front()->find(operation);
    if (handler == nullptr) return {"", "UnknownOperationException", ""};
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    return run(*handler, std::move(request));
  }
  // The answer to a call that succeeds.
  json::value ask(const std::string& operation, const std::string& body) {
    const Answered answered = call(operation, body);
    EXPECT_EQ(answered.error, "") << operation << " " << body << ": " << answered.message;
    return answered.error.empty() ? answered.json() : json::value(json::object());
  }
  Answered replay(const std::string& body) { return post("/_local/replay", body); }
  Answered post(const std::string& path, const std::string& body) {
    bool known = false;
    const auto match = apis_.rest().front()->find("POST", path, known);
    rpc::Request request;
    request.body = body;
    return run(match.route->handler, std::move(request));
  }

  // A replay as `dynamodb-log replay` sees it.
  json::value localReplay(const std::string& name) {
    bool known = false;
    const auto match = apis_.rest().front()->find("GET", "/_local/replays/" + name, known);
    rpc::Request request;
    request.method = "GET";
    request.parameters = match.parameters;
    const Answered answered = run(match.route->handler, std::move(request));
    EXPECT_EQ(answered.error, "") << answered.message;
    return answered.json();
  }

  // A bus, a rule for all events of `source` and a Lambda function as its target.
  void route(const std::string& bus, const std::string& rule, const std::string& pattern) {
    if (!context().catalog.findBus(*store_->snapshot(), bus)) ask("CreateEventBus", R"({"Name":")" + bus + "\"}");
    json::object put{{"Name", rule}, {"EventBusName", bus}, {"EventPattern", pattern}};
    ask("PutRule", json::serialize(put));
    ask("PutTargets", R"({"Rule":")" + rule + R"(","EventBusName":")" + bus +
                          R"(","Targets":[{"Id":"f","Arn":"arn:aws:lambda:us-east-1:000000000000:function:)" + rule +
                          "\"}]}");
  }
  // `recipient` must outlive the cloud; add it before start().
  void addRecipient(rpc::Recipient& recipient) { recipients_.add(recipient); }
  // Background work: replays, retries, schedules.
  void start() { service_.start(); }
  void stop() { service_.stop(); }
  // Waits for what another thread does, at most ten real seconds.
  static bool until(const std::function<bool()>& holds) {
    for (int i = 0; i < 10'000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return holds();
  }
  // Waits until the background work rests. A commit that gives it work says so after it is answered, so the writer comes
  // first.
  bool settles() {
    return until([this] {
      store_->drain();
      return service_.activity().busy_with.empty();
    });
  }

  // Puts one event; returns its id.
  std::string put(const std::string& bus, const std::string& detail, const std::string& source = "test") {
    const json::object entry{{"Source", source}, {"DetailType", "t"}, {"Detail", detail}, {"EventBusName", bus}};
    const json::value answer = ask("PutEvents", json::serialize(json::object{{"Entries", json::array{entry}}}));
    return std::string(answer.at("Entries").at(0).at("EventId").as_string());
  }

  std::vector<ArchivedEvent> archived() {
    EXPECT_TRUE(archive().drain());
    return file_.page({}, {}, 100'000).events;
  }
  std::vector<std::string> warnings() {
    std::lock_guard lock(mutex_);
    return warnings_;
  }

  AdjustableClock& clock() { return clock_; }
  NotedDeliveries& deliveries() { return deliveries_; }
  std::vector<rpc::Failure> failures() const { return failures_.all(); }
  Store& store() { return *store_; }
  const rpc::Recipients& recipients() { return recipients_; }
  Context& context() { return service_.context(); }
  Archive& archive() { return *service_.archive(); }
  ArchiveContext& archiveContext() { return service_.archiveContext(); }
  Service& service() { return service_; }

 private:
  void warn(std::string_view line) {
    std::lock_guard lock(mutex_);
    warnings_.emplace_back(line);
  }
  static Answered run(const rpc::Handler& handler, rpc::Request request) {
    try {
      return {rpc::callAndWait(handler, std::move(request)).response().body, "", ""};
    } catch (const ApiError& error) {
      return {"", error.type(), error.message()};
    } catch (const std::exception& error) {
      return {"", "no ApiError", error.what()};
    }
  }

  std::filesystem::path directory_;
  std::mutex mutex_;
  std::vector<std::string> warnings_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{7};
  std::unique_ptr<Store> store_;
  ArchiveFile file_;
  NotedDeliveries deliveries_;
  rpc::Recipients recipients_;
  rpc::OperationRegistry operations_;
  rpc::EventSources sources_;
  KeptFailures failures_;
  Service service_;
  rpc::Apis apis_;
};

}  // namespace ddblog::eventbridge
