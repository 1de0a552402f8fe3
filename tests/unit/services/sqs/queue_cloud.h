// Queues for tests: a store (in memory, or in a directory that can be opened again), and a clock that
// stands still.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "base/json.h"
#include "rpc/call.h"
#include "services/sqs/service.h"
#include "unit/support/kept_failures.h"

namespace ddblog::sqs {

// An answer, or an error's type and message.
struct Answered {
  std::string body;
  std::string error;
  std::string message;

  json::object json() const { return body.empty() ? json::object() : parseJson(body).as_object(); }
};

class QueueCloud {
 public:
  // An empty directory: everything in memory.
  explicit QueueCloud(std::filesystem::path directory = {}, Faults* faults = nullptr)
      : directory_(std::move(directory)), faults_(faults) {
    open();
  }
  ~QueueCloud() { close(); }

  // As after a crash: nothing but the store is left.
  void reopen() {
    close();
    open();
  }

  Answered call(const std::string& operation, const json::object& body) {
    rpc::Request request;
    request.operation = operation;
    request.body = json::serialize(body);
    request.host = "localhost:8000";
    try {
      const rpc::Handler& handler = *apis_->json().front()->find(operation);
      return {rpc::callAndWait(handler, std::move(request)).response().body, "", ""};
    } catch (const ApiError& error) {
      return {"", error.type(), error.message()};
    }
  }
  // The answer to a call that succeeds.
  json::object ask(const std::string& operation, const json::object& body) {
    const Answered answered = call(operation, body);
    EXPECT_EQ(answered.error, "") << operation << ": " << answered.message;
    return answered.json();
  }

  void create(const std::string& name, json::object attributes = {}) {
    if (name.ends_with(".fifo")) attributes["FifoQueue"] = "true";
    ask("CreateQueue", {{"QueueName", name}, {"Attributes", attributes}});
  }
  void send(const std::string& queue, const std::string& body, json::object more = {}) {
    more["QueueUrl"] = queue;
    more["MessageBody"] = body;
    ask("SendMessage", more);
  }
  void sendTo(const std::string& queue, const std::string& group, const std::string& body) {
    send(queue, body, {{"MessageGroupId", group}, {"MessageDeduplicationId", body}});
  }
  json::array receive(const std::string& queue, int most = 10, json::object more = {}) {
    more["QueueUrl"] = queue;
    more["MaxNumberOfMessages"] = most;
    more["AttributeNames"] = json::array{"All"};
    const json::object answer = ask("ReceiveMessage", more);
    return answer.contains("Messages") ? answer.at("Messages").as_array() : json::array();
  }
  std::vector<std::string> bodies(const std::string& queue, int most = 10, const json::object& more = {}) {
    std::vector<std::string> bodies;
    for (const json::value& message : receive(queue, most, more)) bodies.push_back(text(message, "Body"));
    return bodies;
  }
  void remove(const std::string& queue, const json::value& message) {
    ask("DeleteMessage", {{"QueueUrl", queue}, {"ReceiptHandle", text(message, "ReceiptHandle")}});
  }
  // "visible in-flight delayed"
  std::string counts(const std::string& queue) {
    const json::object answer =
        ask("GetQueueAttributes", {{"QueueUrl", queue}, {"AttributeNames", json::array{"All"}}});
    const json::value& all = answer.at("Attributes");
    return text(all, "ApproximateNumberOfMessages") + " " + text(all, "ApproximateNumberOfMessagesNotVisible") + " " +
           text(all, "ApproximateNumberOfMessagesDelayed");
  }
  static std::string text(const json::value& object, const char* name) {
    return std::string(object.at(name).as_string());
  }
  static std::string attribute(const json::value& message, const char* name) {
    return text(message.at("Attributes"), name);
  }
  static std::string arn(const std::string& name) { return "arn:aws:sqs:us-east-1:000000000000:" + name; }

  void move(Duration step) { clock_.move(step); }
  AdjustableClock& clock() { return clock_; }
  Store& store() { return *store_; }
  Service& service() { return *service_; }
  const rpc::Recipients& recipients() { return *recipients_; }
  const rpc::Apis& apis() { return *apis_; }

 private:
  void open() {
    store_ = Store::open(
        {.directory = directory_, .in_memory = directory_.empty(), .durability = Durability::kOperatingSystem});
    recipients_ = std::make_unique<rpc::Recipients>();
    service_ = std::make_unique<Service>(rpc::ServiceEnvironment{*store_, clock_, ids_, "us-east-1", "000000000000",
                                                                 *recipients_, operations_, sources_, failures_,
                                                                 [](std::string_view) {}, faults_});
    apis_ = std::make_unique<rpc::Apis>();
    service_->addOperations(*apis_);
  }
  void close() {
    if (service_) service_->stop();
    if (store_) store_->drain();
    apis_.reset();
    service_.reset();
    store_.reset();
  }

  const std::filesystem::path directory_;
  Faults* const faults_;
  KeptFailures failures_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{7};
  rpc::EventSources sources_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<rpc::Recipients> recipients_;
  rpc::OperationRegistry operations_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<rpc::Apis> apis_;
};

}  // namespace ddblog::sqs
