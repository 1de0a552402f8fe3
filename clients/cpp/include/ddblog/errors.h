// The library's exceptions. what() is one line for a person to read.
//
// Functions also throw std::invalid_argument for arguments that no service accepts: a payload that
// is not a JSON object, a number of more than 38 digits, an empty id. Where it is a limit that is
// broken, the exception is an InvalidArgument.
//
// Thread safety: value types.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "ddblog/expected.h"

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

// An argument that no service accepts; nothing was sent. limit(): which one it breaks, by its name in
// clients/cases ("eventBytes", "eventsPerAppend" …).
class InvalidArgument : public std::invalid_argument {
 public:
  InvalidArgument(const std::string& message, std::string limit)
      : std::invalid_argument(message), limit_(std::move(limit)) {}
  const std::string& limit() const { return limit_; }

 private:
  std::string limit_;
};

// The log refused an append to this stream; nothing was appended.
class AppendRefused : public std::runtime_error {
 public:
  const std::string& log() const { return log_; }
  const std::string& id() const { return id_; }

 protected:
  AppendRefused(const std::string& log, const std::string& id, const std::string& what)
      : std::runtime_error("The stream " + log + "#" + id + " " + what), log_(log), id_(id) {}

 private:
  std::string log_;
  std::string id_;
};

// The stream is not at the version the writer expected: another writer appended first.
class VersionConflict : public AppendRefused {
 public:
  VersionConflict(const std::string& log, const std::string& id, Expected expected, std::uint64_t current)
      : AppendRefused(log, id, "is at version " + std::to_string(current) + "; expected: " + expected.text() + "."),
        expected_(expected),
        current_(current) {}

  Expected expected() const { return expected_; }
  std::uint64_t current() const { return current_; }  // 0: the stream does not exist

 private:
  Expected expected_;
  std::uint64_t current_;
};

// The stream was closed by EventLog::deleteStream. version(): of the event that closed it.
class StreamDeleted : public AppendRefused {
 public:
  StreamDeleted(const std::string& log, const std::string& id, std::uint64_t version)
      : AppendRefused(log, id,
                      "was deleted at version " + std::to_string(version) + "; nothing can be appended to it."),
        version_(version) {}
  std::uint64_t version() const { return version_; }

 private:
  std::uint64_t version_;
};

// Some of the events' ids are in the stream already, but not all, or in another order.
class EventIdConflict : public AppendRefused {
 public:
  EventIdConflict(const std::string& log, const std::string& id, std::vector<std::string> event_ids)
      : AppendRefused(log, id, "has some of the appended event ids already: " + joined(event_ids) + "."),
        event_ids_(std::move(event_ids)) {}
  const std::vector<std::string>& eventIds() const { return event_ids_; }

 private:
  static std::string joined(const std::vector<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + id;
    return text;
  }
  std::vector<std::string> event_ids_;
};

// A read model has not seen a version in time.
class WaitTimeout : public std::runtime_error {
 public:
  WaitTimeout(const std::string& key, std::uint64_t version, std::uint64_t seen, std::chrono::milliseconds timeout)
      : std::runtime_error("The read model " + key + " was at version " + std::to_string(seen) + " after " +
                           std::to_string(timeout.count()) + " ms, not yet at " + std::to_string(version) + "."),
        version_(version),
        seen_(seen) {}
  std::uint64_t version() const { return version_; }
  std::uint64_t seen() const { return seen_; }  // 0: the read model does not exist

 private:
  std::uint64_t version_;
  std::uint64_t seen_;
};

// An item is not an event in the log's format; what() says what is missing or wrong. A handler
// throws it for an event that it cannot apply.
class InvalidEvent : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ddblog
