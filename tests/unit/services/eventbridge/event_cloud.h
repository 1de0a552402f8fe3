// An EventBridge for tests: a store and an archive in memory, a clock that stands still, targets that only note what
// they were given.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "base/json.h"
#include "rpc/service.h"
#include "services/eventbridge/operations.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::eventbridge {

class NotedDeliveries : public TargetDelivery {
 public:
  bool accepts(std::string_view target_arn) const override { return target_arn.find(":lambda:") != std::string::npos; }
  void deliver(Transaction&, const Delivery& delivery) override {
    std::lock_guard lock(mutex_);
    deliveries_.push_back(delivery);
  }
  std::vector<Delivery> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(deliveries_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Delivery> deliveries_;
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
  explicit EventCloud(std::filesystem::path directory = {})
      : directory_(std::move(directory)),
        store_(Store::open({.directory = directory_.empty() ? directory_ : directory_ / "store",
                            .in_memory = directory_.empty(),
                            .durability = Durability::kOperatingSystem})),
        file_(directory_.empty() ? directory_ : directory_ / "archive.sqlite"),
        archive_(*store_, clock_, file_, {.linger = Duration(0)}, [this](std::string_view line) { warn(line); }),
        context_(*store_, clock_, ids_, "us-east-1", "000000000000", deliveries_, archive_,
                 [this](std::string_view line) { warn(line); }) {
    addOperations(service_, context_);
    addLocalRoutes(local_, context_);
  }

  Answered call(const std::string& operation, const std::string& body) {
    const rpc::Handler* handler = service_.find(operation);
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
  Answered replay(const std::string& body) {
    bool known = false;
    const auto match = local_.find("POST", "/_local/replay", known);
    rpc::Request request;
    request.body = body;
    return run(match.route->handler, std::move(request));
  }

  // A bus, a rule for all events of `source` and a Lambda function as its target.
  void route(const std::string& bus, const std::string& rule, const std::string& pattern) {
    if (!context_.catalog.findBus(*store_->snapshot(), bus)) ask("CreateEventBus", R"({"Name":")" + bus + "\"}");
    json::object put{{"Name", rule}, {"EventBusName", bus}, {"EventPattern", pattern}};
    ask("PutRule", json::serialize(put));
    ask("PutTargets", R"({"Rule":")" + rule + R"(","EventBusName":")" + bus +
                          R"(","Targets":[{"Id":"f","Arn":"arn:aws:lambda:us-east-1:000000000000:function:)" + rule +
                          "\"}]}");
  }
  // Puts one event; returns its id.
  std::string put(const std::string& bus, const std::string& detail, const std::string& source = "test") {
    const json::object entry{{"Source", source}, {"DetailType", "t"}, {"Detail", detail}, {"EventBusName", bus}};
    const json::value answer = ask("PutEvents", json::serialize(json::object{{"Entries", json::array{entry}}}));
    return std::string(answer.at("Entries").at(0).at("EventId").as_string());
  }

  std::vector<ArchivedEvent> archived() {
    EXPECT_TRUE(archive_.drain());
    return file_.page({}, {}, 100'000).events;
  }
  std::vector<std::string> warnings() {
    std::lock_guard lock(mutex_);
    return warnings_;
  }

  AdjustableClock& clock() { return clock_; }
  NotedDeliveries& deliveries() { return deliveries_; }
  Store& store() { return *store_; }
  Context& context() { return context_; }

 private:
  void warn(std::string_view line) {
    std::lock_guard lock(mutex_);
    warnings_.emplace_back(line);
  }
  static Answered run(const rpc::Handler& handler, rpc::Request request) {
    std::mutex mutex;
    std::condition_variable done;
    bool ended = false;
    Answered answered;
    handler(std::move(request), [&](rpc::Outcome outcome) {
      std::lock_guard lock(mutex);
      if (outcome.refused) {
        try {
          std::rethrow_exception(outcome.refused);
        } catch (const ApiError& error) {
          answered.error = error.type();
          answered.message = error.message();
        } catch (const std::exception& error) {
          answered.error = "no ApiError";
          answered.message = error.what();
        }
      }
      answered.body = outcome.answer.body;
      ended = true;
      done.notify_all();
    });
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return ended; });
    return answered;
  }

  std::filesystem::path directory_;
  std::mutex mutex_;
  std::vector<std::string> warnings_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{7};
  std::unique_ptr<Store> store_;
  ArchiveFile file_;
  NotedDeliveries deliveries_;
  Archive archive_;
  Context context_;
  rpc::JsonService service_{protocol()};
  rpc::RestService local_;
};

}  // namespace ddblog::eventbridge
