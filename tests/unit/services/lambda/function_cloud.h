// A function service with everything around it: a store in memory, a clock that stands still, a server for Runtime
// APIs, tables with streams. Functions are real processes; their code is written by the test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "rpc/api.h"
#include "rpc/call.h"
#include "server/server.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/operations.h"
#include "services/lambda/service.h"
#include "services/streams/stream_source.h"
#include "store/store.h"
#include "unit/support/kept_failures.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::lambda {

// The lines of the log, which a test can wait for.
class Log {
 public:
  void add(const std::string& line) {
    std::lock_guard lock(mutex_);
    lines_.push_back(line);
    changed_.notify_all();
  }
  // Whether a line that contains `text` came, `times` times, within real ten seconds.
  bool has(const std::string& text, int times = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return count(text) >= times; });
  }
  int countNow(const std::string& text) {
    std::lock_guard lock(mutex_);
    return count(text);
  }
  std::string all() {
    std::lock_guard lock(mutex_);
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  int count(const std::string& text) const {
    int found = 0;
    for (const std::string& line : lines_) found += line.find(text) != std::string::npos;
    return found;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

// A destination that keeps what it gets, and says so in the log.
class KeptMessages : public rpc::Recipient {
 public:
  KeptMessages(std::vector<rpc::Message>& messages, Log& log) : messages_(messages), log_(log) {}
  bool accepts(std::string_view arn) const override { return arn.starts_with("arn:aws:sqs:"); }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message& message) override {
    messages_.push_back(message);
    log_.add("message for " + message.recipient_arn);
    return std::nullopt;
  }

 private:
  std::vector<rpc::Message>& messages_;
  Log& log_;
};

// A destination that cannot take a message.
class BrokenRecipient : public rpc::Recipient {
 public:
  static constexpr const char* kArn = "arn:aws:sns:us-east-1:000000000000:broken";
  bool accepts(std::string_view arn) const override { return arn == kArn; }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message&) override {
    throw std::invalid_argument("no such message");
  }
};

inline std::unique_ptr<Store> openInMemory() {
  StoreOptions options;
  options.in_memory = true;
  return Store::open(options);
}

// A snapshot that counts the entries that are read from it.
class CountedSnapshot : public Snapshot {
 public:
  CountedSnapshot(std::unique_ptr<Snapshot> snapshot, std::atomic<int>& reads, std::atomic<int>& gets_until_failure)
      : snapshot_(std::move(snapshot)), reads_(reads), gets_until_failure_(gets_until_failure) {}
  std::optional<std::string> get(std::string_view key) const override {
    ++reads_;
    if (gets_until_failure_ > 0 && --gets_until_failure_ == 0) throw StoreFailed("the disk fails");
    return snapshot_->get(key);
  }
  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override {
    return std::make_unique<CountedCursor>(snapshot_->cursor(begin, end, direction), reads_);
  }

 private:
  class CountedCursor : public Cursor {
   public:
    CountedCursor(std::unique_ptr<Cursor> cursor, std::atomic<int>& reads) : cursor_(std::move(cursor)), reads_(reads) {
      ++reads_;
    }
    bool valid() const override { return cursor_->valid(); }
    std::string_view key() const override { return cursor_->key(); }
    std::string_view value() const override { return cursor_->value(); }
    void next() override {
      ++reads_;
      cursor_->next();
    }

   private:
    const std::unique_ptr<Cursor> cursor_;
    std::atomic<int>& reads_;
  };

  const std::unique_ptr<Snapshot> snapshot_;
  std::atomic<int>& reads_;
  std::atomic<int>& gets_until_failure_;
};

// A store in memory whose commands a test can make fail, and whose reads it can count.
class FallibleStore : public Store {
 public:
  void write(Command command, Completion completion) override {
    store_->write(
        [this, command = std::move(command)](Transaction& transaction) {
          command(transaction);
          if (after_command) after_command();
        },
        std::move(completion));
  }
  void drain() override { store_->drain(); }
  std::unique_ptr<Snapshot> snapshot() const override {
    return std::make_unique<CountedSnapshot>(store_->snapshot(), reads, gets_until_failure);
  }
  std::string verifyChecksums() const override { return store_->verifyChecksums(); }

