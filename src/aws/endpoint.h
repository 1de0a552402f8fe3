// Where a service is: its endpoint and region, found as the AWS CLI and the SDKs find them.
//
// Endpoint: `explicit_url` (--endpoint-url), then AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's
// `services` section, the profile's endpoint_url, then AWS's own host. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true (or the
// profile's ignore_configured_endpoint_urls) turns the four in the middle off. Region: `explicit_region` (--region),
// AWS_REGION, AWS_DEFAULT_REGION, the profile's region; when none says one, us-east-1 at a loopback endpoint, and an
// error elsewhere. Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
//
// Thread safety: pure functions and value types.
#pragma once

#include <string>
#include <string_view>

#include "aws/environment.h"
#include "aws/profile_files.h"

namespace ddblog::aws {

// What distinguishes one service from another for a caller.
struct Service {
  std::string_view host_prefix;    // "streams.dynamodb" of streams.dynamodb.eu-west-1.amazonaws.com
  std::string_view signing_name;   // in SigV4's credential scope
  std::string_view config_name;    // in the `services` section; in upper case the end of AWS_ENDPOINT_URL_<SERVICE>
  std::string_view target_prefix;  // of X-Amz-Target, for the AWS JSON protocols; else empty
  std::string_view content_type;   // of requests
};

inline constexpr Service kDynamoDb{"dynamodb", "dynamodb", "dynamodb", "DynamoDB_20120810",
                                   "application/x-amz-json-1.0"};
inline constexpr Service kDynamoDbStreams{"streams.dynamodb", "dynamodb", "dynamodb_streams",
                                          "DynamoDBStreams_20120810", "application/x-amz-json-1.0"};
inline constexpr Service kEventBridge{"events", "events", "eventbridge", "AWSEvents", "application/x-amz-json-1.1"};
inline constexpr Service kLambda{"lambda", "lambda", "lambda", "", "application/json"};

// A URL taken apart: http or https, a host, a port, and a path without a trailing slash (mostly empty).
struct Endpoint {
  std::string scheme;     // "http", "https"
  std::string host;       // without brackets: "::1"
  int port = 0;           // never 0: the scheme's own when the URL has none
  std::string base_path;  // "" or "/prefix"
  std::string region;

  std::string url() const;         // "http://localhost:8000" + base_path
  std::string hostHeader() const;  // "localhost:8000"; the port only when it is not the scheme's own
  bool isLoopback() const;         // localhost, *.localhost, 127.0.0.0/8, ::1
};

// Throws std::invalid_argument when it is no http or https URL: 'Invalid endpoint: X'.
Endpoint parseEndpoint(const std::string& url);

// Throws std::invalid_argument for a malformed URL and std::runtime_error when a region is needed and none is
// configured.
Endpoint findEndpoint(const Service& service, const std::string& explicit_url, const std::string& explicit_region,
                      const Environment& environment, const ProfileFiles& profiles);

// Whether `host` (no port, no brackets) can only mean this machine.
bool isLoopbackHost(std::string_view host);

}  // namespace ddblog::aws
