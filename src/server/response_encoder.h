// A response as it goes over the wire: the head's text and the body.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "rpc/request.h"
#include "server/limits.h"

namespace ddblog::server {

// What the encoding depends on besides the response: the request and the service's protocol.
struct EncodingOptions {
  bool is_http_1_0 = false;
  bool keep_alive = true;
  bool head_only = false;  // HEAD: the head that the body would have, and no body
  bool accepts_gzip = false;
  bool has_crc32 = false;              // x-amz-crc32 of the body as sent
  std::string_view allow_origin = {};  // Access-Control-Allow-Origin; empty: web pages cannot read the response
  std::string_view request_id = {};
  std::string_view date = {};  // of httpDate()
};

struct EncodedResponse {
  std::string head;  // with the empty line
  std::string body;
};

// Takes response.content_type as it is (empty: no Content-Type). Bodies of limits::kGzipAnswer and
// more are deflated if that is accepted. Control characters in header values become blanks: a value
// cannot add a header.
EncodedResponse encodeResponse(rpc::Response response, const EncodingOptions& options);

// "Sun, 22 Nov 2026 09:00:00 GMT"
std::string httpDate(Timestamp time);

// Whether an Accept-Encoding header takes gzip ("gzip;q=0" does not).
bool acceptsGzip(std::string_view accept_encoding);

}  // namespace ddblog::server
