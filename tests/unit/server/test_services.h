// Small services behind a running server: what the tests of this room talk to.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/api_error.h"
#include "rpc/api.h"
#include "server/server.h"
#include "unit/server/raw_client.h"

namespace ddblog::server {

inline constexpr char kAuthorization[] =
    "Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=b\r\nX-Amz-Date: 20260101T000000Z\r\n";

// A call of a JSON operation, with `more` headers ("Name: value\r\n").
inline std::string call(const std::string& operation, const std::string& body, const std::string& more = {},
                        const std::string& prefix = "DynamoDB_20120810",
                        const std::string& content_type = "application/x-amz-json-1.0") {
  return "POST / HTTP/1.1\r\nHost: localhost\r\n" + std::string(kAuthorization) + "X-Amz-Target: " + prefix + '.' +
         operation + "\r\nContent-Type: " + content_type + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + more + "\r\n" + body;
}

class RunningServer : public testing::Test {
 protected:
  RunningServer() {
    options_.log = [this](const std::string& line) {
      std::lock_guard lock(mutex_);
      log_.push_back(line);
    };
    dynamodb_.add("Echo", [](rpc::Request request, rpc::Callback respond) {
      respond(rpc::Outcome::ofBody(std::move(request.body)));
    });
    dynamodb_.add("Refuse", [](rpc::Request, rpc::Callback respond) {
      respond(resourceNotFound("Requested resource not found"));
    });
    dynamodb_.add("Fail", [](rpc::Request, rpc::Callback) { throw std::runtime_error("a mistake of ours"); });
    dynamodb_.add("Forget", [](rpc::Request, rpc::Callback) {});
    dynamodb_.add("Later", [this](rpc::Request request, rpc::Callback respond) {
      std::lock_guard lock(mutex_);
      held_.push_back({std::move(request), std::move(respond)});
      changed_.notify_all();
    });
    dynamodb_.add("Large", [](rpc::Request, rpc::Callback respond) {
      respond(rpc::Outcome::ofBody(std::string(8u << 20, 'x')));
    });
    eventbridge_.add("Echo", [](rpc::Request request, rpc::Callback respond) {
      respond(rpc::Response{200, std::move(request.body), {}, {}});
    });
    eventbridge_.add("Refuse", [](rpc::Request, rpc::Callback respond) {
      respond(resourceNotFound("Event bus x does not exist."));
    });
    lambda_.add(
        "POST", "/2015-03-31/functions/{FunctionName}/invocations", "Invoke",
        [](rpc::Request request, rpc::Callback respond) {
          std::string seen = request.operation + ' ' + request.method + ' ' + request.parameters.at("FunctionName") +
                             ' ' + request.query["Qualifier"] + ' ' + request.headers["x-amz-invocation-type"] + ' ' +
                             request.body;
          respond(rpc::Response{200, std::move(seen), {}, {{"X-Amz-Function-Error", "Unhandled\r\nEvil: yes"}}});
        });
    lambda_.add("GET", "/2015-03-31/functions/{FunctionName}", "GetFunction",
                [](rpc::Request, rpc::Callback respond) { respond(resourceNotFound("Function not found: f", 404)); });
    lambda_.add("POST", "/2014-11-13/functions/{FunctionName}/invoke-async", "InvokeAsync",
                [](rpc::Request, rpc::Callback respond) {
                  respond(ApiError("TooManyRequestsException", "Rate Exceeded.", 429, {}, {{"Retry-After", "1"}}));
                });
    lambda_.add("DELETE", "/2015-03-31/functions/{FunctionName}", "DeleteFunction",
                [](rpc::Request, rpc::Callback respond) {
                  respond(rpc::Response{204, "", {}, {}});
                });
    runtime_.add("GET", "/next", "Next", [this](rpc::Request request, rpc::Callback respond) {
      std::lock_guard lock(mutex_);
      held_.push_back({std::move(request), std::move(respond)});
      changed_.notify_all();
    });
    runtime_.add("GET", "/who", "Who", [](rpc::Request request, rpc::Callback respond) {
      respond(rpc::Response{200, request.listener, {}, {}});
    });
  }
  ~RunningServer() override { server_.reset(); }

  int start() {
    server_ = std::make_unique<Server>(options_, clock_, ids_);
    server_->serve(dynamodb_);
    server_->serve(eventbridge_);
    server_->serve(lambda_);
    port_ = server_->listen({"127.0.0.1", 0}).port;
    server_->start();
    return port_;
  }

  RawAnswer ask(const std::string& bytes) {
    RawClient client(port_);
    client.send(bytes);
    return client.receive();
  }

  struct Held {
    rpc::Request request;
    rpc::Callback respond;
  };
  // Waits until a request is held, and takes it.
  Held takeHeld() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !held_.empty(); });
    Held held = std::move(held_.front());
    held_.erase(held_.begin());
    return held;
  }
  std::vector<std::string> logged() {
    std::lock_guard lock(mutex_);
    return log_;
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  ServerOptions options_;
  rpc::JsonApi dynamodb_{rpc::JsonProtocol({.target_prefix = "DynamoDB_20120810",
                                            .content_type = "application/x-amz-json-1.0",
                                            .signing_name = "dynamodb",
                                            .has_crc32 = true,
                                            .error_namespace = "com.amazonaws.dynamodb.v20120810#",
                                            .internal_error = internalError("An unknown error.")})};
  rpc::JsonApi eventbridge_{rpc::JsonProtocol(
      {.target_prefix = "AWSEvents", .content_type = "application/x-amz-json-1.1", .signing_name = "events"})};
  rpc::RestApi lambda_;
  rpc::RestApi runtime_;
  std::unique_ptr<Server> server_;
  int port_ = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Held> held_;
  std::vector<std::string> log_;
};

}  // namespace ddblog::server
