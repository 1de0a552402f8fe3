#include "aws/signing.h"

#include "base/digests.h"

namespace ddblog::aws {
namespace {

constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

}  // namespace

void sign(const Service& service, const Endpoint& endpoint, const Credentials& credentials, Timestamp now,
          std::string_view path, std::string_view query, SigningKeys& keys, HttpRequest& request) {
  const std::string amz_date = amzDate(now);
  const Scope scope{amz_date.substr(0, 8), endpoint.region, std::string(service.signing_name)};
  request.headers.emplace_back("X-Amz-Date", amz_date);
  const std::string credential = "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id + '/' + scope.text();
  if (credentials.dummy) {
    request.headers.emplace_back("Authorization", credential + ", SignedHeaders=host;x-amz-date, Signature=0");
    return;
  }
  if (!credentials.session_token.empty()) {
    request.headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  const std::string payload_hash = request.body.empty() ? std::string(kEmptyHash) : sha256Hex(request.body);
  const bool is_s3 = service.signing_name == "s3";
  if (is_s3) request.headers.emplace_back("X-Amz-Content-Sha256", payload_hash);
  CanonicalInput input{request.method,  path,         query,
                       request.headers, payload_hash, is_s3 ? PathForm::kAsSent : PathForm::kNormalised};
  input.headers.emplace_back("host", endpoint.hostHeader());
  const Canonical canonical = canonicalise(input);
  const std::string signed_with =
      signature(keys.key(credentials.secret_access_key, scope), stringToSign(amz_date, scope, canonical.request));
  request.headers.emplace_back(
      "Authorization", credential + ", SignedHeaders=" + canonical.signed_headers + ", Signature=" + signed_with);
}

}  // namespace ddblog::aws
