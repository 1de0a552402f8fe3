// A service's wire format, apart from the content of its operations. Each service configures its
// protocol; the server only queries it.
//
//   AWS JSON  a request names its operation in X-Amz-Target: "<target prefix>.<operation>"
//             error: status 400, {"__type": "<namespace><type>", "message": <message>, <fields>…}
//   REST      a request names its operation by method and path
//             error: its status, header x-amzn-ErrorType: <type>, {"Type": "User", "Message": <message>, <fields>…}
//             (some services leave out "Type")
//
// The namespace of an AWS JSON error is the service's own, with three exceptions:
// com.amazon.coral.service# for errors of AWS's front end, com.amazon.coral.validate# for
// ValidationException, and com.amazon.coral.availability# for ThrottlingException. AWS's models
// define for each type whether the member is "message" or "Message". AWS JSON omits an empty
// message.
// Source: responses of the services; the error shapes of their API models.
//
// Thread safety: immutable.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "rpc/request.h"

namespace ddblog::rpc {

class Protocol {
 public:
  virtual ~Protocol() = default;

  // The service name that a signature's credential scope must contain; empty: any.
  virtual const std::string& signingName() const = 0;
  // The default content type of responses.
  virtual const std::string& contentType() const = 0;
  // Whether responses carry x-amz-crc32, the checksum of the body as sent.
  virtual bool hasCrc32() const = 0;
  virtual Response encodeError(const ApiError& error) const = 0;
  // The error that callers see for a bug of ours.
  virtual ApiError internalError() const = 0;
  // The error of a throttled request; std::nullopt: the operation is never throttled.
  virtual std::optional<ApiError> throttlingError(std::string_view operation) const = 0;
};

// As Protocol::throttlingError; empty: no operation is ever throttled.
using ThrottlingError = std::function<ApiError(std::string_view operation)>;

class JsonProtocol : public Protocol {
 public:
  struct Settings {
    std::string target_prefix;  // "DynamoDB_20120810"
    std::string content_type;   // "application/x-amz-json-1.0"
    std::string signing_name;   // "dynamodb"
    bool has_crc32 = false;
    std::string error_namespace = {};                // "com.amazonaws.dynamodb.v20120810#"; empty: short names only
    std::vector<std::string> front_end_errors = {};  // error types of AWS's front end, besides those of all services
    std::vector<std::string> capital_messages = {};  // error types with "Message", besides the front end's
    ApiError internal_error = {"InternalFailure", "The request processing has failed because of an unknown error.",
                               500};
    std::function<Headers(const ApiError&)> error_headers = {};  // extra headers of errors; empty: none
    ThrottlingError throttling_error = {};
  };

  explicit JsonProtocol(Settings settings) : settings_(std::move(settings)) {}

  const std::string& signingName() const override { return settings_.signing_name; }
  const std::string& contentType() const override { return settings_.content_type; }
  bool hasCrc32() const override { return settings_.has_crc32; }
  Response encodeError(const ApiError& error) const override;
  ApiError internalError() const override { return settings_.internal_error; }
  std::optional<ApiError> throttlingError(std::string_view operation) const override {
    return settings_.throttling_error ? std::optional(settings_.throttling_error(operation)) : std::nullopt;
  }

  const std::string& targetPrefix() const { return settings_.target_prefix; }
  // Whether a request may have this content type: AWS JSON 1.1 accepts any JSON type, 1.0 its own
  // and application/json.
  bool takes(std::string_view media_type) const;

 private:
  std::string qualified(std::string_view type) const;

  Settings settings_;
};

class RestProtocol : public Protocol {
 public:
  struct Settings {
    std::string signing_name = {};
    std::vector<std::string> small_messages = {};  // error types with "message", besides the front end's
    bool bare_errors = false;                      // the service's errors have only "Message", validation errors too
    ApiError internal_error = {"ServiceException", "An error occurred and the request cannot be processed.", 500};
    ThrottlingError throttling_error = {};
  };

  explicit RestProtocol(Settings settings) : settings_(std::move(settings)) {}

  const std::string& signingName() const override { return settings_.signing_name; }
  const std::string& contentType() const override;
  bool hasCrc32() const override { return false; }
  Response encodeError(const ApiError& error) const override;
  ApiError internalError() const override { return settings_.internal_error; }
  std::optional<ApiError> throttlingError(std::string_view operation) const override {
    return settings_.throttling_error ? std::optional(settings_.throttling_error(operation)) : std::nullopt;
  }

 private:
  Settings settings_;
};

// "application/x-amz-json-1.0", "…-1.1" or "application/json".
bool isJsonMediaType(std::string_view media_type);

// The response to any exception of an operation. An exception other than ApiError is a bug of ours:
// `log` gets the details, the caller gets the protocol's internal error.
Response encodeException(const Protocol& protocol, const std::exception_ptr& error,
                         const std::function<void(const std::string&)>& log);

}  // namespace ddblog::rpc
