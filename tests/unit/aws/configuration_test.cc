// Endpoints, regions and credentials are found where the AWS CLI finds them, and in its order.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include "aws/credentials/credentials.h"
#include "aws/credentials/profile_files.h"
#include "aws/endpoint.h"
#include "aws/http/ca_file.h"
#include "aws/http/http_client.h"
#include "aws/partition.h"
#include "unit/aws/scripted_server.h"

namespace ddblog::aws {
namespace {

Environment environmentOf(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

constexpr char kConfig[] = R"(
# a comment
[default]
region = eu-west-1   ; why
endpoint_url = http://profile:1

[profile work]
region=eu-central-1
services = local
credential_process = printf '{"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "Q", "SessionToken": "R"}'

[services local]
dynamodb =
  endpoint_url = http://services:2
eventbridge =
  endpoint_url = http://services:3
)";

constexpr char kCredentials[] = R"(
[default]
aws_access_key_id = AKID
aws_secret_access_key = se#cret
aws_session_token = token
)";

std::string urlOf(const Service& service, const Environment& environment, const ProfileFiles& profiles = {},
                  const std::string& explicit_url = {}) {
  return findEndpoint(service, explicit_url, "us-east-1", environment, profiles).url();
}

TEST(FindingTheEndpoint, GoesFromTheExplicitToTheGeneral) {
  const ProfileFiles work = ProfileFiles::parse(kConfig, "", "work");
  const ProfileFiles plain = ProfileFiles::parse(kConfig, "", "default");
  const auto none = environmentOf({});
  EXPECT_EQ(urlOf(kDynamoDb, none), "https://dynamodb.us-east-1.amazonaws.com");
  EXPECT_EQ(urlOf(kDynamoDbStreams, none), "https://streams.dynamodb.us-east-1.amazonaws.com");
  EXPECT_EQ(urlOf(kEventBridge, none), "https://events.us-east-1.amazonaws.com");
  EXPECT_EQ(urlOf(kDynamoDb, none, plain), "http://profile:1");
  EXPECT_EQ(urlOf(kDynamoDb, none, work), "http://services:2");
  EXPECT_EQ(urlOf(kEventBridge, none, work), "http://services:3");
  const auto global = environmentOf({{"AWS_ENDPOINT_URL", "http://global:4"}});
  EXPECT_EQ(urlOf(kDynamoDb, global, work), "http://global:4");
  const auto both =
      environmentOf({{"AWS_ENDPOINT_URL", "http://global:4"}, {"AWS_ENDPOINT_URL_DYNAMODB", "http://own:5"}});
  EXPECT_EQ(urlOf(kDynamoDb, both, work), "http://own:5");
  EXPECT_EQ(urlOf(kEventBridge, both, work), "http://global:4");
  EXPECT_EQ(urlOf(kDynamoDb, both, work, "http://explicit:6/base/"), "http://explicit:6/base");
}

TEST(FindingTheEndpoint, ConfiguredOnesCanBeIgnoredButNotTheExplicitOne) {
  const auto ignoring =
      environmentOf({{"AWS_ENDPOINT_URL", "http://global:4"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}});
  EXPECT_EQ(urlOf(kDynamoDb, ignoring), "https://dynamodb.us-east-1.amazonaws.com");
  EXPECT_EQ(urlOf(kDynamoDb, ignoring, {}, "http://explicit:6"), "http://explicit:6");
}

TEST(FindingTheEndpoint, DependsOnTheRegionsPartition) {
  const auto host = [](const std::string& region) {
    return findEndpoint(kCloudFormation, "", region, environmentOf({}), {}).host;
  };
  EXPECT_EQ(host("eu-north-1"), "cloudformation.eu-north-1.amazonaws.com");
  EXPECT_EQ(host("us-gov-west-1"), "cloudformation.us-gov-west-1.amazonaws.com");
  EXPECT_EQ(host("cn-north-1"), "cloudformation.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(host("eusc-de-east-1"), "cloudformation.eusc-de-east-1.amazonaws.eu");
  EXPECT_EQ(host("us-isob-east-1"), "cloudformation.us-isob-east-1.sc2s.sgov.gov");
  EXPECT_EQ(partitionOf("us-isob-east-1").name, "aws-iso-b");
  EXPECT_EQ(partitionOf("us-iso-east-1").name, "aws-iso");
}

TEST(FindingTheRegion, GoesFromTheExplicitToTheProfile) {
  const ProfileFiles plain = ProfileFiles::parse(kConfig, "", "");
  const auto region = [&](const std::string& explicit_region, std::map<std::string, std::string> variables) {
    return findEndpoint(kDynamoDb, "http://x", explicit_region, environmentOf(std::move(variables)), plain).region;
  };
  EXPECT_EQ(region("", {}), "eu-west-1");
  EXPECT_EQ(region("", {{"AWS_DEFAULT_REGION", "ap-south-1"}}), "ap-south-1");
  EXPECT_EQ(region("", {{"AWS_DEFAULT_REGION", "ap-south-1"}, {"AWS_REGION", "sa-east-1"}}), "sa-east-1");
  EXPECT_EQ(region("us-west-2", {{"AWS_REGION", "sa-east-1"}}), "us-west-2");
}

TEST(FindingTheRegion, IsNeededOnlyBeyondThisMachine) {
  const auto none = environmentOf({});
  EXPECT_EQ(findEndpoint(kDynamoDb, "http://localhost:8000", "", none, {}).region, "us-east-1");
  EXPECT_THROW(findEndpoint(kDynamoDb, "http://example.com", "", none, {}), std::runtime_error);
  EXPECT_THROW(findEndpoint(kDynamoDb, "", "", none, {}), std::runtime_error);
  EXPECT_THROW(findEndpoint(kDynamoDb, "", "evil.com/", none, {}), std::invalid_argument);
}

TEST(Endpoints, AreTakenApart) {
  const Endpoint plain = parseEndpoint("http://localhost:8000/");
  EXPECT_EQ(plain.hostHeader(), "localhost:8000");
  EXPECT_EQ(plain.base_path, "");
  EXPECT_TRUE(plain.isLoopback());
  EXPECT_EQ(parseEndpoint("https://Example.com").hostHeader(), "Example.com");
  EXPECT_EQ(parseEndpoint("http://[::1]:80").url(), "http://[::1]");
  EXPECT_TRUE(parseEndpoint("http://[::1]:80").isLoopback());
  for (const char* bad : {"", "localhost:8000", "ftp://x", "http://", "http://x:0", "http://x:65536", "http://x:y",
                          "http://a@b", "http://[::1", "http://x?y", "http://x/ y"}) {
    EXPECT_THROW(parseEndpoint(bad), std::invalid_argument) << bad;
  }
}

TEST(LoopbackHosts, AreThoseThatCanOnlyBeThisMachine) {
  for (const char* host : {"localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.8.7", "::1"}) {
    EXPECT_TRUE(isLoopbackHost(host)) << host;
  }
  for (const char* host : {"", "localhost.com", "127.0.0.1.evil.com", "127.1", "128.0.0.1", "127.0.0.256",
                           "notlocalhost", "127.0.0.", "127.0.0.1."}) {
    EXPECT_FALSE(isLoopbackHost(host)) << host;
  }
}

TEST(ProfileFilesOfTheCli, KeepCharactersThatOnlyLookLikeComments) {
  const ProfileFiles files = ProfileFiles::parse(kConfig, kCredentials, "");
  EXPECT_EQ(files.fromCredentials("aws_secret_access_key"), "se#cret");
  EXPECT_EQ(files.fromConfig("region"), "eu-west-1");
  EXPECT_EQ(files.fromConfig("nothing"), std::nullopt);
}

TEST(ProfileFilesOfTheCli, AreFoundThroughTheEnvironment) {
  const std::string path = testing::TempDir() + "aws_config_test";
  std::ofstream(path) << "[profile one]\nregion = eu-north-1\n";
  const auto environment = environmentOf({{"AWS_CONFIG_FILE", path}, {"AWS_PROFILE", "one"}, {"HOME", "/nowhere"}});
  EXPECT_EQ(ProfileFiles::load(environment).fromConfig("region"), "eu-north-1");
  EXPECT_THROW(ProfileFiles::load(environment, "two"), std::runtime_error);
  EXPECT_EQ(ProfileFiles::load(environmentOf({{"HOME", "/nowhere"}})).profile(), "default");
  std::remove(path.c_str());
}

TEST(FindingTheCaFile, GoesFromTheExplicitToTheUsual) {
  const ProfileFiles plain = ProfileFiles::parse("[default]\nregion = eu-west-1\n", "", "");
  const ProfileFiles with_bundle = ProfileFiles::parse("[default]\nca_bundle = /profile.pem\n", "", "");
  const std::string usual = testing::TempDir() + "usual_ca_file.pem";
  std::ofstream(usual) << "x";
  const auto find = [&](const ProfileFiles& profiles, std::map<std::string, std::string> variables) {
    const CaFile file =
        findCaFile(environmentOf(std::move(variables)), profiles, {"/no/such/file", usual, "/dev/null"});
    return file.named_by + ' ' + file.path;
  };
  const std::map<std::string, std::string> both = {{"AWS_CA_BUNDLE", "/own.pem"}, {"SSL_CERT_FILE", "/system.pem"}};
  EXPECT_EQ(find(with_bundle, both), "AWS_CA_BUNDLE /own.pem");
  EXPECT_EQ(find(with_bundle, {{"SSL_CERT_FILE", "/system.pem"}}), "the profile's ca_bundle /profile.pem");
  EXPECT_EQ(find(plain, {{"SSL_CERT_FILE", "/system.pem"}}), "SSL_CERT_FILE /system.pem");
  EXPECT_EQ(find(plain, {}), ' ' + usual);
  EXPECT_EQ(findCaFile(environmentOf({}), plain, {"/no/such/file"}).path, "");
  std::remove(usual.c_str());
}

class FindingCredentials : public testing::Test {
 protected:
  Credentials get(std::map<std::string, std::string> variables, const std::string& profile = {},
                  bool loopback_endpoint = false) {
    variables.try_emplace("AWS_EC2_METADATA_DISABLED", "true");
    CredentialsChain chain(environmentOf(std::move(variables)),
                           ProfileFiles::parse(kConfig, kCredentials, profile.empty() ? "empty" : profile),
                           !profile.empty(), http_, clock_);
    return chain.get(loopback_endpoint);
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  HttpClient http_;
};

TEST_F(FindingCredentials, TheEnvironmentComesFirst) {
  const Credentials found =
      get({{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "B"}, {"AWS_SESSION_TOKEN", "C"}});
  EXPECT_EQ(found.access_key_id, "A");
  EXPECT_EQ(found.secret_access_key, "B");
  EXPECT_EQ(found.session_token, "C");
  EXPECT_THROW(get({{"AWS_ACCESS_KEY_ID", "A"}}), CredentialsError);
}

TEST_F(FindingCredentials, AProfileThatWasAskedForComesBeforeTheEnvironment) {
  const Credentials found = get({{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "B"}}, "default");
  EXPECT_EQ(found.access_key_id, "AKID");
  EXPECT_EQ(found.session_token, "token");
}

TEST_F(FindingCredentials, AProcessMayKnowThem) {
  const Credentials found = get({}, "work");
  EXPECT_EQ(found.access_key_id, "P");
  EXPECT_EQ(found.session_token, "R");
}

TEST_F(FindingCredentials, AContainerIsAskedWithItsToken) {
  ScriptedServer container({{200, R"({"AccessKeyId":"K","SecretAccessKey":"S","Token":"T",
                                      "Expiration":"2030-01-01T00:00:00Z"})"}});
  const Credentials found = get({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.url() + "/creds"},
                                 {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic abc"}});
  EXPECT_EQ(found.access_key_id, "K");
  EXPECT_EQ(found.session_token, "T");
  EXPECT_TRUE(found.expires.has_value());
  EXPECT_NE(container.requests().at(0).find("Authorization: Basic abc"), std::string::npos);
  EXPECT_THROW(get({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/creds"}}), CredentialsError);
}

TEST_F(FindingCredentials, TheAddressOfAContainerMustBeOne) {
  for (const char* address : {"", "creds", "ftp://localhost/creds", "http://", "http://localhost:x/creds"}) {
    EXPECT_THROW(get({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", address}}), CredentialsError) << address;
  }
  EXPECT_THROW(get({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ":x/creds"}}), CredentialsError);
  EXPECT_THROW(get({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "nowhere"}}), CredentialsError);
}

TEST_F(FindingCredentials, AnInstanceIsAskedWithASessionOfItsMetadata) {
  ScriptedServer imds({{200, "session"}, {200, "role-name"}, {200, R"({"AccessKeyId":"K","SecretAccessKey":"S"})"}});
  const Credentials found =
      get({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()}, {"AWS_EC2_METADATA_DISABLED", "false"}});
  EXPECT_EQ(found.access_key_id, "K");
  EXPECT_EQ(imds.requests().at(0).substr(0, 21), "PUT /latest/api/token");
  EXPECT_NE(imds.requests().at(2).find("/security-credentials/role-name"), std::string::npos);
  EXPECT_NE(imds.requests().at(2).find("x-aws-ec2-metadata-token: session"), std::string::npos);
}

TEST_F(FindingCredentials, NoneAreNeededOnThisMachine) {
  EXPECT_TRUE(get({}, {}, true).dummy);
  EXPECT_THROW(get({}, {}, false), CredentialsError);
}

TEST_F(FindingCredentials, WhatTheOfflineCloudGivesItsFunctionsNeedsNoSignatureThere) {
  std::map<std::string, std::string> given = {
      {"AWS_ACCESS_KEY_ID", "local"}, {"AWS_SECRET_ACCESS_KEY", "local"}, {"AWS_SESSION_TOKEN", "local"}};
  EXPECT_TRUE(get(given, {}, true).dummy);
  EXPECT_FALSE(get(given, {}, false).dummy);
  given["AWS_SESSION_TOKEN"] = "signed";  // of a cloud with access keys
  EXPECT_FALSE(get(given, {}, true).dummy);
}

TEST_F(FindingCredentials, TheyAreFetchedAnewBeforeTheyExpire) {
  const std::string expires = toIso8601(clock_.now() + std::chrono::hours(1), false);
  const std::string first = R"({"AccessKeyId":"1","SecretAccessKey":"S","Expiration":")" + expires + "\"}";
  ScriptedServer container({{200, first}, {200, R"({"AccessKeyId":"2","SecretAccessKey":"S"})"}});
  CredentialsChain chain(environmentOf({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.url()}}), ProfileFiles(),
                         false, http_, clock_);
  EXPECT_EQ(chain.get(false).access_key_id, "1");
  clock_.move(std::chrono::minutes(54));
  EXPECT_EQ(chain.get(false).access_key_id, "1");
  clock_.move(std::chrono::minutes(2));
  EXPECT_EQ(chain.get(false).access_key_id, "2");
}

TEST_F(FindingCredentials, WhatASourceSaysMustBeCredentials) {
  for (const char* body : {"", "[]", "{}", "no json", R"({"AccessKeyId":"K"})",
                           R"({"AccessKeyId":"K","SecretAccessKey":"S","Expiration":"soon"})"}) {
    ScriptedServer container({{200, body}});
    EXPECT_THROW(get({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.url()}}), CredentialsError) << body;
  }
}

}  // namespace
}  // namespace ddblog::aws
