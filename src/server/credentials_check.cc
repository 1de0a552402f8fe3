#include "server/credentials_check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/api_error.h"
#include "base/digests.h"
#include "base/text.h"

namespace ddblog::server {

namespace {

constexpr std::chrono::minutes kSkew{15};

ApiError incomplete(std::string message) { return {"IncompleteSignatureException", std::move(message)}; }
ApiError invalid(std::string message) { return {"InvalidSignatureException", std::move(message)}; }
ApiError unrecognized() {
  return {"UnrecognizedClientException", "The security token included in the request is invalid."};
}

// The parsed Authorization header.
struct Authorization {
  std::string_view algorithm;
  std::string_view credential;
  std::string_view signature;
  std::string_view signed_headers;
};

// "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…", in any order, separated by commas
// or blanks.
bool isBetweenParts(char c) { return c == ',' || c == ' ' || c == '\t'; }

Authorization parseAuthorization(std::string_view header) {
  Authorization parsed;
  const std::size_t blank = std::min(header.find(' '), header.size());
  parsed.algorithm = header.substr(0, blank);
  std::string_view rest = header.substr(blank);
  while (true) {
    const auto* begin = std::find_if_not(rest.begin(), rest.end(), isBetweenParts);
    if (begin == rest.end()) return parsed;
    const auto* end = std::find_if(begin, rest.end(), isBetweenParts);
    const std::string_view part(begin, end);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.begin()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      throw incomplete('\'' + std::string(part) +
                       "' not a valid key=value pair (missing equal-sign) in Authorization header: '" +
                       std::string(header) + "'.");
    }
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    if (name == "Credential") parsed.credential = value;
    if (name == "Signature") parsed.signature = value;
    if (name == "SignedHeaders") parsed.signed_headers = value;
  }
}

// The parameter's value; std::nullopt if it is absent.
std::optional<std::string_view> queryParameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    if (parameter.substr(0, equals) != name) continue;
    return equals < parameter.size() ? parameter.substr(equals + 1) : std::string_view();
  }
  return std::nullopt;
}

