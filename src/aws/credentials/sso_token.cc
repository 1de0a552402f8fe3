#include "aws/credentials/sso_token.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "aws/endpoint.h"
#include "aws/http/http_client.h"
#include "base/digests.h"
#include "base/json.h"

namespace ddblog::aws {
namespace {

constexpr Service kSsoOidc{"oidc", "sso-oauth", "sso_oidc", "", "application/json"};
constexpr std::chrono::minutes kRefreshBefore{5};

std::string sha1Hex(const std::string& text) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return toHex({reinterpret_cast<const char*>(digest), sizeof digest});
}

// Empty: it is absent.
std::string memberOf(const json::object& token, std::string_view name) {
  const json::value* value = token.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Empty if it is no JSON object.
json::object objectFrom(std::string_view text) {
  try {
    const json::value tree = parseJson(text);
    return tree.is_object() ? tree.get_object() : json::object();
  } catch (const std::invalid_argument&) {
    return {};
  }
}

bool isAfter(const json::object& token, std::string_view name, Timestamp time) {
  try {
    return time < fromIso8601(memberOf(token, name));
  } catch (const std::invalid_argument&) {  // no time
    return false;
  }
}

// Only its owner may read it. Without the file the token is still good, for this time.
void replaceFile(const std::filesystem::path& file, const std::string& text) {
  const std::string other = file.string() + "." + std::to_string(::getpid());
  const int descriptor = ::open(other.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return;
  const bool is_written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(descriptor);
  if (!is_written || std::rename(other.c_str(), file.c_str()) != 0) ::unlink(other.c_str());
}

// The token with what CreateToken has changed; std::nullopt: there is no new one.
std::optional<json::object> refreshed(const json::object& token, const SsoSession& session,
                                      const ProfileFiles& profiles, const Environment& environment, HttpClient& http,
                                      Timestamp now) {
  json::object request{{"grantType", "refresh_token"}};
  for (const char* name : {"clientId", "clientSecret", "refreshToken"}) {
    request[name] = memberOf(token, name);
    if (request[name].get_string().empty()) return std::nullopt;
  }
  if (!isAfter(token, "registrationExpiresAt", now)) return std::nullopt;
  const std::string body = json::serialize(request);
  HttpRequest call;
  call.method = "POST";
  call.url = findEndpoint(kSsoOidc, {}, session.region, environment, profiles).url() + "/token";
  call.headers.emplace_back("Content-Type", "application/json");
  call.body = body;
  HttpResponse response;
  try {
    response = http.send(call);
  } catch (const ConnectionError&) {
    return std::nullopt;
  }
  const json::object answer = objectFrom(response.body);
  const json::value* seconds = answer.if_contains("expiresIn");
  if (response.status != 200 || memberOf(answer, "accessToken").empty() || !seconds || !seconds->is_int64()) {
    return std::nullopt;
  }
  json::object changed = token;
  changed["accessToken"] = memberOf(answer, "accessToken");
  changed["expiresAt"] = toIso8601(now + std::chrono::seconds(seconds->get_int64()), false);
  if (const std::string next = memberOf(answer, "refreshToken"); !next.empty()) changed["refreshToken"] = next;
  return changed;
}

}  // namespace

std::optional<std::string> ssoAccessToken(const SsoSession& session, const ProfileFiles& profiles,
                                          const Environment& environment, HttpClient& http, const Clock& clock) {
  const std::filesystem::path file =
      environment("HOME").value_or("") + "/.aws/sso/cache/" + sha1Hex(session.cache_key) + ".json";
  std::ifstream in(file, std::ios::binary);
  const json::object token = objectFrom(std::string(std::istreambuf_iterator<char>(in), {}));
  const std::string text = memberOf(token, "accessToken");
  const Timestamp now = clock.now();
  if (session.is_refreshed && !isAfter(token, "expiresAt", now + kRefreshBefore)) {
    if (const auto changed = refreshed(token, session, profiles, environment, http, now)) {
      replaceFile(file, json::serialize(*changed));
      return memberOf(*changed, "accessToken");
    }
  }
  if (text.empty() || !isAfter(token, "expiresAt", now)) return std::nullopt;
  return text;
}

}  // namespace ddblog::aws
