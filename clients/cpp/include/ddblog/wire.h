// The way to the services: everything in this library speaks through a Wire, which is DynamoDB's and EventBridge's own
// HTTP protocols, so that it runs on the offline cloud, on AWS, and on whatever else speaks them.
//
//   auto wire = ddblog::connect();                                            // as the AWS CLI finds its endpoint
//   auto wire = ddblog::connect({.endpoint_url = "http://localhost:8000"});
//
// Endpoint, region and credentials are found as the AWS CLI finds them: environment variables (AWS_ENDPOINT_URL,
// AWS_ENDPOINT_URL_DYNAMODB, AWS_REGION, AWS_ACCESS_KEY_ID …), then ~/.aws/config and ~/.aws/credentials, then the
// container's or the machine's role. Requests that were throttled, broke off or met an error of the server are tried
// again, with growing delays.
//
// Thread safety: a Wire may be used from any thread; calls on several threads run side by side.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace ddblog {

enum class Api { kDynamoDb, kDynamoDbStreams, kEventBridge };

class Wire {
 public:
  virtual ~Wire() = default;
  // Carries out one operation ("PutItem") with a JSON request and returns its JSON answer.
  // Throws ServiceError, NotReachable, ConfigurationError.
  virtual std::string call(Api api, std::string_view operation, const std::string& request) = 0;
};

struct ConnectOptions {
  std::string endpoint_url;  // empty: as configured
  std::string region;        // empty: as configured
  std::string profile;       // empty: as configured
};

// Nothing is sent before the first call. Throws ConfigurationError.
std::shared_ptr<Wire> connect(const ConnectOptions& options = {});

// What the library asks of the world besides the wire. Tests give their own.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  virtual std::string timestamp() = 0;                                           // now, "2026-11-22T09:00:00.000Z"
  virtual std::string uuid() = 0;                                                // a new one, random
  virtual void pause(std::chrono::milliseconds duration) = 0;                    // returns when it has passed
  virtual std::chrono::milliseconds jitter(std::chrono::milliseconds most) = 0;  // random, 0 to `most`
};

std::shared_ptr<Surroundings> systemSurroundings();

}  // namespace ddblog
