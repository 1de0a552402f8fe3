#include "aws/credentials/sso_credentials.h"

#include "aws/credentials/sso_token.h"
#include "aws/endpoint.h"
#include "aws/http/http_client.h"
#include "aws/sigv4.h"
#include "base/json.h"

namespace ddblog::aws {
namespace {

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
SsoSession sessionOf(const ProfileFiles& profiles) {
  const auto name = profiles.fromConfig("sso_session");
  if (!name) return {required(profiles, "sso_start_url"), required(profiles, "sso_region"), false};
  const auto region = profiles.fromSsoSession(*name, "sso_region");
  if (!region) throw CredentialsError("There is no section [sso-session " + *name + "] with an sso_region.");
  return {*name, *region, true};
}

}  // namespace

Credentials ssoCredentials(const ProfileFiles& profiles, const Environment& environment, HttpClient& http,
                           Clock& clock) {
  const SsoSession session = sessionOf(profiles);
  const auto token = ssoAccessToken(session, profiles, environment, http, clock);
  if (!token) throw sessionEnded(profiles);
  const std::string role = required(profiles, "sso_role_name");
  const Endpoint endpoint = findEndpoint(kSsoPortal, {}, session.region, environment, profiles);
  HttpRequest request;
  request.url = endpoint.url() + "/federation/credentials?role_name=" + percentEncode(role) +
                "&account_id=" + percentEncode(required(profiles, "sso_account_id"));
  request.headers.emplace_back("x-amz-sso_bearer_token", *token);
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
