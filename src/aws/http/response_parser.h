// Parses one HTTP response incrementally; skips interim ones (100 Continue).
//
// Limits: the sizes of the header and the body. Only response_parser.cc includes Beast.
// Thread safety: none; a parser belongs to one call.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "aws/http/http_message.h"

namespace ddblog::aws {

// The data is not an HTTP response, or the response is too large. what() is a sentence without its
// subject: "is no HTTP …".
class MalformedResponse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class ResponseParser {
 public:
  enum class Body {
    kMaybe,
    kNever,  // the response to HEAD or CONNECT: its header may announce a body that does not follow
  };
  ResponseParser(Body body, std::size_t header_limit, std::size_t body_limit);
  ~ResponseParser();

  // Consumes bytes from the front of `bytes` and returns their number; the caller passes the rest
  // again with the next call. Throws MalformedResponse.
  std::size_t parse(std::string_view bytes);

  // Call it when the server has closed the connection, which ends a body without a length. Throws
  // MalformedResponse if the response is incomplete.
  void finish();

  bool isDone() const;
  // Whether the connection can be reused; valid once isDone().
  bool keepsAlive() const;
  // Call it once, after isDone().
  HttpResponse take();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ddblog::aws
