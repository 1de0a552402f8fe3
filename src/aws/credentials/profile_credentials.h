// Credentials of a profile. What it may have, in the AWS CLI's order:
//   1. role_arn with source_profile or credential_source: AssumeRole; with mfa_serial, the person at the
//      terminal is asked for the one-time password; external_id, role_session_name, duration_seconds
//   2. role_arn with web_identity_token_file; or the environment's AWS_WEB_IDENTITY_TOKEN_FILE and
//      AWS_ROLE_ARN (not when the profile was asked for explicitly)
//   3. sso_session or sso_start_url: the token that `aws sso login` keeps
//   4. keys in the credentials file
//   5. credential_process
//   6. keys in the config file
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
// The AWS CLI keeps a role's credentials in ~/.aws/cli/cache; here they last as long as the program.
//
// Thread safety: as HttpClient's.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "aws/credentials/credentials.h"
#include "aws/credentials/profile_files.h"
#include "aws/credentials/prompt.h"
#include "aws/credentials/role_credentials.h"
#include "aws/environment.h"

namespace ddblog::aws {

class HttpClient;

class ProfileCredentials {
 public:
  struct Means {
    HttpClient& http;
    Clock& clock;
    std::string region;  // of STS, instead of the configured one
    Prompt prompt;
  };

  // Keeps references to `environment` and `profiles`.
  ProfileCredentials(const Environment& environment, const ProfileFiles& profiles, Means means)
      : environment_(environment), profiles_(profiles), means_(std::move(means)) {}

  // std::nullopt: the profile has none. Throws CredentialsError.
  std::optional<Credentials> find(bool explicit_profile) const;

 private:
  using Visited = std::set<std::string>;  // the profiles that depend on the one that is looked at
  std::optional<Credentials> ofProfile(const ProfileFiles& files, bool explicit_profile, Visited& visited) const;
  Credentials ofRole(const ProfileFiles& files, const std::string& arn, Visited& visited) const;
  Credentials callerOf(const ProfileFiles& files, Visited& visited) const;
  Credentials ofCredentialSource(const ProfileFiles& files, const std::string& source) const;
  Credentials ofWebIdentity(const ProfileFiles& files, Role role, const std::string& token_file) const;
  Endpoint stsOf(const ProfileFiles& files) const;

  const Environment& environment_;
  const ProfileFiles& profiles_;
  const Means means_;
};

}  // namespace ddblog::aws
