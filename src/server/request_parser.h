// Reads HTTP/1.0 and 1.1 requests from bytes as they come. The only header of this room that stands
// before Beast, whose parser request_parser.cc drives directly: no header map, no copies but one of
// the header's bytes and one of the body's.
//
// Limits: the header in bytes, the body in bytes (as sent; chunked or not). What breaks them, or
// HTTP itself, is rejected with a status; after that the connection can only be closed, as nobody
// knows where the next request begins.
//
// Thread safety: none; a parser belongs to one connection.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ddblog::server {

// The head of a request. Views into the parser; valid until its reset(). A header that is absent
// has data() == nullptr.
struct RequestHead {
  std::string_view method;
  std::string_view path;   // percent-encoded, as sent
  std::string_view query;  // as sent, without "?"
  bool is_http_1_0 = false;
  bool keep_alive = true;
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // all of them, as sent

  std::string_view accept_encoding;
  std::string_view amz_date;
  std::string_view amz_target;
  std::string_view authorization;
  std::string_view content_encoding;
  std::string_view content_type;
  std::string_view date;
  std::string_view expect;
  std::string_view host;
  std::string_view origin;

  // A header by its name in lower case; data() == nullptr if there is none.
  std::string_view header(std::string_view name) const;
};

class RequestParser {
 public:
  RequestParser(std::size_t header_limit, std::size_t body_limit);
  ~RequestParser();

  enum class State { kReading, kDone, kRefused };

  // Takes what it can from the front of `bytes`; what it leaves must come again at the front of the
  // next call.
  State parse(std::string_view bytes, std::size_t& taken);

  bool hasBegun() const;    // some byte of this request has come
  bool isHeadDone() const;  // then head() is complete
  const RequestHead& head() const;
  std::string& body();

  // Why it was rejected: 400, 413, 431 or 505.
  int refusedStatus() const;
  // In words, for the answer's body.
  const std::string& refusedBecause() const;

  // Gets ready for the next request.
  void reset();

 private:
  class Parser;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ddblog::server
