// A client of one AWS service: finds the endpoint and the credentials, signs, sends, retries, and turns error responses
// into exceptions.
//
//   aws::Session session({.endpoint_url = "http://localhost:8000"}, clock, ids);
//   aws::Client dynamodb(session, aws::kDynamoDb);
//   std::string response = dynamodb.call("GetItem", R"({"TableName": …})");
//
// Retried, up to ClientOptions::attempts attempts: failed or broken connections, throttling, and
// 5xx. The delay before a retry is random, up to 50 ms × 2^n (throttling: 500 ms × 2^n) and at most
// 20 s, as in the SDKs' standard mode. Credentials that have expired are fetched anew, and the call is
// sent once more if they differ. So the service may have executed a call whose response was
// lost: if ServiceError::attempts() > 1, an error such as ConditionalCheckFailedException may come
// from the caller's own write.
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
//
// Thread safety: everything may be called from any thread. A Session must outlive its Clients.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/credentials/credentials.h"
#include "aws/endpoint.h"
#include "aws/http/http_client.h"
#include "aws/limits.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/ids.h"

namespace ddblog::aws {

// The service returned an error.
class ServiceError : public std::exception {
 public:
  ServiceError(std::string type, std::string message, int status, std::string request_id, std::string body,
               int attempts, std::map<std::string, std::string> headers = {});

  const std::string& type() const { return type_; }        // short: "ConditionalCheckFailedException"
  const std::string& message() const { return message_; }  // the service's message; may be empty
  int status() const { return status_; }                   // HTTP
  const std::string& requestId() const { return request_id_; }
  const std::string& body() const { return body_; }   // the whole body, for further members ("CancellationReasons")
  int attempts() const { return attempts_; }          // how often the request was sent; at least 1
  std::string header(const std::string& name) const;  // of the response, by its name in lower case; empty: absent
  const char* what() const noexcept override { return what_.c_str(); }  // "Type: message"

 private:
  std::string type_, message_;
  int status_;
  std::string request_id_, body_;
  int attempts_;
  std::map<std::string, std::string> headers_;
  std::string what_;
};

// "Too much at once", as the SDKs' standard retry mode understands it.
bool isThrottling(const ServiceError& error);

struct ClientOptions {
  std::string endpoint_url;  // --endpoint-url; empty: as configured
  std::string region;        // --region; empty: as configured
  std::string profile;       // --profile; empty: as configured
  int attempts = limits::kClientAttempts;
  std::chrono::milliseconds connect_timeout = limits::kClientConnectTimeout;
  std::chrono::milliseconds timeout = limits::kClientTimeout;
};

// The shared parts of several clients: options, credentials, connections.
class Session {
 public:
  // Waits for the delay. (Tests may return earlier.)
  using Waiter = std::function<void(Duration)>;

  // Throws std::runtime_error for invalid configuration files. Without a waiter, delays use
  // `clock`.
  Session(ClientOptions options, Clock& clock, Ids& ids, Environment environment = systemEnvironment(),
          Waiter waiter = {});

  const ClientOptions& options() const { return options_; }
  Clock& clock() const { return clock_; }
  // `region`: instead of the configured one.
  Endpoint endpoint(const Service& service, const std::string& region = {}) const;
  Credentials credentials(const Endpoint& endpoint) { return chain_.get(endpoint.isLoopback()); }
  // Fetches credentials anew, because a service said that they have expired. false: they are the same.
  bool renewCredentials(const Endpoint& endpoint) { return chain_.renew(endpoint.isLoopback()); }
  HttpClient& http() { return http_; }
  SigningKeys& signingKeys() { return signing_keys_; }
  // Waits before attempt `attempt` (2 is the first retry).
  void waitBeforeAttempt(int attempt, bool throttled);
  void wait(Duration delay) const { waiter_(delay); }

 private:
  const ClientOptions options_;
  Clock& clock_;
  Ids& ids_;
  const Environment environment_;
  const Waiter waiter_;
  const ProfileFiles profiles_;
  HttpClient http_;
  SigningKeys signing_keys_;
  CredentialsChain chain_;
};

class Client {
 public:
  // `region`: instead of the configured one. Throws std::invalid_argument or std::runtime_error if the
  // endpoint or the region is invalid or unknown.
  Client(Session& session, const Service& service, const std::string& region = {});

  // Calls an operation of an AWS JSON protocol (POST / with X-Amz-Target) and returns the
  // response's body. Throws ServiceError, ConnectionError, CredentialsError.
  std::string call(std::string_view operation, std::string_view body) const;

  // Any other request (REST and query protocols), signed and retried in the same way. `path` must
  // be percent-encoded and begin with "/"; `query` and `headers` must not be encoded. A response
  // with status 400 or above throws ServiceError.
  struct RestRequest {
    std::string method = "GET";
    std::string path = "/";
    std::vector<std::pair<std::string, std::string>> query = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string_view body = {};
  };
  HttpResponse send(const RestRequest& request) const;

  const Endpoint& endpoint() const { return endpoint_; }

 private:
  HttpResponse attempt(const RestRequest& request) const;

  Session& session_;
  const Service service_;
  const Endpoint endpoint_;
};

}  // namespace ddblog::aws
