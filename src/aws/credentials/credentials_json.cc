#include "aws/credentials/credentials_json.h"

#include "base/json.h"

namespace ddblog::aws {
namespace {

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

Credentials credentialsOfJson(std::string_view body, std::string_view token_name, const std::string& source) {
  json::value parsed;
  try {
    parsed = parseJson(body);
  } catch (const std::invalid_argument& error) {
    throw CredentialsError("No valid JSON from " + source + ": " + error.what());
  }
  const json::object* object = parsed.if_object();
  if (!object) throw CredentialsError("No JSON object from " + source);
  Credentials credentials{
      text(*object, "AccessKeyId"), text(*object, "SecretAccessKey"), text(*object, token_name), {}};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    throw CredentialsError("AccessKeyId or SecretAccessKey is missing in what came from " + source);
  }
  if (const std::string expires = text(*object, "Expiration"); !expires.empty()) {
    try {
      credentials.expires = fromIso8601(expires);
    } catch (const std::invalid_argument&) {
      throw CredentialsError("Expiration is no time in what came from " + source + ": " + expires);
    }
  }
  return credentials;
}

}  // namespace ddblog::aws
