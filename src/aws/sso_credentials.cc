#include "aws/sso_credentials.h"

#include <openssl/sha.h>

#include <fstream>
#include <iterator>

#include "aws/endpoint.h"
#include "aws/http_client.h"
#include "aws/sigv4.h"
#include "base/digests.h"
#include "base/json.h"

namespace ddblog::aws {
namespace {

std::string sha1Hex(const std::string& text) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return toHex({reinterpret_cast<const char*>(digest), sizeof digest});
}

std::string stringIn(const json::value& tree, std::string_view name) {
  const json::object* object = tree.if_object();
  const json::value* value = object ? object->if_contains(name) : nullptr;
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

json::value parseOrNull(std::string_view text) {
  try {
    return parseJson(text);
  } catch (const std::invalid_argument&) {
    return nullptr;
  }
}

CredentialsError sessionEnded(const ProfileFiles& profiles) {
  return CredentialsError("The SSO session of the profile " + profiles.profile() +
                          " has ended, or has not begun: run `aws sso login --profile " + profiles.profile() + "`.");
}

std::string required(const ProfileFiles& profiles, const std::string& key) {
  if (const auto value = profiles.fromConfig(key)) return *value;
  throw CredentialsError("The profile " + profiles.profile() + " gets its credentials by SSO, and has no " + key + ".");
}

// What the profile says about its session: in a section of its own, or, as it used to be, itself.
struct SsoSession {
  std::string cache_key;
  std::string region;
};

SsoSession sessionOf(const ProfileFiles& profiles) {
  const auto name = profiles.fromConfig("sso_session");
  if (!name) return {required(profiles, "sso_start_url"), required(profiles, "sso_region")};
  const auto region = profiles.fromSsoSession(*name, "sso_region");
  if (!region) throw CredentialsError("There is no section [sso-session " + *name + "] with an sso_region.");
  return {*name, *region};
}

std::string accessToken(const SsoSession& session, const ProfileFiles& profiles, const Environment& environment,
                        const Clock& clock) {
  std::ifstream in(environment("HOME").value_or("") + "/.aws/sso/cache/" + sha1Hex(session.cache_key) + ".json",
                   std::ios::binary);
  const json::value token = parseOrNull(std::string(std::istreambuf_iterator<char>(in), {}));
  const std::string text = stringIn(token, "accessToken");
  try {
    if (!text.empty() && clock.now() < fromIso8601(stringIn(token, "expiresAt"))) return text;
  } catch (const std::invalid_argument&) {  // no time
  }
  throw sessionEnded(profiles);
}

}  // namespace

Credentials ssoCredentials(const ProfileFiles& profiles, const Environment& environment, HttpClient& http,
                           Clock& clock) {
  const SsoSession session = sessionOf(profiles);
  const std::string role = required(profiles, "sso_role_name");
  const Endpoint endpoint = findEndpoint(kSsoPortal, {}, session.region, environment, profiles);
  HttpRequest request;
  request.url = endpoint.url() + "/federation/credentials?role_name=" + percentEncode(role) +
                "&account_id=" + percentEncode(required(profiles, "sso_account_id"));
  request.headers.emplace_back("x-amz-sso_bearer_token", accessToken(session, profiles, environment, clock));
  HttpResponse response;
  try {
    response = http.send(request);
  } catch (const ConnectionError& error) {
    throw CredentialsError(error.what());
  }
  if (response.status == 401) throw sessionEnded(profiles);
  const json::value body = parseOrNull(response.body);
  const json::object* answer = body.if_object();
  const json::value* given = answer ? answer->if_contains("roleCredentials") : nullptr;
  if (response.status != 200 || !given) {
    throw CredentialsError("SSO gives no credentials of the role " + role + ": " + stringIn(body, "message"));
  }
  Credentials credentials{
      stringIn(*given, "accessKeyId"), stringIn(*given, "secretAccessKey"), stringIn(*given, "sessionToken"), {}};
  const json::value* expires = given->as_object().if_contains("expiration");  // milliseconds
  if (expires && expires->is_int64()) credentials.expires = Timestamp(Duration(expires->get_int64()));
  return credentials;
}

}  // namespace ddblog::aws
