// Credentials that a profile gets from another service: roles, SSO, web identities.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "aws/credentials/credentials.h"
#include "aws/http/http_client.h"
#include "base/files.h"
#include "base/json.h"
#include "unit/aws/scripted_server.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

constexpr const char* kConfig = R"(
[profile base]
aws_access_key_id = BASE
aws_secret_access_key = secret
region = eu-north-1

[profile role]
role_arn = arn:aws:iam::111122223333:role/deployer
source_profile = base
external_id = x1
role_session_name = me
duration_seconds = 900

[profile second]
role_arn = arn:aws:iam::222222222222:role/second
source_profile = role

[profile mfa]
role_arn = arn:aws:iam::111122223333:role/deployer
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/me

[profile own]
role_arn = arn:aws:iam::111122223333:role/deployer
source_profile = own
aws_access_key_id = OWN
aws_secret_access_key = secret

[profile environment]
role_arn = arn:aws:iam::111122223333:role/deployer
credential_source = Environment

[profile circle]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = circle2
[profile circle2]
role_arn = arn:aws:iam::111122223333:role/b
source_profile = circle

[profile nobody]
role_arn = arn:aws:iam::111122223333:role/a

[profile both]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = base
credential_source = Environment

[profile gone]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = nowhere

[profile token]
role_arn = arn:aws:iam::111122223333:role/web
web_identity_token_file = @HOME@/token

[sso-session work]
sso_region = eu-west-1
sso_start_url = https://work.awsapps.com/start

[profile sso]
sso_session = work
sso_account_id = 111122223333
sso_role_name = Developer

[profile older]
sso_region = eu-west-1
sso_start_url = https://work.awsapps.com/start
sso_account_id = 111122223333
sso_role_name = Developer
)";

std::string answerFor(const std::string& action, const std::string& key) {
  return "<" + action + "Response><" + action + "Result><Credentials><AccessKeyId>" + key +
         "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
         "<Expiration>2026-01-01T01:00:00Z</Expiration></Credentials></" +
         action + "Result></" + action + "Response>";
}

class ProfilesOfServices : public testing::Test {
 protected:
  Credentials get(const std::string& profile, std::map<std::string, std::string> variables = {}) {
    variables.try_emplace("AWS_EC2_METADATA_DISABLED", "true");
    variables.try_emplace("HOME", home());
    std::string config = kConfig;
    config.replace(config.find("@HOME@"), 6, home());
    const auto environment = [variables](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
    const auto prompt = [this](const std::string& question) {
      asked_ = question;
      return std::string("123456");
    };
    CredentialsChain chain(environment, ProfileFiles::parse(config, "", profile), true, http_, clock_, "", prompt);
    return chain.get(false);
  }

  std::string errorOf(const std::string& profile, std::map<std::string, std::string> variables = {}) {
    try {
      get(profile, std::move(variables));
    } catch (const CredentialsError& error) {
      return error.what();
    }
    return "no error";
  }

  void writeSsoToken(const std::string& sha1, const std::string& text) {
    fs::create_directories(home() + "/.aws/sso/cache");
    std::ofstream(home() + "/.aws/sso/cache/" + sha1 + ".json") << text;
  }

  std::string home() const { return directory_.path().string(); }

  TemporaryDirectory directory_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};  // 2026-01-01T00:00:00Z
  HttpClient http_;
  std::string asked_;
};

TEST_F(ProfilesOfServices, ARoleIsAssumedByItsSourceProfile) {
  ScriptedServer sts({{200, answerFor("AssumeRole", "ROLE")}});
  const Credentials found = get("role", {{"AWS_ENDPOINT_URL_STS", sts.url()}});
  EXPECT_EQ(found.access_key_id, "ROLE");
  EXPECT_EQ(found.session_token, "t");
  EXPECT_EQ(toIso8601(found.expires.value(), false), "2026-01-01T01:00:00Z");
  const std::string request = sts.requests().at(0);
  EXPECT_THAT(request, HasSubstr("Credential=BASE/20260101/us-east-1/sts/aws4_request"));
  EXPECT_THAT(request,
              testing::EndsWith("Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333"
                                "%3Arole%2Fdeployer&RoleSessionName=me&DurationSeconds=900&ExternalId=x1"));
}

TEST_F(ProfilesOfServices, ARoleMayAssumeAnother) {
  ScriptedServer sts({{200, answerFor("AssumeRole", "FIRST")}, {200, answerFor("AssumeRole", "SECOND")}});
  EXPECT_EQ(get("second", {{"AWS_ENDPOINT_URL_STS", sts.url()}}).access_key_id, "SECOND");
  EXPECT_THAT(sts.requests().at(1), HasSubstr("Credential=FIRST/"));
}

