// Finds credentials as the AWS CLI does, caches them, and refreshes them before they expire.
//
// Sources, in this order:
//   1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (not when a profile was asked for explicitly)
//   2. the profile, and the environment's web identity (profile_credentials.h)
//   3. AWS_CONTAINER_CREDENTIALS_RELATIVE_URI / _FULL_URI (ECS, EKS, and anything that imitates them)
//   4. the instance metadata service (IMDSv2), unless AWS_EC2_METADATA_DISABLED=true
// At a loopback endpoint, sources 3 and 4 are used only if the environment names them, and if no
// source has credentials the result is dummy credentials, because the offline cloud accepts any. What
// the offline cloud gives its functions counts as dummy credentials there, too: signing would take a
// fifth of a handler's instructions.
// Source:
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-quickstart.html (precedence)
//
// Thread safety: get() may be called from any thread; one thread fetches while the others wait.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "aws/credentials/profile_files.h"
#include "aws/credentials/prompt.h"
#include "aws/environment.h"
#include "base/clock.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

class HttpClient;

// The session token of the credentials that the offline cloud gives its functions, which it accepts
// without a signature. If it demands signatures (`--access-key`), it gives them another token.
inline constexpr std::string_view kUnsignedSessionToken = "local";

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;         // empty: none
  std::optional<Timestamp> expires;  // std::nullopt: never
  bool dummy = false;                // no real credentials: requests carry a placeholder signature
};

// There are no credentials, or a source of them failed. what() is one line for the user.
class CredentialsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class CredentialsChain {
 public:
  // `explicit_profile`: the user chose the profile (--profile), so the environment's keys are
  // ignored. `region`: instead of the configured one. `prompt`: asks for one-time passwords; by default
  // on the terminal.
  CredentialsChain(Environment environment, ProfileFiles profiles, bool explicit_profile, HttpClient& http,
                   Clock& clock, std::string region = {}, Prompt prompt = {});

  // Throws CredentialsError.
  Credentials get(bool loopback_endpoint);
  // Fetches them anew before they expire, because a service has rejected them. false: they are the same
  // as before. Throws CredentialsError.
  bool renew(bool loopback_endpoint);

 private:
  Credentials fetch(bool loopback_endpoint) const;
  std::optional<Credentials> find(bool loopback_endpoint) const;
  std::optional<Credentials> fromEnvironment(bool loopback_endpoint) const;

  const Environment environment_;
  const ProfileFiles profiles_;
  const bool explicit_profile_;
  HttpClient& http_;
  Clock& clock_;
  const std::string region_;
  const Prompt prompt_;
  Mutex mutex_;
  std::optional<Credentials> kept_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::aws
