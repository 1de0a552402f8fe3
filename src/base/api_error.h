// A refusal: what every service throws when it does not carry a request out, and the one way to refuse.
//
// It is thrown by operations (on an I/O thread before anything is touched, or on the writer thread, where it undoes
// what the command wrote) and caught in one place, src/server/, which knows how each wire protocol words it:
//
//   awsJson (DynamoDB, Streams, EventBridge)   {"__type": "<namespace>#<type>", "message": <message>, <fields>…}
//   restJson (Lambda)                          header x-amzn-ErrorType: <type>, {"Type": …, "Message": <message>}
//
// `type` is AWS's short name ("ValidationException"); the namespace in front of it belongs to the protocol, not here.
#pragma once

#include <boost/json/object.hpp>
#include <exception>
#include <string>
#include <utility>

namespace ddblog {

class ApiError : public std::exception {
 public:
  // status: the HTTP status, 400 for nearly everything. fields: further members of the error's body, as AWS names them
  // ("Item" of a ConditionalCheckFailedException, "CancellationReasons").
  ApiError(std::string type, std::string message, int status = 400, boost::json::object fields = {})
      : type_(std::move(type)), message_(std::move(message)), status_(status), fields_(std::move(fields)) {}

  const std::string& type() const { return type_; }
  const std::string& message() const { return message_; }
  int status() const { return status_; }
  const boost::json::object& fields() const { return fields_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string type_;
  std::string message_;
  int status_;
  boost::json::object fields_;
};

// The refusals that several services share. Each returns the error; the caller throws it: throw validationError("…").
inline ApiError validationError(std::string message) { return {"ValidationException", std::move(message)}; }
inline ApiError serializationError(std::string message) { return {"SerializationException", std::move(message)}; }
inline ApiError resourceNotFound(std::string message, int status = 400) {
  return {"ResourceNotFoundException", std::move(message), status};
}
inline ApiError internalError(std::string message) { return {"InternalServerError", std::move(message), 500}; }

}  // namespace ddblog
