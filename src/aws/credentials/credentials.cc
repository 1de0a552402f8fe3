#include "aws/credentials/credentials.h"

#include <utility>

#include "aws/credentials/metadata_credentials.h"
#include "aws/credentials/profile_credentials.h"
#include "aws/http/http_client.h"

namespace ddblog::aws {

namespace {

constexpr std::chrono::minutes kRenewBefore{5};

}  // namespace

CredentialsChain::CredentialsChain(Environment environment, ProfileFiles profiles, bool explicit_profile,
                                   HttpClient& http, Clock& clock, std::string region, Prompt prompt)
    : environment_(std::move(environment)),
      profiles_(std::move(profiles)),
      explicit_profile_(explicit_profile),
      http_(http),
      clock_(clock),
      region_(std::move(region)),
      prompt_(prompt ? std::move(prompt) : terminalPrompt()) {}

Credentials CredentialsChain::get(bool loopback_endpoint) {
  MutexLock lock(mutex_);
  const bool usable = kept_ && (!kept_->expires || clock_.now() + kRenewBefore < *kept_->expires);
  if (usable && (!kept_->dummy || loopback_endpoint)) return *kept_;
  kept_ = fetch(loopback_endpoint);
  return *kept_;
}

bool CredentialsChain::renew(bool loopback_endpoint) {
  MutexLock lock(mutex_);
  const std::optional<Credentials> before = std::exchange(kept_, std::nullopt);
  kept_ = fetch(loopback_endpoint);
  return !before || before->access_key_id != kept_->access_key_id || before->session_token != kept_->session_token;
}

Credentials CredentialsChain::fetch(bool loopback_endpoint) const {
  if (auto found = find(loopback_endpoint)) return *std::move(found);
  if (loopback_endpoint) return Credentials{"local", "local", "", std::nullopt, true};
  throw CredentialsError("Unable to locate credentials. You can configure them by running `aws configure`.");
}

std::optional<Credentials> CredentialsChain::find(bool loopback_endpoint) const {
  if (auto found = fromEnvironment(loopback_endpoint)) return found;
  const ProfileCredentials profile(environment_, profiles_, {http_, clock_, region_, prompt_});
  if (auto found = profile.find(explicit_profile_)) return found;
  if (auto found = containerCredentials(environment_, http_)) return found;
  if (loopback_endpoint && !environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT")) return std::nullopt;
  return instanceCredentials(environment_, http_);
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

}  // namespace ddblog::aws
