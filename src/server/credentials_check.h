// Checks who sends a request. By default it accepts any credentials in the form that AWS requires;
// with keys configured, only a correct signature (SigV4, in the Authorization header).
//
// Errors, in this order, with AWS's words:
//   InvalidSignatureException            both an Authorization header and a signed query
//   MissingAuthenticationTokenException  neither
//   IncompleteSignatureException         parts of the Authorization header or of the query are missing
// and with keys configured:
//   IncompleteSignatureException         another algorithm, a date or a credential that is malformed
//   InvalidSignatureException            expired (15 minutes) or not yet valid, Host not signed, wrong scope
//   UnrecognizedClientException          an access key that is not configured
//   InvalidSignatureException            the signature does not match
//
// Signed queries (presigned URLs) are recognised, but rejected when keys are configured: no SDK
// calls these services so. Source:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "server/request_parser.h"

namespace ddblog::server {

class CredentialsCheck {
 public:
  // secrets: secret access keys by access key id; empty: anybody.
  CredentialsCheck(std::map<std::string, std::string> secrets, const Clock& clock);

  bool isOn() const { return !secrets_.empty(); }

  // The checks that need no keys. Throws ApiError.
  void checkForm(const RequestHead& head) const;

  // The whole check (after checkForm). `body` is the body as sent, before gzip is undone; `service`
  // is the name that the credential must be scoped to, empty: any. Throws ApiError.
  void verify(const RequestHead& head, std::string_view body, std::string_view service) const;

 private:
  const std::map<std::string, std::string> secrets_;
  const Clock& clock_;
  mutable aws::SigningKeys keys_;
};

}  // namespace ddblog::server