  // Runs at the end of each command, on the writer thread. If it throws, that is the command's result.
  std::function<void()> after_command;
  mutable std::atomic<int> reads = 0;               // of snapshots
  mutable std::atomic<int> gets_until_failure = 0;  // of snapshots: the last of so many fails, once; 0: none

 private:
  std::unique_ptr<Store> store_ = openInMemory();
};

class FunctionCloud {
 public:
  FunctionCloud() {
    sources.add(streams);
    restart();
  }
  ~FunctionCloud() { stop(); }

  // Ends the service and makes another one on the same store, as after a restart of the program.
  void restart() {
    stop();
    server_ = std::make_unique<server::Server>(server::ServerOptions{}, clock, ids);
    server_->start();
    ServiceOptions options;
    options.concurrency = 2;
    options.endpoint_url = "http://127.0.0.1:8000";
    options.stop_grace = Duration(0);
    options.retry_delays = {std::chrono::minutes(1), std::chrono::minutes(2)};
    options.process_clock = &process_clock;
    options.built_ins = built_ins;
    options.watch = watch;
    recipients = std::make_unique<rpc::Recipients>();
    recipients->add(kept_);
    recipients->add(broken_);
    const rpc::ServiceEnvironment environment{
        *store,      clock,      ids,     "us-east-1", "000000000000",
        *recipients, operations, sources, failures,    [this](std::string_view line) { log.add(std::string(line)); },
        faults};
    service = std::make_unique<Service>(environment, *server_, options);
    apis = std::make_unique<rpc::Apis>();
    service->addOperations(*apis);
    rest = apis->rest().front();
  }

  // The same after the program was stopped for so long: the time of day is another one, the running
  // time goes on from where it was.
  void restartAfter(Duration away) {
    stop();
    setTimeOfDay(away);
    restart();
  }
  // Sets the machine's clock forward or back.
  void setTimeOfDay(Duration step) {
    const RunningTime reached = clock.runningTime();
    clock.move(step);
    clock.continueFrom(reached);
  }

  // What a template does at the start.
  void addFunction(const Function& function) {
    service->functions().check(function);
    store->writeAndWait([&](Transaction& transaction) { service->functions().put(transaction, function); });
  }
  void addMapping(const json::object& create_event_source_mapping) {
    rpc::Request request;
    request.body = json::serialize(create_event_source_mapping);
    const rpc::Handler* put = apis->findInternal("Lambda")->find("PutEventSourceMapping");
    rpc::callAndWait(*put, std::move(request)).response();
  }

  void stop() {
    if (service) service->stop();
    if (server_) server_->stop();
    service.reset();
    server_.reset();
  }

