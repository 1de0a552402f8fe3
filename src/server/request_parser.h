// Parses HTTP/1.0 and 1.1 requests incrementally. request_parser.cc drives Beast's parser directly:
// no header map, and only one copy of the header's bytes and one of the body's.
//
// Limits: the size of the header and of the body (as sent, chunked or not; the part of it in body(), if
// somebody takes it from there as it arrives). A request that exceeds
// a limit or violates HTTP is rejected with a status. After that the connection can only be closed,
// because the start of the next request is unknown.
//
// Thread safety: none; a parser belongs to one connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/api_error.h"

namespace ddblog::server {

// The head of a request: views into the parser, valid until its reset(). An absent header has
// data() == nullptr.
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

  // Consumes bytes from the front of `bytes` and sets `taken` to their number. The caller passes
  // the rest again with the next call.
  State parse(std::string_view bytes, std::size_t& taken);

  bool hasBegun() const;    // at least one byte of this request has arrived
  bool isHeadDone() const;  // true: head() is complete
  const RequestHead& head() const;
  std::string& body();
  const std::string& body() const;
  // The length that the head announces; std::nullopt: the body comes in chunks, or there is none.
  std::optional<std::uint64_t> contentLength() const;
  // What followed a body in chunks, with names in lower case; complete with the request.
  Headers& trailers();
  // Gets the memory for a whole body of that length. Without this, memory grows with what arrives.
  void reserveBody(std::size_t bytes);

  // The status of a rejected request: 400, 413 or 505.
  int refusedStatus() const;
  // The reason in words, for the response's body.
  const std::string& refusedBecause() const;

  // Prepares for the next request.
  void reset();

 private:
  class Parser;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ddblog::server
