// With keys configured, only signed requests are served, and AWS's refusals tell why.
#include <gmock/gmock.h>

#include "aws/client.h"
#include "aws/sigv4.h"
#include "unit/server/test_services.h"

#include "base/digests.h"

namespace ddblog::server {
namespace {

using testing::HasSubstr;

class SignedRequests : public RunningServer {
 protected:
  SignedRequests() {
    options_.access_keys = {{"AKID", "secret"}, {"OTHER", "other secret"}};
    start();
  }

  struct Signing {
    std::string id = "AKID";
    std::string secret = "secret";
    std::string date = "20260101T000000Z";
    std::string scope_date = "20260101";
    std::string region = "us-east-1";
    std::string service = "dynamodb";
    std::string terminator = "aws4_request";
    std::string signed_body = "{}";
    std::string headers = "host;x-amz-date;x-amz-target";
    std::string algorithm = "AWS4-HMAC-SHA256";
    std::string more_headers = {};  // sent; not signed
  };

  RawAnswer askSigned(const Signing& with) {
    std::vector<aws::Header> headers = {{"x-amz-date", with.date}, {"x-amz-target", "DynamoDB_20120810.Echo"}};
    if (with.headers.starts_with("host")) headers.emplace_back("host", "localhost");
    const aws::Scope scope{with.scope_date, with.region, with.service};
    const aws::Canonical canonical =
        aws::canonicalise({"POST", "/", "", headers, sha256Hex(with.signed_body), aws::PathForm::kNormalised});
    const std::string signature = aws::signature(aws::SigningKeys().key(with.secret, scope),
                                                 aws::stringToSign(with.date, scope, canonical.request));
    return ask("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.Echo\r\nX-Amz-Date: " +
               with.date + "\r\n" + with.more_headers +
               "Content-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\nAuthorization: " + with.algorithm +
               " Credential=" + with.id + '/' + with.scope_date + '/' + with.region + '/' + with.service + '/' +
               with.terminator + ", SignedHeaders=" + with.headers + ", Signature=" + signature + "\r\n\r\n{}");
  }
};

TEST_F(SignedRequests, AreServed) {
  EXPECT_EQ(askSigned({}).status, 200);
  Signing other;
  other.id = "OTHER";
  other.secret = "other secret";
  EXPECT_EQ(askSigned(other).status, 200);
}

TEST_F(SignedRequests, OfOurOwnClientAreServed) {
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "AWS_ACCESS_KEY_ID") return "AKID";
    if (name == "AWS_SECRET_ACCESS_KEY") return "secret";
    return std::nullopt;
  };
  aws::ClientOptions options;
  options.endpoint_url = "http://127.0.0.1:" + std::to_string(port_);
  aws::Session session(options, clock_, ids_, environment);
  EXPECT_EQ(aws::Client(session, aws::kDynamoDb).call("Echo", R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(aws::Client(session, aws::kEventBridge).call("Echo", "{}"), "{}");
  aws::Client::RestRequest invoke;
  invoke.method = "POST";
  invoke.path = "/2015-03-31/functions/arn%3Aaws/invocations";
  invoke.query = {{"Qualifier", "$LATEST"}};
  invoke.body = "payload";
  EXPECT_EQ(aws::Client(session, aws::kLambda).send(invoke).body, "Invoke POST arn:aws $LATEST  payload");
}

TEST_F(SignedRequests, AreOfNobodyWithoutASignature) {
  EXPECT_THAT(
      ask("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.Echo\r\nContent-Length: 0\r\n\r\n")
          .body,
      HasSubstr("#MissingAuthenticationTokenException"));
  const RawAnswer rest = ask("GET /2015-03-31/functions/f HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(rest.status, 403);
  EXPECT_EQ(rest.headers.at("x-amzn-errortype"), "MissingAuthenticationTokenException");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
}

TEST_F(SignedRequests, MustMatchWhatIsSent) {
  Signing wrong_secret;
  wrong_secret.secret = "guess";
  EXPECT_THAT(askSigned(wrong_secret).body, HasSubstr("#InvalidSignatureException"));
  Signing other_body;
  other_body.signed_body = R"({"other":true})";
  const RawAnswer answer = askSigned(other_body);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("The request signature we calculated does not match the signature you provided."));
}

TEST_F(SignedRequests, MustBeOfAKnownKey) {
  Signing unknown;
  unknown.id = "NOBODY";
  EXPECT_EQ(askSigned(unknown).body, R"({"__type":"com.amazon.coral.service#UnrecognizedClientException",)"
                                     R"("message":"The security token included in the request is invalid."})");
}

TEST_F(SignedRequests, MustBeOfThisTime) {
  clock_.move(std::chrono::minutes(15));
  EXPECT_EQ(askSigned({}).status, 200);
  clock_.move(std::chrono::seconds(1));
  EXPECT_THAT(askSigned({}).body, HasSubstr("Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z "
                                            "(20260101T001501Z - 15 min.)"));
  clock_.move(-std::chrono::minutes(31));
  EXPECT_THAT(askSigned({}).body, HasSubstr("Signature not yet current: 20260101T000000Z is still later than "));
  Signing no_date;
  no_date.date = "201";
  EXPECT_THAT(
      askSigned(no_date).body,
      HasSubstr("Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601"));
}

TEST_F(SignedRequests, MustBeScopedToTheRegion) {
  Signing other_region;
  other_region.region = "eu-west-1";
  EXPECT_THAT(askSigned(other_region).body,
              HasSubstr("Credential should be scoped to a valid region, not 'eu-west-1'."));
}

TEST_F(SignedRequests, MustBeScopedToTheService) {
  Signing other_service;
  other_service.service = "events";
  EXPECT_THAT(askSigned(other_service).body, HasSubstr("Credential should be scoped to correct service: 'dynamodb'."));
  Signing other_day;
  other_day.scope_date = "20251231";
  EXPECT_THAT(askSigned(other_day).body, HasSubstr("Date in Credential scope does not match YYYYMMDD"));
  Signing other_terminator;
  other_terminator.terminator = "aws5_request";
  EXPECT_THAT(askSigned(other_terminator).body,
              HasSubstr("Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."));
  Signing too_long;
  too_long.terminator = "aws4_request/more";
  EXPECT_THAT(askSigned(too_long).body, HasSubstr("Credential must have exactly 5 slash-delimited elements"));
}

TEST_F(SignedRequests, MustCoverWhatSaysWhatIsDone) {
  Signing without_target;
  without_target.headers = "host;x-amz-date";
  EXPECT_THAT(askSigned(without_target).body,
              HasSubstr("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."));
  Signing with_another;
  with_another.more_headers = "X-Amz-Security-Token: token\r\n";
  EXPECT_THAT(askSigned(with_another).body,
              HasSubstr("'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization."));
  Signing twice;
  twice.more_headers = "x-amz-target: DynamoDB_20120810.Other\r\n";
  EXPECT_THAT(askSigned(twice).body, HasSubstr("'x-amz-target' is signed, but comes more than once."));
  Signing traced;
  traced.more_headers = "X-Amzn-Trace-Id: Root=1\r\nUser-Agent: any\r\n";
  EXPECT_EQ(askSigned(traced).status, 200);
}

TEST_F(SignedRequests, MustCoverTheHostWithTheOneAlgorithm) {
  Signing without_host;
  without_host.headers = "x-amz-date;x-amz-target";
  EXPECT_THAT(askSigned(without_host).body, HasSubstr("'Host' must be a 'SignedHeader' in the AWS Authorization."));
  Signing absent_header;
  absent_header.headers = "host;x-amz-date;x-amz-target;x-not-sent";
  EXPECT_THAT(askSigned(absent_header).body, HasSubstr("#InvalidSignatureException"));
  Signing other_algorithm;
  other_algorithm.algorithm = "AWS4-HMAC-SHA1";
  EXPECT_THAT(askSigned(other_algorithm).body, HasSubstr("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'"));
}

// Their bodies are neither received nor parsed.
TEST_F(SignedRequests, OfNobodyAreRefusedByTheirHeads) {
  const std::string authorization =
      "Authorization: AWS4-HMAC-SHA256 Credential=NOBODY/20260101/us-east-1/dynamodb/aws4_request, "
      "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0\r\nX-Amz-Date: 20260101T000000Z\r\n";
  const std::vector<std::pair<std::string, std::string>> kinds = {{"", "MissingAuthenticationTokenException"},
                                                                  {authorization, "UnrecognizedClientException"}};
  for (const auto& [headers, error] : kinds) {
    RawClient client(port_);
    client.send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.Echo\r\n"
        "Content-Type: application/x-amz-json-1.0\r\nExpect: 100-continue\r\nContent-Length: 16000000\r\n" +
        headers + "\r\n");
    const RawAnswer answer = client.receive();
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr(error));
    EXPECT_EQ(answer.headers.at("connection"), "close");
    client.send("{\"a\":");
    client.endSending();
    EXPECT_TRUE(client.isClosed());
  }
}

