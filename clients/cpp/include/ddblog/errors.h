// What can go wrong in the library, as exceptions. what() is one line for a person.
//
// Besides these, functions throw std::invalid_argument for arguments that no service would take: a payload that is not
// a JSON object, a number of more than 38 digits, an empty id.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ddblog {

// The service answered, and refused.
class ServiceError : public std::runtime_error {
 public:
  // type: AWS's short name ("ProvisionedThroughputExceededException"). body: the answer whole. attempts: how often the
  // request was sent; with more than one, an earlier attempt may have been carried out and its answer lost.
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

// No answer: nothing listens at the endpoint, or the connection broke, after all attempts.
class NotReachable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// No endpoint, region or credentials, or a configuration file that cannot be used.
class ConfigurationError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The stream is not at the version that the writer expected: somebody else appended first.
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

// An item that is no event of the log's format; what() says what is missing or wrong. Also what a handler throws about
// an event that it cannot apply.
class InvalidEvent : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ddblog
