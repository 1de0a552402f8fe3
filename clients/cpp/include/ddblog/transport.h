// How the library reaches the services: everything in it calls DynamoDB, DynamoDB Streams and
// EventBridge through a Transport, so it runs on the offline cloud, on AWS, and on anything else
// that speaks these protocols.
//
//   auto transport = ddblog::connect();  // endpoint as the AWS CLI finds it
//   auto transport = ddblog::connect({.endpoint_url = "http://localhost:8000"});
//
// connect() finds endpoint, region and credentials as the AWS CLI does: first environment variables
// (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_DYNAMODB, AWS_REGION, AWS_ACCESS_KEY_ID …), then
// ~/.aws/config and ~/.aws/credentials, then the role of the container or the machine. Throttled
// requests, broken connections and server errors are retried with growing delays.
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
//
// Thread safety: a Transport may be used from any thread; calls on several threads run
// concurrently.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace ddblog {

enum class Api { kDynamoDb, kDynamoDbStreams, kEventBridge };

class Transport {
 public:
  virtual ~Transport() = default;
  // Calls one operation ("PutItem") with a JSON request and returns the JSON response.
  // Throws ServiceError, NotReachable, ConfigurationError.
  virtual std::string call(Api api, std::string_view operation, const std::string& request) = 0;
};

struct ConnectOptions {
  std::string endpoint_url;  // empty: as configured
  std::string region;        // empty: as configured
  std::string profile;       // empty: as configured
};

// Sends nothing before the first call. Throws ConfigurationError.
std::shared_ptr<Transport> connect(const ConnectOptions& options = {});

// Time and randomness, so that tests can replace them.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual std::string timestamp() = 0;                                           // now, "2026-11-22T09:00:00.000Z"
  virtual std::string uuid() = 0;                                                // a new random one
  virtual void pause(std::chrono::milliseconds duration) = 0;                    // blocks for `duration`
  virtual std::chrono::milliseconds jitter(std::chrono::milliseconds most) = 0;  // random, from 0 to `most`
  // As pause(), but ends as soon as a stop is requested. By default only a stop that was requested before counts.
  virtual void pauseUnlessStopped(std::chrono::milliseconds duration, const std::stop_token& stop);
  // The time of a clock that nobody sets, from any origin; by default the machine's.
  virtual std::chrono::milliseconds steady();
};

std::shared_ptr<Environment> systemEnvironment();

}  // namespace ddblog
