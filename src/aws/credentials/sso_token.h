// The token of a session of IAM Identity Center (SSO), which `aws sso login` keeps in
// ~/.aws/sso/cache/<SHA-1 of the session's name or start URL>.json:
//
//   {"accessToken": "…", "expiresAt": "2026-11-28T12:00:00Z",
//    "refreshToken": "…", "clientId": "…", "clientSecret": "…", "registrationExpiresAt": "…", …}
//
// A token of a section [sso-session NAME] is refreshed five minutes before it ends, if the file has the
// members of the second line, and the file gets the new one.
// Source: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
//
// Thread safety: a stateless function. Of two processes that refresh a token at the same time, the later
// one writes the file.
#pragma once

#include <optional>
#include <string>

#include "aws/credentials/profile_files.h"
#include "aws/environment.h"
#include "base/clock.h"

namespace ddblog::aws {

class HttpClient;

struct SsoSession {
  std::string cache_key;      // the session's name, or the start URL
  std::string region;         // of the Identity Center
  bool is_refreshed = false;  // it has a section of its own
};

// std::nullopt: the session has ended, or has not begun.
std::optional<std::string> ssoAccessToken(const SsoSession& session, const ProfileFiles& profiles,
                                          const Environment& environment, HttpClient& http, const Clock& clock);

}  // namespace ddblog::aws
