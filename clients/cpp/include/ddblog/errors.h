// The library's exceptions. what() is one line for a person to read.
//
// Functions also throw std::invalid_argument for arguments that no service accepts: a payload that
// is not a JSON object, a number of more than 38 digits, an empty id.
//
// Thread safety: value types.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ddblog {

// The service returned an error.
class ServiceError : public std::runtime_error {
 public:
  // type: AWS's short name ("ProvisionedThroughputExceededException"). body: the whole response.
  // attempts: how often the request was sent; if more than once, an earlier attempt may have
  // succeeded and its response been lost.
  ServiceError(std::string type, std::string message, int status, std::string body = {}, int attempts = 1)
      : std::runtime_error(message.empty() ? type : type + ": " + message),
        type_(std::move(type)),
        message_(std::move(message)),
        body_(std::move(body)),
        status_(status),
        attempts_(attempts) {}

  const std::string& type() const { return type_; }
  const std::string& message() const { return message_; }
  const std::string& body() const { return body_; }
  int status() const { return status_; }
  int attempts() const { return attempts_; }

 private:
  std::string type_;
  std::string message_;
  std::string body_;
  int status_;
  int attempts_;
};

// No response after all attempts: nothing listens at the endpoint, or the connection broke.
class NotReachable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The endpoint, region or credentials are missing, or a configuration file is unusable.
class ConfigurationError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The stream is not at the version the writer expected: another writer appended first.
class VersionConflict : public std::runtime_error {
 public:
  VersionConflict(const std::string& stream, std::uint64_t expected, std::uint64_t actual)
      : std::runtime_error("The stream " + stream + " is at version " + std::to_string(actual) + ", not at version " +
                           std::to_string(expected) + "."),
        expected_(expected),
        actual_(actual) {}

  std::uint64_t expected() const { return expected_; }
  std::uint64_t actual() const { return actual_; }  // 0: the stream does not exist

 private:
  std::uint64_t expected_;
  std::uint64_t actual_;
};

// An item is not an event in the log's format; what() says what is missing or wrong. A handler
// throws it for an event that it cannot apply.
class InvalidEvent : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ddblog
