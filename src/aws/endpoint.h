// The endpoint and region of a service, found as the AWS CLI and the SDKs find them.
//
// Endpoint: `explicit_url` (--endpoint-url), AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the
// profile's `services` section, the profile's endpoint_url, then AWS's own host.
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true (or the profile's ignore_configured_endpoint_urls)
// disables all but the first and the last. Region: `explicit_region` (--region), AWS_REGION,
// AWS_DEFAULT_REGION, the profile's region; if none is set, us-east-1 at a loopback endpoint and an
// error elsewhere.
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
//
// Thread safety: pure functions and value types.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials/profile_files.h"
#include "aws/environment.h"

namespace ddblog::aws {

// The properties of a service that its client needs.
struct Service {
  std::string_view host_prefix;    // "streams.dynamodb" of streams.dynamodb.eu-west-1.amazonaws.com
  std::string_view signing_name;   // of SigV4's credential scope
  std::string_view config_name;    // in the `services` section; in upper case the end of AWS_ENDPOINT_URL_<SERVICE>
  std::string_view target_prefix;  // of X-Amz-Target, for the AWS JSON protocols; else empty
  std::string_view content_type;   // of requests
  std::string_view version = {};   // of the API, for the AWS query protocol; else empty
};

inline constexpr Service kDynamoDb{"dynamodb", "dynamodb", "dynamodb", "DynamoDB_20120810",
                                   "application/x-amz-json-1.0"};
inline constexpr Service kDynamoDbStreams{"streams.dynamodb", "dynamodb", "dynamodb_streams",
                                          "DynamoDBStreams_20120810", "application/x-amz-json-1.0"};
inline constexpr Service kEventBridge{"events", "events", "eventbridge", "AWSEvents", "application/x-amz-json-1.1"};
inline constexpr Service kLambda{"lambda", "lambda", "lambda", "", "application/json"};
inline constexpr Service kLogs{"logs", "logs", "cloudwatch_logs", "Logs_20140328", "application/x-amz-json-1.1"};
inline constexpr Service kS3{"s3", "s3", "s3", "", "application/octet-stream"};
inline constexpr std::string_view kFormContentType = "application/x-www-form-urlencoded; charset=utf-8";
inline constexpr Service kCloudFormation{"cloudformation", "cloudformation", "cloudformation", "",
                                         kFormContentType, "2010-05-15"};
inline constexpr Service kSts{"sts", "sts", "sts", "", kFormContentType, "2011-06-15"};
inline constexpr Service kSsoPortal{"portal.sso", "awsssoportal", "sso", "", "application/json"};

// The parts of a URL: http or https, a host, a port, and a path without a trailing slash (usually
// empty).
struct Endpoint {
  std::string scheme;     // "http", "https"
  std::string host;       // without brackets: "::1"
  int port = 0;           // never 0: the scheme's default if the URL has none
  std::string base_path;  // "" or "/prefix"
  std::string region;

  std::string url() const;         // "http://localhost:8000" + base_path
  std::string hostHeader() const;  // "localhost:8000"; omits the scheme's default port
  bool isLoopback() const;         // localhost, *.localhost, 127.0.0.0/8, ::1
};

// Throws std::invalid_argument if it is not an http or https URL: 'Invalid endpoint: X'.
Endpoint parseEndpoint(const std::string& url);

// Throws std::invalid_argument for a malformed URL and std::runtime_error if a region is needed but
// not configured.
Endpoint findEndpoint(const Service& service, const std::string& explicit_url, const std::string& explicit_region,
                      const Environment& environment, const ProfileFiles& profiles);

// Whether `host` (without port or brackets) always means this machine.
bool isLoopbackHost(std::string_view host);

}  // namespace ddblog::aws