TEST_F(SignedRequests, AreNotParsedIfTheSignatureIsWrong) {
  const std::string start =
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.Echo\r\nContent-Type: "
      "application/x-amz-json-1.0\r\nContent-Length: 2\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: "
      "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/dynamodb/aws4_request, "
      "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0\r\n";
  EXPECT_THAT(ask(start + "\r\nhi").body, HasSubstr("#InvalidSignatureException"));
  EXPECT_THAT(ask(start + "Content-Encoding: gzip\r\n\r\nhi").body, HasSubstr("#InvalidSignatureException"));
}

// The rest of a request that was refused is read, so that the client sees why, but not for ever.
TEST_F(SignedRequests, OfNobodyCannotSendWithoutAnEnd) {
  RawClient client(port_);
  client.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.Echo\r\n"
      "Content-Type: application/x-amz-json-1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(client.receive().status, 400);
  const std::string piece(1 << 20, 'x');
  int sent = 0;
  while (sent < 100 && client.send(piece)) ++sent;
  EXPECT_LT(sent, 100);
}

TEST_F(SignedRequests, MustNotBeHalfWritten) {
  EXPECT_THAT(ask("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.Echo\r\nContent-Length: 0\r\n"
                  "Authorization: AWS4-HMAC-SHA256 Credential\r\n\r\n")
                  .body,
              HasSubstr("'Credential' not a valid key=value pair (missing equal-sign) in Authorization header"));
}

}  // namespace
}  // namespace ddblog::server