TEST_F(ProfilesOfServices, TheOneTimePasswordIsAskedFor) {
  ScriptedServer sts({{200, answerFor("AssumeRole", "ROLE")}});
  get("mfa", {{"AWS_ENDPOINT_URL_STS", sts.url()}});
  EXPECT_EQ(asked_, "Enter MFA code for arn:aws:iam::111122223333:mfa/me");
  EXPECT_THAT(sts.requests().at(0),
              HasSubstr("SerialNumber=arn%3Aaws%3Aiam%3A%3A111122223333%3Amfa%2Fme&TokenCode=123456"));
}

TEST_F(ProfilesOfServices, TheSourceMayBeTheProfileItselfOrTheEnvironment) {
  ScriptedServer sts({{200, answerFor("AssumeRole", "A")}, {200, answerFor("AssumeRole", "B")}});
  EXPECT_EQ(get("own", {{"AWS_ENDPOINT_URL_STS", sts.url()}}).access_key_id, "A");
  EXPECT_THAT(sts.requests().at(0), HasSubstr("Credential=OWN/"));
  get("environment",
      {{"AWS_ENDPOINT_URL_STS", sts.url()}, {"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
  EXPECT_THAT(sts.requests().at(1), HasSubstr("Credential=ENV/"));
}

TEST_F(ProfilesOfServices, WhatIsWrongWithARoleIsSaid) {
  ScriptedServer sts(
      {{403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"}});
  EXPECT_EQ(errorOf("role", {{"AWS_ENDPOINT_URL_STS", sts.url()}}),
            "The role arn:aws:iam::111122223333:role/deployer cannot be assumed: AccessDenied: no");
  EXPECT_EQ(errorOf("circle"), "The source profiles of circle lead back to circle.");
  EXPECT_EQ(errorOf("nobody"), "The profile nobody has role_arn, but neither source_profile nor credential_source.");
  EXPECT_EQ(errorOf("both"), "The profile both has both source_profile and credential_source: keep one.");
  EXPECT_EQ(errorOf("gone"), "The source_profile of gone is in no file: nowhere");
  EXPECT_EQ(errorOf("environment"), "The credential_source of the profile environment has none: Environment");
}

TEST_F(ProfilesOfServices, AWebIdentityIsShownUnsigned) {
  std::ofstream(home() + "/token") << "JWT";
  ScriptedServer sts({{200, answerFor("AssumeRoleWithWebIdentity", "WEB")}});
  EXPECT_EQ(get("token", {{"AWS_ENDPOINT_URL_STS", sts.url()}}).access_key_id, "WEB");
  EXPECT_THAT(sts.requests().at(0), HasSubstr("&WebIdentityToken=JWT"));
  EXPECT_THAT(sts.requests().at(0), Not(HasSubstr("Authorization")));
  fs::remove(home() + "/token");
  EXPECT_THAT(errorOf("token"), HasSubstr("cannot be read"));
}

TEST_F(ProfilesOfServices, TheTokenOfAnSsoSessionIsChanged) {
  const std::string token = R"({"accessToken": "T", "expiresAt": "2026-01-01T02:00:00Z"})";
  writeSsoToken("e274eeff768c6396088ec6eb091f4bf4d47ab1e0", token);
  writeSsoToken("19aabcacc95f752e6b4e0978c9b2a1691b58f5e0", token);
  const std::string body = R"({"roleCredentials": {"accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t",
                               "expiration": 1767229200000}})";
  ScriptedServer portal({{200, body}, {200, body}});
  const Credentials found = get("sso", {{"AWS_ENDPOINT_URL_SSO", portal.url()}});
  EXPECT_EQ(found.access_key_id, "SSO");
  EXPECT_EQ(toIso8601(found.expires.value(), false), "2026-01-01T01:00:00Z");
  EXPECT_EQ(get("older", {{"AWS_ENDPOINT_URL_SSO", portal.url()}}).access_key_id, "SSO");
  const std::string request = portal.requests().at(0);
  EXPECT_THAT(request, testing::StartsWith("GET /federation/credentials?role_name=Developer&account_id=111122223333 "));
  EXPECT_THAT(request, HasSubstr("x-amz-sso_bearer_token: T\r\n"));
}

TEST_F(ProfilesOfServices, AnSsoSessionThatHasEndedSaysHowToBeginOne) {
  const std::string ended =
      "The SSO session of the profile sso has ended, or has not begun: run `aws sso login --profile sso`.";
  EXPECT_EQ(errorOf("sso"), ended);
  writeSsoToken("e274eeff768c6396088ec6eb091f4bf4d47ab1e0",
                R"({"accessToken": "T", "expiresAt": "2025-12-31T23:00:00Z"})");
  EXPECT_EQ(errorOf("sso"), ended);
  writeSsoToken("e274eeff768c6396088ec6eb091f4bf4d47ab1e0",
                R"({"accessToken": "T", "expiresAt": "2026-01-01T02:00:00Z"})");
  ScriptedServer portal({{401, R"({"message": "Session token not found or invalid"})"}});
  EXPECT_EQ(errorOf("sso", {{"AWS_ENDPOINT_URL_SSO", portal.url()}}), ended);
}

constexpr const char* kRefreshable = R"({"accessToken": "OLD", "expiresAt": "2025-12-31T23:00:00Z", "clientId": "C",
    "clientSecret": "CS", "refreshToken": "R1", "registrationExpiresAt": "2026-02-01T00:00:00Z", "region": "eu-west-1"})";
constexpr const char* kRoleOfSso = R"({"roleCredentials": {"accessKeyId": "SSO", "secretAccessKey": "s",
    "sessionToken": "t", "expiration": 1767229200000}})";

