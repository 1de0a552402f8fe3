// The credentials of a role that a person has by IAM Identity Center (SSO), for the token of the session
// (sso_token.h).
//
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
//
// Thread safety: a stateless function.
#pragma once

#include <string>

#include "aws/credentials/credentials.h"
#include "aws/credentials/profile_files.h"
#include "aws/environment.h"

namespace ddblog::aws {

class HttpClient;

// `profiles`: its profile has sso_session or sso_start_url. Throws CredentialsError; if the session has
// ended, the message names the command that begins a new one.
Credentials ssoCredentials(const ProfileFiles& profiles, const Environment& environment, HttpClient& http,
                           Clock& clock);

}  // namespace ddblog::aws
