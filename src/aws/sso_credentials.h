// The credentials of a role that a person has by IAM Identity Center (SSO). `aws sso login` keeps a
// token in ~/.aws/sso/cache/<SHA-1 of the session's name or start URL>.json:
//
//   {"accessToken": "…", "expiresAt": "2026-11-28T12:00:00Z", …}
//
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
//
// Thread safety: a stateless function.
#pragma once

#include <string>

#include "aws/credentials.h"
#include "aws/environment.h"
#include "aws/profile_files.h"

namespace ddblog::aws {

class HttpClient;

// `profiles`: its profile has sso_session or sso_start_url. Throws CredentialsError; if the session has
// ended, the message names the command that begins a new one.
Credentials ssoCredentials(const ProfileFiles& profiles, const Environment& environment, HttpClient& http,
                           Clock& clock);

}  // namespace ddblog::aws