void checkQueryForm(std::string_view query) {
  std::string missing;
  for (const std::string_view name :
       {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    if (queryParameter(query, name).value_or("").empty()) {
      missing += "AWS query-string parameters must include '" + std::string(name) + "'. ";
    }
  }
  if (!missing.empty()) throw incomplete(missing + "Re-examine the query-string parameters.");
}

void checkHeaderForm(const RequestHead& head) {
  const Authorization parsed = parseAuthorization(head.authorization);
  std::string missing;
  if (parsed.credential.empty()) missing += "Authorization header requires 'Credential' parameter. ";
  if (parsed.signature.empty()) missing += "Authorization header requires 'Signature' parameter. ";
  if (parsed.signed_headers.empty()) missing += "Authorization header requires 'SignedHeaders' parameter. ";
  if (head.amz_date.empty() && head.date.empty()) {
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) throw incomplete(missing + "Authorization=" + std::string(head.authorization));
}

std::optional<Timestamp> parseAmzDate(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const std::string iso = std::string(text.substr(0, 4)) + '-' + std::string(text.substr(4, 2)) + '-' +
                          std::string(text.substr(6, 5)) + ':' + std::string(text.substr(11, 2)) + ':' +
                          std::string(text.substr(13));
  try {
    return fromIso8601(iso);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

void checkAge(std::string_view amz_date, Timestamp now) {
  const auto sent = parseAmzDate(amz_date);
  if (!sent) {
    throw incomplete("Date must be in ISO-8601 'basic format'. Got '" + std::string(amz_date) +
                     "'. See http://en.wikipedia.org/wiki/ISO_8601");
  }
  if (*sent < now - kSkew) {
    throw invalid("Signature expired: " + std::string(amz_date) + " is now earlier than " + aws::amzDate(now - kSkew) +
                  " (" + aws::amzDate(now) + " - 15 min.)");
  }
  if (*sent > now + kSkew) {
    throw invalid("Signature not yet current: " + std::string(amz_date) + " is still later than " +
                  aws::amzDate(now + kSkew) + " (" + aws::amzDate(now) + " + 15 min.)");
  }
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

struct Credential {
  std::string access_key_id;
  aws::Scope scope;
};

Credential parseCredential(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() != 5) {
    throw incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
        std::string(text) + "'");
  }
  return {std::string(parts[0]), {std::string(parts[1]), std::string(parts[2]), std::string(parts[3])}};
}

// `credential`: as sent, so that its last part, the terminator, is checked too.
void checkScope(const aws::Scope& scope, std::string_view credential, std::string_view amz_date,
                std::string_view region, std::string_view service) {
  std::string wrong;
  if (scope.region != region) {
    wrong += "Credential should be scoped to a valid region, not '" + scope.region + "'. ";
  }
  if (!service.empty() && scope.service != service) {
    wrong += "Credential should be scoped to correct service: '" + std::string(service) + "'. ";
  }
  const std::string_view terminator = credential.substr(credential.rfind('/') + 1);
  if (terminator != "aws4_request") {
    wrong +=
        "Credential should be scoped with a valid terminator: 'aws4_request', not '" + std::string(terminator) + "'. ";
  }
  if (scope.date != amz_date.substr(0, 8)) {
    wrong += "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
             scope.date + "' != '" + std::string(amz_date.substr(0, 8)) + "', from '" + std::string(amz_date) + "'. ";
  }
  if (!wrong.empty()) {
    wrong.pop_back();
    throw invalid(wrong);
  }
}

std::string_view sentDate(const RequestHead& head) { return head.amz_date.empty() ? head.date : head.amz_date; }

// The request headers covered by the signature, with all values of repeated names.
std::vector<aws::Header> signedHeaders(const RequestHead& head, std::string_view names) {
  std::vector<aws::Header> headers;
  for (const std::string_view name : split(names, ';')) {
    for (const auto& [sent, value] : head.headers) {
      std::string lower = lowerCase(sent);
      if (lower == name) headers.emplace_back(std::move(lower), value);
    }
  }
  return headers;
}

// Whoever is between client and server can change what is not signed. The operation, for one, is in
// a header.
void checkCoverage(const RequestHead& head, std::string_view signed_headers) {
  std::set<std::string> unseen;
  for (const std::string_view name : split(signed_headers, ';')) unseen.insert(lowerCase(name));
  const std::set<std::string> covered = unseen;
  if (!covered.contains("host")) throw invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  for (const auto& [sent, value] : head.headers) {
    const std::string name = lowerCase(sent);
    if (name.starts_with("x-amz-") && !covered.contains(name)) {
      throw invalid("'" + std::string(sent) + "' must be a 'SignedHeader' in the AWS Authorization.");
    }
    if (covered.contains(name) && unseen.erase(name) == 0) {
      throw invalid("'" + std::string(sent) + "' is signed, but comes more than once.");
    }
  }
}

}  // namespace

CredentialsCheck::CredentialsCheck(std::map<std::string, std::string> secrets, std::string region, const Clock& clock)
    : secrets_(std::move(secrets)), region_(std::move(region)), clock_(clock) {}

void CredentialsCheck::checkForm(const RequestHead& head) const {
  const bool signed_query = !head.query.empty() && queryParameter(head.query, "X-Amz-Algorithm").has_value();
  if (signed_query && head.authorization.data()) {
    throw invalid("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
  }
  if (signed_query) {
    checkQueryForm(head.query);
    return;
  }
  if (!head.authorization.starts_with("AWS4-")) {
    throw ApiError("MissingAuthenticationTokenException", "Request is missing Authentication Token");
  }
  checkHeaderForm(head);
}

void CredentialsCheck::checkHead(const RequestHead& head, std::string_view service) const {
  if (!head.authorization.data()) throw unrecognized();
  const Authorization authorization = parseAuthorization(head.authorization);
  const std::string_view amz_date = sentDate(head);
  checkAge(amz_date, clock_.now());
  checkCoverage(head, authorization.signed_headers);
  if (authorization.algorithm != "AWS4-HMAC-SHA256") {
    throw incomplete("Unsupported AWS 'algorithm': '" + std::string(authorization.algorithm) +
                     "' (only AWS4-HMAC-SHA256 for now). ");
  }
  const Credential credential = parseCredential(authorization.credential);
  checkScope(credential.scope, authorization.credential, amz_date, region_, service);
  if (!secrets_.contains(credential.access_key_id)) throw unrecognized();
}

void CredentialsCheck::verify(const RequestHead& head, std::string_view body) const {
  const Authorization authorization = parseAuthorization(head.authorization);
  const std::string_view amz_date = sentDate(head);
  const Credential credential = parseCredential(authorization.credential);
  const auto secret = secrets_.find(credential.access_key_id);
  if (secret == secrets_.end()) throw unrecognized();

  const std::string payload_hash = sha256Hex(body);
  const aws::Canonical canonical =
      aws::canonicalise({head.method, head.path, head.query, signedHeaders(head, authorization.signed_headers),
                         payload_hash, aws::PathForm::kNormalised});
  const std::string expected = aws::signature(keys_.key(secret->second, credential.scope),
                                              aws::stringToSign(amz_date, credential.scope, canonical.request));
  // Also detects a signed header that the request lacks, because it is not among the canonical
  // ones.
  if (canonical.signed_headers != authorization.signed_headers ||
      !aws::sameSignature(expected, authorization.signature)) {
    throw invalid(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key "
        "and signing method. Consult the service documentation for details.");
  }
}

}  // namespace ddblog::server
