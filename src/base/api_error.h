// The error of an AWS API. Operations reject a request by throwing ApiError.
//
// Operations throw it on an I/O thread before they change anything, or on the writer thread, where
// it rolls back the command's writes. src/server/ catches it, and the service's protocol
// (rpc/protocol.h) encodes it.
//
// `type` is AWS's short name ("ValidationException"). The protocol adds the namespace in front of
// it.
#pragma once

#include <boost/json/object.hpp>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace ddblog {

// Names and values of HTTP headers, in order.
using Headers = std::vector<std::pair<std::string, std::string>>;

class ApiError : public std::exception {
 public:
  // `status`: the HTTP status, nearly always 400. `fields`: further members of the error's body, as
  // AWS names them ("CancellationReasons", or "Item" of ConditionalCheckFailedException).
  // `headers`: response headers ("Retry-After").
  ApiError(std::string type, std::string message, int status = 400, boost::json::object fields = {},
           Headers headers = {})
      : type_(std::move(type)),
        message_(std::move(message)),
        status_(status),
        fields_(std::move(fields)),
        headers_(std::move(headers)) {}

  const std::string& type() const { return type_; }
  const std::string& message() const { return message_; }
  int status() const { return status_; }
  const boost::json::object& fields() const { return fields_; }
  const Headers& headers() const { return headers_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string type_;
  std::string message_;
  int status_;
  boost::json::object fields_;
  Headers headers_;
};

// The errors that several services share. Each returns the error; the caller throws it: throw validationError("…").
inline ApiError validationError(std::string message) { return {"ValidationException", std::move(message)}; }
inline ApiError serializationError(std::string message) { return {"SerializationException", std::move(message)}; }
inline ApiError resourceNotFound(std::string message, int status = 400) {
  return {"ResourceNotFoundException", std::move(message), status};
}
inline ApiError internalError(std::string message) { return {"InternalServerError", std::move(message), 500}; }

}  // namespace ddblog
