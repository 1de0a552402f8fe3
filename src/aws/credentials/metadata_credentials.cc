#include "aws/credentials/metadata_credentials.h"

#include <fstream>
#include <iterator>

#include "aws/credentials/credentials_json.h"
#include "aws/endpoint.h"
#include "aws/http/http_client.h"
#include "aws/limits.h"

namespace ddblog::aws {

namespace {

HttpRequest metadataRequest(std::string method, std::string url) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.connect_timeout = limits::kMetadataTimeout;
  request.timeout = limits::kMetadataTimeout;
  request.max_body = limits::kConfigFileBytes;
  return request;
}

// Requests for credentials are sent unencrypted only to this machine and to the container agents'
// addresses.
bool isContainerHost(const std::string& url) {
  Endpoint endpoint;
  try {
    endpoint = parseEndpoint(url.substr(0, url.find('?')));
  } catch (const std::invalid_argument&) {
    throw CredentialsError("AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL: " + url);
  }
  return endpoint.scheme == "https" || endpoint.isLoopback() || endpoint.host == "169.254.170.2" ||
         endpoint.host == "169.254.170.23" || endpoint.host == "fd00:ec2::23";
}

}  // namespace

std::optional<Credentials> containerCredentials(const Environment& environment, HttpClient& http) {
  std::string url;
  if (const auto path = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    url = "http://169.254.170.2" + *path;
  } else if (const auto full = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
    url = *full;
    if (!isContainerHost(url)) {
      throw CredentialsError("AWS_CONTAINER_CREDENTIALS_FULL_URI may not name this host without https: " + url);
    }
  } else {
    return std::nullopt;
  }
  HttpRequest request = metadataRequest("GET", url);
  std::string token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  if (const auto file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    std::ifstream in(*file, std::ios::binary);
    token.assign(std::istreambuf_iterator<char>(in), {});
    while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  }
  if (token.find_first_of("\r\n") != std::string::npos) throw CredentialsError("The container's token has line breaks");
  if (!token.empty()) request.headers.emplace_back("Authorization", token);
  try {
    const HttpResponse response = http.send(request);
    if (response.status != 200)
      throw CredentialsError(url + " answered with status " + std::to_string(response.status));
    return credentialsOfJson(response.body, "Token", url);
  } catch (const ConnectionError& error) {
    throw CredentialsError(error.what());
  }
}

std::optional<Credentials> instanceCredentials(const Environment& environment, HttpClient& http) {
  if (const auto disabled = environment("AWS_EC2_METADATA_DISABLED"); disabled == "true") return std::nullopt;
  std::string base = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254");
  while (base.ends_with('/')) base.pop_back();
  try {
    HttpRequest asking = metadataRequest("PUT", base + "/latest/api/token");
    asking.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", "21600");
    const HttpResponse token = http.send(asking);
    if (token.status != 200) return std::nullopt;
    const auto get = [&](const std::string& path) {
      HttpRequest request = metadataRequest("GET", base + path);
      request.headers.emplace_back("x-aws-ec2-metadata-token", token.body);
      return http.send(request);
    };
    const std::string roles = "/latest/meta-data/iam/security-credentials/";
    const HttpResponse role = get(roles);
    if (role.status != 200 || role.body.empty()) return std::nullopt;
    const HttpResponse response = get(roles + role.body.substr(0, role.body.find('\n')));
    if (response.status != 200) return std::nullopt;
    return credentialsOfJson(response.body, "Token", "the instance metadata service");
  } catch (const ConnectionError&) {
    return std::nullopt;  // not an EC2 instance
  }
}

}  // namespace ddblog::aws
