#include "aws/credentials.h"

#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "aws/endpoint.h"
#include "aws/http_client.h"
#include "aws/limits.h"
#include "base/json.h"

namespace ddblog::aws {

namespace {

constexpr std::chrono::minutes kRenewBefore{5};

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Reads the JSON of credential_process, containers and IMDS, which differ only in the token's name.
Credentials fromJson(std::string_view body, std::string_view token_name, const std::string& source) {
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

CredentialsChain::CredentialsChain(Environment environment, ProfileFiles profiles, bool explicit_profile,
                                   HttpClient& http, Clock& clock)
    : environment_(std::move(environment)),
      profiles_(std::move(profiles)),
      explicit_profile_(explicit_profile),
      http_(http),
      clock_(clock) {}

Credentials CredentialsChain::get(bool loopback_endpoint) {
  MutexLock lock(mutex_);
  const bool usable = kept_ && (!kept_->expires || clock_.now() + kRenewBefore < *kept_->expires);
  if (usable && (!kept_->dummy || loopback_endpoint)) return *kept_;
  auto found = find(loopback_endpoint);
  if (!found && loopback_endpoint) found = Credentials{"local", "local", "", std::nullopt, true};
  if (!found)
    throw CredentialsError("Unable to locate credentials. You can configure them by running `aws configure`.");
  kept_ = std::move(found);
  return *kept_;
}

std::optional<Credentials> CredentialsChain::find(bool loopback_endpoint) {
  if (auto found = fromEnvironment(loopback_endpoint)) return found;
  if (auto found = fromProfile()) return found;
  if (auto found = fromContainer()) return found;
  if (loopback_endpoint && !environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT")) return std::nullopt;
  return fromInstanceMetadata();
}

std::optional<Credentials> CredentialsChain::fromEnvironment(bool loopback_endpoint) const {
  if (explicit_profile_) return std::nullopt;
  const auto id = environment_("AWS_ACCESS_KEY_ID");
  if (!id) return std::nullopt;
  const auto secret = environment_("AWS_SECRET_ACCESS_KEY");
  if (!secret) throw CredentialsError("Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY");
  const std::string token = environment_("AWS_SESSION_TOKEN").value_or("");
  return Credentials{*id, *secret, token, std::nullopt, loopback_endpoint && token == kUnsignedSessionToken};
}

std::optional<Credentials> CredentialsChain::fromProfile() const {
  // Within a profile the order is the AWS CLI's: a role before keys, keys of the credentials file
  // before a process, and keys of the config file last.
  for (const std::string key : {"role_arn", "sso_session", "sso_start_url"}) {
    if (profiles_.fromConfig(key) || profiles_.fromCredentials(key)) {
      throw CredentialsError("The profile " + profiles_.profile() + " gets its credentials by " + key +
                             ", which needs the AWS CLI: eval \"$(aws configure export-credentials --profile " +
                             profiles_.profile() + " --format env)\"");
    }
  }
  const auto keys = [this](auto look) -> std::optional<Credentials> {
    const auto id = look("aws_access_key_id");
    if (!id) return std::nullopt;
    const auto secret = look("aws_secret_access_key");
    if (!secret) {
      throw CredentialsError("Partial credentials found in the profile " + profiles_.profile() +
                             ", missing: aws_secret_access_key");
    }
    return Credentials{*id, *secret, look("aws_session_token").value_or(""), std::nullopt};
  };
  if (auto found = keys([this](const char* key) { return profiles_.fromCredentials(key); })) return found;
  if (const auto command = profiles_.fromCredentials("credential_process")) return fromProcess(*command);
  if (const auto command = profiles_.fromConfig("credential_process")) return fromProcess(*command);
  return keys([this](const char* key) { return profiles_.fromConfig(key); });
}

// Runs without a time limit, as in the AWS CLI, because the process may ask the user for a one-time
// password.
std::optional<Credentials> CredentialsChain::fromProcess(const std::string& command) const {
  std::FILE* process = ::popen(command.c_str(), "re");
  if (!process) throw CredentialsError("credential_process cannot be started: " + command);
  std::string output(limits::kConfigFileBytes, '\0');
  output.resize(std::fread(output.data(), 1, output.size(), process));
  const int status = ::pclose(process);
  if (status != 0) {
    throw CredentialsError("credential_process failed with status " +
                           std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : status) + ": " + command);
  }
  return fromJson(output, "SessionToken", "credential_process");
}

std::optional<Credentials> CredentialsChain::fromContainer() const {
  std::string url;
  if (const auto path = environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    url = "http://169.254.170.2" + *path;
  } else if (const auto full = environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
    url = *full;
    if (!isContainerHost(url)) {
      throw CredentialsError("AWS_CONTAINER_CREDENTIALS_FULL_URI may not name this host without https: " + url);
    }
  } else {
    return std::nullopt;
  }
  HttpRequest request = metadataRequest("GET", url);
  std::string token = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  if (const auto file = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    std::ifstream in(*file, std::ios::binary);
    token.assign(std::istreambuf_iterator<char>(in), {});
    while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  }
  if (token.find_first_of("\r\n") != std::string::npos) throw CredentialsError("The container's token has line breaks");
  if (!token.empty()) request.headers.emplace_back("Authorization", token);
  try {
    const HttpResponse response = http_.send(request);
    if (response.status != 200)
      throw CredentialsError(url + " answered with status " + std::to_string(response.status));
    return fromJson(response.body, "Token", url);
  } catch (const ConnectionError& error) {
    throw CredentialsError(error.what());
  }
}

std::optional<Credentials> CredentialsChain::fromInstanceMetadata() const {
  if (const auto disabled = environment_("AWS_EC2_METADATA_DISABLED"); disabled == "true") return std::nullopt;
  std::string base = environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254");
  while (base.ends_with('/')) base.pop_back();
  try {
    HttpRequest asking = metadataRequest("PUT", base + "/latest/api/token");
    asking.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", "21600");
    const HttpResponse token = http_.send(asking);
    if (token.status != 200) return std::nullopt;
    const auto get = [&](const std::string& path) {
      HttpRequest request = metadataRequest("GET", base + path);
      request.headers.emplace_back("x-aws-ec2-metadata-token", token.body);
      return http_.send(request);
    };
    const std::string roles = "/latest/meta-data/iam/security-credentials/";
    const HttpResponse role = get(roles);
    if (role.status != 200 || role.body.empty()) return std::nullopt;
    const HttpResponse response = get(roles + role.body.substr(0, role.body.find('\n')));
    if (response.status != 200) return std::nullopt;
    return fromJson(response.body, "Token", "the instance metadata service");
  } catch (const ConnectionError&) {
    return std::nullopt;  // not an EC2 instance
  }
}

}  // namespace ddblog::aws
