// Reads one HTTP response from bytes as they come, without interim ones (100 Continue).
//
// Limits: the header in bytes, the body in bytes. Only response_parser.cc includes Beast.
// Thread safety: none; a parser belongs to one call.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "aws/http_message.h"

namespace ddblog::aws {

// What came is no HTTP response, or one that is too large. what() is a sentence without its subject: "is no HTTP …".
class MalformedResponse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class ResponseParser {
 public:
  enum class Body {
    kMaybe,
    kNever,  // the answer to HEAD or CONNECT: its header may announce a body that does not come
  };
  ResponseParser(Body body, std::size_t header_limit, std::size_t body_limit);
  ~ResponseParser();

  // Takes what it can from the front of `bytes` and returns how many; the rest must come again at the front of the
  // next call. Throws MalformedResponse.
  std::size_t parse(std::string_view bytes);

  // The server has closed the connection, which ends a body without a length. Throws MalformedResponse if it ends
  // anything else.
  void finish();

  bool isDone() const;
  // Whether the connection can be used for another request; once isDone().
  bool keepsAlive() const;
  // Once isDone(); only once.
  HttpResponse take();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ddblog::aws
