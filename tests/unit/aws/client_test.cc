// A client's calls: what goes over the wire, what comes back, what is tried again and what is not.
#include "aws/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/limits.h"
#include "aws/sigv4.h"
#include "base/digests.h"
#include "unit/aws/scripted_server.h"

namespace ddblog::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

class Calling : public testing::Test {
 protected:
  Session& sessionAt(const std::string& url, int attempts = 3) {
    ClientOptions options;
    options.endpoint_url = url;
    options.attempts = attempts;
    const auto environment = [this](const std::string& name) -> std::optional<std::string> {
      if (!with_keys_) return std::nullopt;
      if (name == "AWS_ACCESS_KEY_ID") return "AKIDEXAMPLE";
      if (name == "AWS_SECRET_ACCESS_KEY") return "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
      if (name == "AWS_SESSION_TOKEN") return "token";
      return std::nullopt;
    };
    session_ = std::make_unique<Session>(options, clock_, ids_, environment,
                                         [this](Duration delay) { delays_.push_back(delay); });
    return *session_;
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  bool with_keys_ = false;
  std::vector<Duration> delays_;
  std::unique_ptr<Session> session_;
};

TEST_F(Calling, SendsAnOperationAndReturnsItsAnswer) {
  ScriptedServer server({{200, R"({"Item":{}})"}, {200, "{}"}});
  const Client client(sessionAt(server.url()), kDynamoDb);
  EXPECT_EQ(client.call("GetItem", R"({"TableName":"t"})"), R"({"Item":{}})");
  EXPECT_EQ(client.call("GetItem", "{}"), "{}");
  const std::string request = server.requests().at(0);
  EXPECT_THAT(request, testing::StartsWith("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("X-Amz-Target: DynamoDB_20120810.GetItem\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/x-amz-json-1.0\r\n"));
  EXPECT_THAT(request, HasSubstr("Credential=local/20260101/us-east-1/dynamodb/aws4_request"));
  EXPECT_THAT(request, testing::EndsWith("\r\n\r\n{\"TableName\":\"t\"}"));
  EXPECT_THAT(request, Not(HasSubstr("Expect:")));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Calling, SignsWithTheCredentialsThatThereAre) {
  with_keys_ = true;
  ScriptedServer server({{200, "{}"}});
  const Client client(sessionAt(server.url()), kEventBridge);
  client.call("PutEvents", "{}");
  const std::string request = server.requests().at(0);
  EXPECT_THAT(request, HasSubstr("X-Amz-Security-Token: token\r\n"));
  const std::string host = server.url().substr(7);
  const Scope scope{"20260101", "us-east-1", "events"};
  const Canonical canonical = canonicalise({"POST",
                                            "/",
                                            "",
                                            {{"content-type", "application/x-amz-json-1.1"},
                                             {"host", host},
                                             {"x-amz-date", "20260101T000000Z"},
                                             {"x-amz-security-token", "token"},
                                             {"x-amz-target", "AWSEvents.PutEvents"}},
                                            sha256Hex("{}"),
                                            PathForm::kNormalised});
  const std::string expected = signature(SigningKeys().key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", scope),
                                         stringToSign("20260101T000000Z", scope, canonical.request));
  EXPECT_THAT(request, HasSubstr("SignedHeaders=" + canonical.signed_headers + ", Signature=" + expected + "\r\n"));
}

TEST_F(Calling, TurnsARefusalIntoAnException) {
  const std::string body =
      R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"})";
  ScriptedServer server({{400, body, "x-amzn-RequestId: ABC\r\n"}});
  const Client client(sessionAt(server.url()), kDynamoDb);
  try {
    client.call("PutItem", "{}");
    FAIL();
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.type(), "ConditionalCheckFailedException");
    EXPECT_EQ(error.message(), "The conditional request failed");
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.requestId(), "ABC");
    EXPECT_EQ(error.body(), body);
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_STREQ(error.what(), "ConditionalCheckFailedException: The conditional request failed");
  }
  EXPECT_TRUE(delays_.empty());
}

TEST_F(Calling, UnderstandsRefusalsOfEveryProtocol) {
  ScriptedServer server(
      {{404, R"({"Type":"User","Message":"Function not found"})",
        "x-amzn-ErrorType: ResourceNotFoundException:http://internal\r\n"},
       {400,
        "<ErrorResponse><Error><Code>ValidationError</Code><Message>No updates, &apos;x&apos;</Message></Error>"
        "</ErrorResponse>"},
       {413, ""},
       {400, "no json"}});
  const Client client(sessionAt(server.url(), 1), kLambda);
  const auto refused = [&]() -> std::string {
    try {
      client.send({.path = "/2015-03-31/functions/users", .query = {{"Qualifier", "$LATEST"}}});
    } catch (const ServiceError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refused(), "ResourceNotFoundException: Function not found");
  EXPECT_EQ(refused(), "ValidationError: No updates, 'x'");
  EXPECT_EQ(refused(), "HTTP 413");
  EXPECT_EQ(refused(), "HTTP 400: no json");
  EXPECT_THAT(server.requests().at(0), testing::StartsWith("GET /2015-03-31/functions/users?Qualifier=%24LATEST "));
}

TEST_F(Calling, TriesAgainAfterThrottlingAndServerErrors) {
  ScriptedServer server({{400, R"({"__type":"ProvisionedThroughputExceededException"})"}, {503, ""}, {200, "{}"}});
  const Client client(sessionAt(server.url()), kDynamoDb);
  EXPECT_EQ(client.call("PutItem", "{}"), "{}");
  ASSERT_EQ(delays_.size(), 2u);
  EXPECT_LE(delays_[0], limits::kClientThrottleDelay);
  EXPECT_LE(delays_[1], limits::kClientDelay * 2);
}

TEST_F(Calling, TriesAgainAfterALostConnectionAndSaysSo) {
  ScriptedServer server({{0, ""}, {400, R"({"__type":"ConditionalCheckFailedException"})"}});
  const Client client(sessionAt(server.url()), kDynamoDb);
  try {
    client.call("PutItem", "{}");
    FAIL();
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.attempts(), 2);
  }
}

TEST_F(Calling, GivesUpAfterTheAttemptsItHas) {
  ScriptedServer server({{500, ""}, {500, ""}, {500, R"({"__type":"InternalServerError","message":"no"})"}});
  const Client client(sessionAt(server.url()), kDynamoDb);
  EXPECT_THROW(client.call("PutItem", "{}"), ServiceError);
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(delays_.size(), 2u);
}

TEST_F(Calling, SaysWhereNobodyListens) {
  std::string url;
  {
    ScriptedServer gone({});
    url = gone.url();
  }
  const Client client(sessionAt(url), kDynamoDb);
  try {
    client.call("PutItem", "{}");
    FAIL();
  } catch (const ConnectionError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Could not connect to the endpoint URL \"" + url));
  }
  EXPECT_EQ(delays_.size(), 2u);
}

TEST_F(Calling, DelaysGrowAndHaveAnEnd) {
  Session& session = sessionAt("http://localhost:1");
  Duration longest{0};
  for (int i = 0; i < 2000; ++i) session.waitBeforeAttempt(30, true);
  for (const Duration delay : delays_) longest = std::max(longest, delay);
  EXPECT_LE(longest, limits::kClientDelayMost);
  EXPECT_GT(longest, limits::kClientDelayMost / 2);
}

TEST_F(Calling, CountsARequestThatWasSentAgainOverANewConnection) {
  const std::string failed = R"({"__type":"ConditionalCheckFailedException"})";
  ScriptedServer server({{200, "{}"}, {0, ""}, {400, failed}});
  const Client client(sessionAt(server.url(), 1), kDynamoDb);
  client.call("PutItem", "{}");
  try {
    client.call("PutItem", "{}");
    FAIL();
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.attempts(), 2);
  }
  EXPECT_TRUE(delays_.empty());
}

}  // namespace
}  // namespace ddblog::aws
