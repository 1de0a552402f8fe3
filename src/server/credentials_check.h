// Authenticates requests. By default any credentials in AWS's form are accepted; if keys are
// configured, only a correct signature (SigV4, in the Authorization header).
//
// Errors, in this order, with AWS's messages:
//   InvalidSignatureException            both an Authorization header and a signed query
//   MissingAuthenticationTokenException  neither
//   IncompleteSignatureException         parts of the Authorization header or of the query are missing
// and with keys configured:
//   IncompleteSignatureException         another algorithm, a date or a credential that is malformed
//   InvalidSignatureException            expired (15 minutes) or not yet valid; Host or an X-Amz-… header is not
//                                        signed, a signed header comes twice (ours); wrong scope
//   UnrecognizedClientException          an access key that is not configured
//   InvalidSignatureException            the signature does not match
//
// All but the last are found in the head, so that the body of such a request need not be received.
//
// Signed queries (presigned URLs) are recognised but rejected if keys are configured: no SDK calls
// these services with them.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
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
  // `secrets`: secret access keys by access key id; empty: anyone is accepted. `region`: of credential scopes.
  CredentialsCheck(std::map<std::string, std::string> secrets, std::string region, const Clock& clock);

  bool isOn() const { return !secrets_.empty(); }

  // The checks that need no configured keys. Throws ApiError.
  void checkForm(const RequestHead& head) const;

  // All that the head alone shows to be wrong; call checkForm first. `service`: the service name that
  // the credential scope must have; empty: any. Throws ApiError.
  void checkHead(const RequestHead& head, std::string_view service) const;

  // The signature itself; call checkHead first. `body`: as sent, before decompression. Throws ApiError.
  void verify(const RequestHead& head, std::string_view body) const;

 private:
  const std::map<std::string, std::string> secrets_;
  const std::string region_;
  const Clock& clock_;
  mutable aws::SigningKeys keys_;
};

}  // namespace ddblog::server
