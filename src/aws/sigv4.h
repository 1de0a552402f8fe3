// AWS Signature Version 4. Clients sign and the server verifies with the same canonical request.
//
//   canonical request = method \n path \n query \n header lines \n \n signed header names \n SHA-256 of the body
//   string to sign    = "AWS4-HMAC-SHA256" \n X-Amz-Date \n scope \n SHA-256 of the canonical request
//   scope             = YYYYMMDD/region/service/aws4_request
//   signature         = HMAC-SHA256(key of the scope, string to sign), in lower-case hexadecimal
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
//
// Thread safety: pure functions; SigningKeys may be used from any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

using Header = std::pair<std::string, std::string>;

// S3 signs the path as sent; every other service normalises it and percent-encodes it once more.
enum class PathForm { kNormalised, kAsSent };

struct CanonicalInput {
  std::string_view method;
  std::string_view path;   // as sent, without the query
  std::string_view query;  // as sent, without "?"; X-Amz-Signature is left out
  // The headers to sign: names in any case and order, values as sent. The values of a repeated name
  // are joined by commas in this order.
  std::vector<Header> headers;
  std::string_view payload_hash;  // the body's SHA-256 in hexadecimal, or the value of X-Amz-Content-Sha256
  PathForm path_form = PathForm::kNormalised;
};

struct Canonical {
  std::string request;         // the canonical request
  std::string signed_headers;  // "content-type;host;x-amz-date"
};

Canonical canonicalise(const CanonicalInput& input);

struct Scope {
  std::string date;  // YYYYMMDD
  std::string region;
  std::string service;
  std::string text() const { return date + '/' + region + '/' + service + "/aws4_request"; }
};

// amz_date: "20150830T123600Z".
std::string stringToSign(std::string_view amz_date, const Scope& scope, std::string_view canonical_request);

// Caches signing keys: deriving one takes four HMACs, and it changes once a day.
class SigningKeys {
 public:
  // 32 bytes.
  std::string key(const std::string& secret, const Scope& scope);

 private:
  Mutex mutex_;
  std::map<std::string, std::string> kept_ GUARDED_BY(mutex_);
};

std::string signature(std::string_view key, std::string_view string_to_sign);

// "20150830T123600Z"
std::string amzDate(Timestamp time);

// RFC 3986: encodes everything but A-Z a-z 0-9 - . _ ~ as %XX, and "/" unless `keep_slash`.
// percentDecode (base/text.h) decodes it.
std::string percentEncode(std::string_view text, bool keep_slash = false);

// Compares two signatures in constant time.
bool sameSignature(std::string_view left, std::string_view right);

}  // namespace ddblog::aws
