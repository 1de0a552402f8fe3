#include "aws/credentials/role_credentials.h"

#include <fstream>
#include <iterator>

#include "aws/http/http_client.h"
#include "aws/query_client.h"
#include "aws/signing.h"

namespace ddblog::aws {
namespace {

// STS's words about a request that it rejected.
std::string rejectionOf(const HttpResponse& response) {
  try {
    const XmlElement document = parseXml(response.body);
    if (const XmlElement* error = document.find("Error"))
      return error->textOf("Code") + ": " + error->textOf("Message");
  } catch (const std::invalid_argument&) {
  }
  return "STS answered with status " + std::to_string(response.status);
}

// `caller`: who signs; nullptr: nobody.
Credentials callSts(const std::string& action, const QueryParameters& parameters, const Role& role,
                    const Endpoint& endpoint, const Credentials* caller, HttpClient& http, Clock& clock) {
  const std::string form = encodeQuery(action, kSts.version, parameters);
  const std::string path = endpoint.base_path + "/";
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint.scheme + "://" + endpoint.hostHeader() + path;
  request.headers.emplace_back("Content-Type", std::string(kFormContentType));
  request.body = form;
  SigningKeys keys;
  if (caller) sign(kSts, endpoint, *caller, clock.now(), path, "", keys, request);
  try {
    const HttpResponse response = http.send(request);
    if (response.status != 200) {
      throw CredentialsError("The role " + role.arn + " cannot be assumed: " + rejectionOf(response));
    }
    const XmlElement result = resultOf(action, response.body);
    const XmlElement* given = result.find("Credentials");
    if (!given) throw CredentialsError("STS gave no credentials for the role " + role.arn);
    return {given->textOf("AccessKeyId"), given->textOf("SecretAccessKey"), given->textOf("SessionToken"),
            fromIso8601(given->textOf("Expiration"))};
  } catch (const ConnectionError& error) {
    throw CredentialsError(error.what());
  } catch (const std::invalid_argument&) {
    throw CredentialsError("STS gave credentials for the role " + role.arn + " with an Expiration that is no time");
  }
}

QueryParameters parametersOf(const Role& role, const Clock& clock) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count();
  QueryParameters parameters = {
      {"RoleArn", role.arn},
      {"RoleSessionName", role.session_name.empty() ? "dynamodb-log-" + std::to_string(seconds) : role.session_name}};
  if (!role.duration.empty()) parameters.emplace_back("DurationSeconds", role.duration);
  return parameters;
}

}  // namespace

Credentials assumeRole(const Role& role, const Endpoint& endpoint, const Credentials& caller, HttpClient& http,
                       Clock& clock) {
  QueryParameters parameters = parametersOf(role, clock);
  if (!role.external_id.empty()) parameters.emplace_back("ExternalId", role.external_id);
  if (!role.mfa_serial.empty()) {
    parameters.emplace_back("SerialNumber", role.mfa_serial);
    parameters.emplace_back("TokenCode", role.mfa_code);
  }
  return callSts("AssumeRole", parameters, role, endpoint, &caller, http, clock);
}

Credentials assumeRoleWithWebIdentity(const Role& role, const std::string& token_file, const Endpoint& endpoint,
                                      HttpClient& http, Clock& clock) {
  std::ifstream in(token_file, std::ios::binary);
  const std::string token(std::istreambuf_iterator<char>(in), {});
  if (token.empty()) throw CredentialsError("The web identity's token cannot be read: " + token_file);
  QueryParameters parameters = parametersOf(role, clock);
  parameters.emplace_back("WebIdentityToken", token);
  return callSts("AssumeRoleWithWebIdentity", parameters, role, endpoint, nullptr, http, clock);
}

}  // namespace ddblog::aws