  // A function whose code is one file; the rest may be changed before it is added.
  Function function(const std::string& name, const std::string& runtime, const std::string& file,
                    const std::string& code) {
    Function result;
    result.name = name;
    result.runtime = runtime;
    result.handler = "index.handler";
    result.code_directory = directory.path() / name;
    write(name + "/" + file, code);
    return result;
  }
  Function node(const std::string& name, const std::string& code) {
    return function(name, "nodejs20.x", "index.mjs", code);
  }
  Function python(const std::string& name, const std::string& code) {
    return function(name, "python3.11", "index.py", code);
  }
  void write(const std::string& file, const std::string& text) {
    const auto path = directory.path() / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  std::future<InvocationResult> begin(const std::string& name, const std::string& payload = "{}",
                                      bool wants_tail = false, bool may_wait = true) {
    auto promise = std::make_shared<std::promise<InvocationResult>>();
    Invocation invocation;
    invocation.request_id = ids.uuid();
    invocation.payload = payload;
    invocation.wants_log_tail = wants_tail;
    invocation.may_wait = may_wait;
    service->host().invoke(service->functions().get(name), invocation,
                           [promise](InvocationResult result) { promise->set_value(std::move(result)); });
    return promise->get_future();
  }
  InvocationResult invoke(const std::string& name, const std::string& payload = "{}", bool wants_tail = false) {
    return end(begin(name, payload, wants_tail));
  }
  InvocationResult end(std::future<InvocationResult> future) {
    if (future.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
      ADD_FAILURE() << "the invocation does not end\n" << log.all();
      return {InvocationResult::Kind::kStopped, {}, {}};
    }
    return future.get();
  }

  void enqueue(const std::string& name, const std::string& payload) {
    store->writeAndWait([&](Transaction& transaction) { service->queue().enqueue(transaction, name, payload); });
  }

  // An operation of DynamoDB, as it comes over the wire.
  json::value dynamodb(const std::string& operation, const std::string& body) {
    rpc::JsonApi json_service(dynamodb::protocol());
    dynamodb::addOperations(json_service, tables);
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    return parseJson(rpc::callAndWait(*json_service.find(operation), request).response().body);
  }
  void createTable(const std::string& name) {
    dynamodb("CreateTable", R"({"TableName":")" + name +
                                R"(","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST",
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}})");
  }
  void put(const std::string& table, const std::string& pk) {
    dynamodb("PutItem", R"({"TableName":")" + table + R"(","Item":{"pk":{"S":")" + pk + R"("}}})");
  }
  json::object mapping(const std::string& table, const std::string& function_name) {
    return {{"FunctionName", function_name},
            {"EventSourceArn", "arn:aws:dynamodb:us-east-1:000000000000:table/" + table + "/stream/latest"},
            {"StartingPosition", "TRIM_HORIZON"}};
  }

  // Moves the clock on, step by step, until the log has lines with `text`.
  bool eventually(const std::string& text, int times, Duration step) {
    for (int i = 0; i < 5000 && log.countNow(text) < times; ++i) {
      clock.move(step);
      ::usleep(1000);  // lets the processes run
    }
    return log.countNow(text) >= times;
  }

  // A request to Lambda's REST API.
  rpc::Outcome call(const std::string& method, const std::string& path, const std::string& body = {},
                    std::map<std::string, std::string> headers = {}) {
    bool known = false;
    const auto match = rest->find(method, path, known);
    if (!match.route) throw std::runtime_error("no route for " + method + " " + path);
    rpc::Request request;
    request.method = method;
    request.parameters = match.parameters;
    request.body = body;
    request.headers = std::move(headers);
    return rpc::callAndWait(match.route->handler, request);
  }

  TemporaryDirectory directory;
  AdjustableClock clock{AdjustableClock::Start::kFrozen};
  // Stands still at the time that processes see.
  AdjustableClock process_clock{AdjustableClock::Start::kFrozen,
                                std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
  Ids ids{1};
  std::unique_ptr<FallibleStore> store = std::make_unique<FallibleStore>();
  dynamodb::Context tables{*store, clock, ids, "us-east-1", "000000000000"};
  streams::StreamSources streams{tables};
  rpc::EventSources sources;
  KeptFailures failures;
  Faults* faults = nullptr;  // for the next restart()
  BuiltIns built_ins = {{"exits", {"/bin/sh", "-c", "echo started with $AWS_LAMBDA_FUNCTION_NAME; exit 4"}},
                        {"nowhere", {"/nowhere/program"}},
                        {"true", {"/bin/true"}},
                        {"false", {"/bin/false"}}};
  std::optional<WatchSettings> watch;
  Log log;
  std::vector<rpc::Message> messages;
  std::unique_ptr<rpc::Recipients> recipients;
  rpc::OperationRegistry operations;
  std::unique_ptr<Service> service;
  std::unique_ptr<rpc::Apis> apis;
  const rpc::RestApi* rest = nullptr;  // the service's

 private:
  KeptMessages kept_{messages, log};
  BrokenRecipient broken_;
  std::unique_ptr<server::Server> server_;
};

inline std::string text(const json::value& value, const char* member) {
  const json::value* found = value.is_object() ? value.as_object().if_contains(member) : nullptr;
  if (!found) return "(missing)";
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

}  // namespace ddblog::lambda
