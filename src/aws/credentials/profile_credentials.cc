#include "aws/credentials/profile_credentials.h"

#include <sys/wait.h>

#include <cstdio>

#include "aws/credentials/credentials_json.h"
#include "aws/credentials/metadata_credentials.h"
#include "aws/credentials/sso_credentials.h"
#include "aws/http/http_client.h"
#include "aws/limits.h"

namespace ddblog::aws {
namespace {

// A key of the profile in either file.
std::optional<std::string> keyOf(const ProfileFiles& files, const std::string& key) {
  if (auto value = files.fromConfig(key)) return value;
  return files.fromCredentials(key);
}

template <class Look>
std::optional<Credentials> keysBy(const Look& look, const std::string& profile) {
  const auto id = look("aws_access_key_id");
  if (!id) return std::nullopt;
  const auto secret = look("aws_secret_access_key");
  if (!secret) {
    throw CredentialsError("Partial credentials found in the profile " + profile + ", missing: aws_secret_access_key");
  }
  return Credentials{*id, *secret, look("aws_session_token").value_or(""), std::nullopt};
}

// Runs without a time limit, as in the AWS CLI, because the process may ask the user for a one-time
// password.
Credentials processCredentials(const std::string& command) {
  std::FILE* process = ::popen(command.c_str(), "re");
  if (!process) throw CredentialsError("credential_process cannot be started: " + command);
  std::string output(limits::kConfigFileBytes, '\0');
  output.resize(std::fread(output.data(), 1, output.size(), process));
  const int status = ::pclose(process);
  if (status != 0) {
    throw CredentialsError("credential_process failed with status " +
                           std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : status) + ": " + command);
  }
  return credentialsOfJson(output, "SessionToken", "credential_process");
}

// What the files themselves say.
std::optional<Credentials> plainCredentials(const ProfileFiles& files) {
  const auto in_credentials = [&](const char* key) { return files.fromCredentials(key); };
  if (auto found = keysBy(in_credentials, files.profile())) return found;
  if (const auto command = files.fromCredentials("credential_process")) return processCredentials(*command);
  if (const auto command = files.fromConfig("credential_process")) return processCredentials(*command);
  return keysBy([&](const char* key) { return files.fromConfig(key); }, files.profile());
}

}  // namespace

std::optional<Credentials> ProfileCredentials::find(bool explicit_profile) const {
  Visited visited;
  return ofProfile(profiles_, explicit_profile, visited);
}

std::optional<Credentials> ProfileCredentials::ofProfile(const ProfileFiles& files, bool explicit_profile,
                                                         Visited& visited) const {
  if (!visited.insert(files.profile()).second) {
    throw CredentialsError("The source profiles of " + profiles_.profile() + " lead back to " + files.profile() + ".");
  }
  if (const auto arn = keyOf(files, "role_arn")) return ofRole(files, *arn, visited);
  const auto token_file = environment_("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (token_file && !explicit_profile) {
    Role role{.arn = environment_("AWS_ROLE_ARN").value_or("")};
    if (role.arn.empty()) throw CredentialsError("AWS_WEB_IDENTITY_TOKEN_FILE is set, but not AWS_ROLE_ARN.");
    role.session_name = environment_("AWS_ROLE_SESSION_NAME").value_or("");
    return ofWebIdentity(files, role, *token_file);
  }
  if (files.fromConfig("sso_session") || files.fromConfig("sso_start_url")) {
    return ssoCredentials(files, environment_, means_.http, means_.clock);
  }
  return plainCredentials(files);
}

Credentials ProfileCredentials::ofRole(const ProfileFiles& files, const std::string& arn, Visited& visited) const {
  Role role{.arn = arn,
            .session_name = keyOf(files, "role_session_name").value_or(""),
            .duration = keyOf(files, "duration_seconds").value_or(""),
            .external_id = keyOf(files, "external_id").value_or(""),
            .mfa_serial = keyOf(files, "mfa_serial").value_or(""),
            .mfa_code = {}};
  if (const auto token_file = keyOf(files, "web_identity_token_file")) return ofWebIdentity(files, role, *token_file);
  const Credentials caller = callerOf(files, visited);
  if (!role.mfa_serial.empty()) role.mfa_code = means_.prompt("Enter MFA code for " + role.mfa_serial);
  return assumeRole(role, stsOf(files), caller, means_.http, means_.clock);
}

Credentials ProfileCredentials::callerOf(const ProfileFiles& files, Visited& visited) const {
  const auto source_profile = keyOf(files, "source_profile");
  const auto source = keyOf(files, "credential_source");
  const std::string& name = files.profile();
  if (source_profile && source) {
    throw CredentialsError("The profile " + name + " has both source_profile and credential_source: keep one.");
  }
  if (source) return ofCredentialSource(files, *source);
  if (!source_profile) {
    throw CredentialsError("The profile " + name + " has role_arn, but neither source_profile nor credential_source.");
  }
  const ProfileFiles other = files.of(*source_profile);
  if (!other.hasProfile()) {
    throw CredentialsError("The source_profile of " + name + " is in no file: " + *source_profile);
  }
  auto found = *source_profile == name ? plainCredentials(files) : ofProfile(other, true, visited);
  if (!found) throw CredentialsError("The source_profile of " + name + " has no credentials: " + *source_profile);
  return *std::move(found);
}

Credentials ProfileCredentials::ofCredentialSource(const ProfileFiles& files, const std::string& source) const {
  std::optional<Credentials> found;
  if (source == "Environment") {
    const auto id = environment_("AWS_ACCESS_KEY_ID");
    const auto secret = environment_("AWS_SECRET_ACCESS_KEY");
    if (id && secret) found = Credentials{*id, *secret, environment_("AWS_SESSION_TOKEN").value_or(""), std::nullopt};
  } else if (source == "EcsContainer") {
    found = containerCredentials(environment_, means_.http);
  } else if (source == "Ec2InstanceMetadata") {
    found = instanceCredentials(environment_, means_.http);
  } else {
    throw CredentialsError("The credential_source of the profile " + files.profile() +
                           " must be Environment, EcsContainer or Ec2InstanceMetadata, not " + source + ".");
  }
  if (!found) {
    throw CredentialsError("The credential_source of the profile " + files.profile() + " has none: " + source);
  }
  return *std::move(found);
}

Credentials ProfileCredentials::ofWebIdentity(const ProfileFiles& files, Role role,
                                              const std::string& token_file) const {
  return assumeRoleWithWebIdentity(role, token_file, stsOf(files), means_.http, means_.clock);
}

Endpoint ProfileCredentials::stsOf(const ProfileFiles& files) const {
  const auto configured = [&](const std::string& region) {
    return findEndpoint(kSts, {}, region, environment_, files);
  };
  try {
    return configured(means_.region);
  } catch (const std::runtime_error&) {
    return configured("us-east-1");  // credentials of STS are valid in every region
  }
}

}  // namespace ddblog::aws