TEST_F(ProfilesOfServices, AnSsoTokenThatHasEndedIsRefreshedAndKept) {
  writeSsoToken("e274eeff768c6396088ec6eb091f4bf4d47ab1e0", kRefreshable);
  ScriptedServer oidc({{200, R"({"accessToken": "NEW", "expiresIn": 3600, "refreshToken": "R2"})"}});
  ScriptedServer portal({{200, kRoleOfSso}, {200, kRoleOfSso}});
  const std::map<std::string, std::string> places = {{"AWS_ENDPOINT_URL_SSO", portal.url()},
                                                     {"AWS_ENDPOINT_URL_SSO_OIDC", oidc.url()}};
  EXPECT_EQ(get("sso", places).access_key_id, "SSO");
  EXPECT_THAT(oidc.requests().at(0), testing::StartsWith("POST /token "));
  EXPECT_THAT(
      oidc.requests().at(0),
      testing::EndsWith(R"({"grantType":"refresh_token","clientId":"C","clientSecret":"CS","refreshToken":"R1"})"));
  EXPECT_THAT(portal.requests().at(0), HasSubstr("x-amz-sso_bearer_token: NEW\r\n"));

  EXPECT_EQ(get("sso", places).access_key_id, "SSO");  // the kept token needs no refresh
  EXPECT_EQ(oidc.requests().size(), 1u);
  const fs::path file = home() + "/.aws/sso/cache/e274eeff768c6396088ec6eb091f4bf4d47ab1e0.json";
  const json::object kept = parseJson(readFile(file, 4096)).as_object();
  EXPECT_EQ(kept.at("accessToken"), "NEW");
  EXPECT_EQ(kept.at("refreshToken"), "R2");
  EXPECT_EQ(kept.at("expiresAt"), "2026-01-01T01:00:00Z");
  EXPECT_EQ(kept.at("clientSecret"), "CS");
  EXPECT_EQ(fs::status(file).permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(ProfilesOfServices, AnSsoTokenThatCannotBeRefreshedHasEnded) {
  const std::string ended =
      "The SSO session of the profile sso has ended, or has not begun: run `aws sso login --profile sso`.";
  writeSsoToken("e274eeff768c6396088ec6eb091f4bf4d47ab1e0", kRefreshable);
  ScriptedServer oidc({{400, R"({"error": "invalid_grant"})"}});
  EXPECT_EQ(errorOf("sso", {{"AWS_ENDPOINT_URL_SSO_OIDC", oidc.url()}}), ended);
  EXPECT_EQ(oidc.requests().size(), 1u);
  std::string registration_over = kRefreshable;
  registration_over.replace(registration_over.find("2026-02-01"), 10, "2025-12-31");
  writeSsoToken("e274eeff768c6396088ec6eb091f4bf4d47ab1e0", registration_over);
  EXPECT_EQ(errorOf("sso", {{"AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:1"}}), ended);
}

TEST_F(ProfilesOfServices, AnSsoTokenThatIsStillGoodIsUsedIfItsRefreshFails) {
  std::string ends_soon = kRefreshable;
  ends_soon.replace(ends_soon.find("2025-12-31T23:00:00Z"), 20, "2026-01-01T00:04:00Z");
  writeSsoToken("e274eeff768c6396088ec6eb091f4bf4d47ab1e0", ends_soon);
  ScriptedServer oidc({{500, "{}"}});
  ScriptedServer portal({{200, kRoleOfSso}});
  get("sso", {{"AWS_ENDPOINT_URL_SSO", portal.url()}, {"AWS_ENDPOINT_URL_SSO_OIDC", oidc.url()}});
  EXPECT_EQ(oidc.requests().size(), 1u);
  EXPECT_THAT(portal.requests().at(0), HasSubstr("x-amz-sso_bearer_token: OLD\r\n"));
}

}  // namespace
}  // namespace ddblog::aws
