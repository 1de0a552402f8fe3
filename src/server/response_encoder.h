// A response in its wire format: the head's text and the body.
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/gzip.h"
#include "rpc/request.h"
#include "server/limits.h"

namespace ddblog::server {

// What the encoding needs besides the response: properties of the request and the service's
// protocol.
struct EncodingOptions {
  bool is_http_1_0 = false;
  bool keep_alive = true;
  bool head_only = false;                       // HEAD: send the head that a GET would get, and no body
  std::optional<Compression> compression = {};  // that the client accepts
  bool has_crc32 = false;                       // x-amz-crc32 of the body as sent
  std::string_view allow_origin = {};    // Access-Control-Allow-Origin; empty: web pages cannot read the response
  std::string_view expose_headers = {};  // Access-Control-Expose-Headers, if a page can read the response
  std::string_view request_id = {};
  std::string_view date = {};  // from httpDate()
};

struct EncodedResponse {
  std::string head;  // including the empty line
  std::string body;
};

// Uses response.content_type as it is (empty: no Content-Type). Compresses bodies of
// limits::kCompressedAnswer bytes or more if the client accepts it, but no errors, as DynamoDB does.
// The body of a response with a stream is not part of it: it follows in chunks, or until the connection
// is closed (HTTP/1.0).
// Replaces control characters in header values by blanks, so that a value cannot add a header.
EncodedResponse encodeResponse(rpc::Response response, const EncodingOptions& options);

// "Sun, 22 Nov 2026 09:00:00 GMT"
std::string httpDate(Timestamp time);

// What an Accept-Encoding header prefers of what we can do: the highest quality, then what is named
// (before what "*" stands for), then the order. A malformed quality is 1, as in DynamoDB, and one
// above 1 too. Identity is no alternative: "gzip;q=0.5, identity" means gzip.
// Source: RFC 9110, 12.5.3; answers of DynamoDB.
std::optional<Compression> acceptedCompression(std::string_view accept_encoding);

}  // namespace ddblog::server
