// An answer as it goes over the wire: the head's text and the body.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "rpc/request.h"

namespace ddblog::server {

// What the answer depends on besides itself: how it was asked for.
struct ReplyForm {
  bool is_http_1_0 = false;
  bool keep_alive = true;
  bool head_only = false;  // HEAD: the head that the body would have, and no body
  bool accepts_gzip = false;
  bool has_crc32 = false;      // x-amz-crc32 of the body as sent
  bool allows_origin = false;  // the request named an Origin: answers are readable by web pages, as AWS's are
  std::string_view request_id = {};
  std::string_view date = {};  // of httpDate()
};

struct Reply {
  std::string head;  // with the empty line
  std::string body;
};

// Takes answer.content_type as it is (empty: no Content-Type). Bodies of limits::kGzipAnswer and more are deflated if
// that is accepted. Control characters in header values become blanks: a value cannot add a header.
Reply writeReply(rpc::Answer answer, const ReplyForm& form);

// "Sun, 22 Nov 2026 09:00:00 GMT"
std::string httpDate(Timestamp time);

// Whether an Accept-Encoding header takes gzip ("gzip;q=0" does not).
bool acceptsGzip(std::string_view accept_encoding);

}  // namespace ddblog::server
