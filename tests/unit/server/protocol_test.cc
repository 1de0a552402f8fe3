// What goes over the wire: routing, errors, request ids, checksums, gzip, CORS. The bodies and
// checksums of DynamoDB's front end are those that the real service was recorded with.
#include <gmock/gmock.h>

#include "base/gzip.h"
#include "unit/server/test_services.h"

namespace ddblog::server {
namespace {

using testing::HasSubstr;

class Protocol : public RunningServer {
 protected:
  Protocol() { start(); }
};

TEST_F(Protocol, AnAnswerCarriesWhatSdksLookAt) {
  const RawAnswer answer = ask(call("Echo", R"({"a":1})"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"a":1})");
  EXPECT_EQ(answer.headers.at("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(answer.headers.at("x-amz-crc32"), std::to_string(crc32(answer.body)));
  EXPECT_EQ(answer.headers.at("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
  EXPECT_THAT(answer.headers.at("x-amzn-requestid"), testing::MatchesRegex("[0-9A-Z]{52}"));
  EXPECT_FALSE(answer.headers.contains("connection"));
  EXPECT_FALSE(answer.headers.contains("access-control-allow-origin"));
}

TEST_F(Protocol, DynamoDbRefusesInItsNamespace) {
  const RawAnswer answer = ask(call("Refuse", "{}"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(
      answer.body,
      R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"})");
  EXPECT_EQ(answer.headers.at("x-amz-crc32"), std::to_string(crc32(answer.body)));
}

TEST_F(Protocol, EventBridgeRefusesWithItsShortNamesAndWithoutChecksum) {
  const RawAnswer answer = ask(call("Refuse", "{}", "", "AWSEvents", "application/x-amz-json-1.1"));
  EXPECT_EQ(answer.body, R"({"__type":"ResourceNotFoundException","message":"Event bus x does not exist."})");
  EXPECT_EQ(answer.headers.at("content-type"), "application/x-amz-json-1.1");
  EXPECT_FALSE(answer.headers.contains("x-amz-crc32"));
}

TEST_F(Protocol, AMistakeOfOursIsAnInternalErrorAndALineInTheLog) {
  const RawAnswer answer = ask(call("Fail", "{}"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("com.amazonaws.dynamodb.v20120810#InternalServerError"));
  EXPECT_THAT(logged(), testing::ElementsAre(HasSubstr("a mistake of ours")));
  EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
}

TEST_F(Protocol, UnknownOperationsAreRefusedAsByDynamoDb) {
  for (const std::string& request :
       {call("ListTable", "{}"), call("PutItem", "{}", "", "Whatever"),
        std::string("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
                    "Content-Length: 2\r\n\r\n{}")}) {
    const RawAnswer answer = ask(request);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
    EXPECT_EQ(answer.headers.at("x-amz-crc32"), "1368724161");
  }
}

std::string signedFor(const std::string& service, const std::string& request_line, const std::string& more = {}) {
  return request_line +
         " HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 "
         "Credential=a/20260101/us-east-1/" +
         service + "/aws4_request, SignedHeaders=host, Signature=b\r\n" + more + "\r\n";
}

TEST_F(Protocol, AServiceThatIsNotServedIsNamed) {
  const std::string message =
      "dynamodb-log does not serve s3. AWS_ENDPOINT_URL leads all services to it; AWS_ENDPOINT_URL_DYNAMODB and the "
      "like lead one.";
  for (const char* line : {"GET /", "GET /bucket/key", "PUT /bucket/key", "DELETE /bucket"}) {
    const RawAnswer answer = ask(signedFor("s3", line, "Content-Length: 0\r\n"));
    EXPECT_EQ(answer.status, 501) << line;
    EXPECT_EQ(answer.body, "<Error><Code>NotImplemented</Code><Message>" + message + "</Message></Error>");
  }
  const std::string form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n";
  EXPECT_THAT(
      ask(signedFor("sns", "POST /", form)).body,
      HasSubstr("<ErrorResponse><Error><Type>Sender</Type><Code>NotImplemented</Code><Message>dynamodb-log does "
                "not serve sns."));
  const RawAnswer parameters = ask(signedFor("ssm", "POST /",
                                             "X-Amz-Target: AmazonSSM.GetParameter\r\nContent-Type: "
                                             "application/x-amz-json-1.1\r\nContent-Length: 0\r\n"));
  EXPECT_EQ(parameters.status, 501);
  EXPECT_THAT(parameters.body, HasSubstr(R"({"__type":"NotImplemented","message":"dynamodb-log does not serve ssm.)"));
}

TEST_F(Protocol, AServiceOfRestWithJsonIsNamedInJson) {
  EXPECT_THAT(ask(signedFor("apigateway", "GET /restapis")).body, HasSubstr(R"({"__type":"NotImplemented",)"));
}

TEST_F(Protocol, WhoIsSignedForAnotherServiceIsServedAllTheSame) {
  EXPECT_EQ(ask(signedFor("execute-api", "GET /2015-03-31/functions/f")).status, 404);  // GetFunction's own
  EXPECT_EQ(ask(signedFor("Not a service", "GET /")).status, 200);
  EXPECT_EQ(ask(signedFor("dynamodb", "GET /")).status, 200);
}

TEST_F(Protocol, TheAnswersTypeFollowsTheRequests) {
  EXPECT_EQ(
      ask(call("Echo", "{}", "", "DynamoDB_20120810", "application/json; charset=utf-8")).headers.at("content-type"),
      "application/json");
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").headers.at("content-type"),
            "application/json");
}

TEST_F(Protocol, OtherTypesAreNoCallsAtAll) {
  for (const char* type : {"whatever", "application/jsonasdf", "application/x-amz-json-1.1"}) {
    const RawAnswer answer = ask(call("Echo", "{}", "", "DynamoDB_20120810", type));
    EXPECT_EQ(answer.status, 404) << type;
    EXPECT_EQ(answer.body, "<UnknownOperationException/>\n");
    EXPECT_EQ(answer.headers.at("x-amz-crc32"), "3552371480");
  }
  EXPECT_EQ(ask("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").status, 404);
  EXPECT_EQ(ask("DELETE /x HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 404);
  EXPECT_EQ(ask("OPTIONS / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 404);
}

TEST_F(Protocol, WhatIsNoJsonIsSaidBeforeAnythingElseIsRefused) {
  const RawAnswer answer =
      ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Amz-Target: Nothing\r\n"
          "Content-Length: 2\r\n\r\nhi");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"__type":"com.amazon.coral.service#SerializationException"})");
  EXPECT_EQ(answer.headers.at("x-amz-crc32"), "3948637019");
}

std::string withAuthorization(const std::string& lines, const std::string& query = {}) {
  return "POST /" + query + " HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.Echo\r\n" + lines +
         "Content-Length: 0\r\n\r\n";
}

TEST_F(Protocol, ARequestMustSayWhoSendsIt) {
  for (const std::string& request :
       {withAuthorization(""), withAuthorization("Authorization: AWS4\r\n"),
        withAuthorization("Authorization: X\r\n", "?X-Amz-Algorith"),
        withAuthorization("", "?X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d")}) {
    const RawAnswer answer = ask(request);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
                           R"("message":"Request is missing Authentication Token"})");
    EXPECT_EQ(answer.headers.at("x-amz-crc32"), "2088342776");
  }
}

TEST_F(Protocol, ARequestMustSayItInFull) {
  const auto crc = [this](const std::string& request) { return ask(request).headers.at("x-amz-crc32"); };
  EXPECT_EQ(crc(withAuthorization("Authorization: X\r\n", "?X-Amz-Algorithm")), "2139606068");
  EXPECT_EQ(crc(withAuthorization("Authorization: AWS4-\r\n")), "1828866742");
  EXPECT_EQ(crc(withAuthorization("Authorization: AWS4- Signature=b Credential=a\r\nDate: a\r\n")), "15336762");
  EXPECT_EQ(crc(withAuthorization("Authorization: AWS4- Signature=b,Credential=a\r\nDate: a\r\n")), "1159703774");
  EXPECT_EQ(crc(withAuthorization("Authorization: AWS4- Signature=b, Credential=a\r\nDate: a\r\n")), "164353342");
  EXPECT_EQ(crc(withAuthorization("", "?X-Amz-Algorithm")), "2900502663");
  EXPECT_EQ(crc(withAuthorization("", "?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d")),
            "3712057481");
}

TEST_F(Protocol, HealthIsWhatAnEndpointOfAwsSays) {
  const RawAnswer answer = ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "healthy: dynamodb.us-east-1.amazonaws.com ");
  EXPECT_TRUE(answer.headers.contains("x-amz-crc32"));
  RawClient client(port_);
  client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.receive(true).headers.at("content-length"), "42");
  EXPECT_EQ(client.receive().body.size(), 42u);
}

TEST_F(Protocol, WebPagesMayAskFirst) {
  const RawAnswer answer =
      ask("OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Headers: "
          "a, b, c\r\n"
          "Access-Control-Request-Method: d\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "http://localhost:3000");
  EXPECT_EQ(answer.headers.at("vary"), "Origin");
  EXPECT_EQ(answer.headers.at("access-control-allow-headers"), "a, b, c");
  EXPECT_EQ(answer.headers.at("access-control-allow-methods"), "d");
  EXPECT_EQ(answer.headers.at("access-control-max-age"), "172800");
  EXPECT_EQ(answer.headers.at("access-control-expose-headers"),
            "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date");
  EXPECT_EQ(answer.headers.at("content-length"), "0");
  const RawAnswer echoed = ask(call("Echo", "{}", "Origin: http://[::1]:5173\r\n"));
  EXPECT_EQ(echoed.headers.at("access-control-allow-origin"), "http://[::1]:5173");
  EXPECT_EQ(echoed.headers.at("access-control-expose-headers"),
            "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date");
  EXPECT_FALSE(ask(call("Echo", "{}")).headers.contains("access-control-expose-headers"));
}

TEST_F(Protocol, RestRequestsArriveTakenApart) {
  const RawAnswer answer =
      ask("POST /2015-03-31/functions/a%3Ab/invocations?Qualifier=%24LATEST&x HTTP/1.1\r\nHost: localhost\r\n"
          "X-Amz-Invocation-Type: Event\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "Invoke POST a:b $LATEST Event {}");
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_EQ(answer.headers.at("x-amz-function-error"), "Unhandled  Evil: yes");
  EXPECT_FALSE(answer.headers.contains("evil"));
}

TEST_F(Protocol, RestServicesRefuseWithTheirStatusAndType) {
  const RawAnswer answer = ask("GET /2015-03-31/functions/f HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.headers.at("x-amzn-errortype"), "ResourceNotFoundException");
  EXPECT_EQ(answer.body, R"({"Type":"User","Message":"Function not found: f"})");
  EXPECT_EQ(ask("PATCH /2015-03-31/functions/f HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 405);
}

TEST_F(Protocol, AnAnswerWithoutContentHasNoLength) {
  RawClient client(port_);
  client.send("DELETE /2015-03-31/functions/f HTTP/1.1\r\nHost: localhost\r\n\r\n" + call("Echo", "{}"));
  const RawAnswer answer = client.receive();
  EXPECT_EQ(answer.status, 204);
  EXPECT_FALSE(answer.headers.contains("content-length"));
  EXPECT_EQ(client.receive().body, "{}");
}

TEST_F(Protocol, BodiesMayBeGzipBothWays) {
  const std::string body = "{\"a\":\"" + std::string(5000, 'x') + "\"}";
  const RawAnswer answer = ask(call("Echo", gzip(body), "Content-Encoding: gzip\r\nAccept-Encoding: br, gzip\r\n"));
  EXPECT_EQ(answer.headers.at("content-encoding"), "gzip");
  EXPECT_LT(answer.body.size(), body.size());
  EXPECT_EQ(answer.headers.at("x-amz-crc32"), std::to_string(crc32(answer.body)));
  std::string inflated;
  EXPECT_EQ(gunzip(answer.body, body.size(), inflated), std::nullopt);
  EXPECT_EQ(inflated, body);
  EXPECT_FALSE(ask(call("Echo", "{}", "Accept-Encoding: gzip\r\n")).headers.contains("content-encoding"));
  EXPECT_FALSE(ask(call("Echo", body, "Accept-Encoding: gzip;q=0\r\n")).headers.contains("content-encoding"));
}

TEST_F(Protocol, BodiesMayBeDeflatedBothWays) {
  const std::string body = "{\"a\":\"" + std::string(5000, 'x') + "\"}";
  const RawAnswer answer = ask(call("Echo", compress(Compression::kDeflate, body),
                                    "Content-Encoding: Deflate\r\nAccept-Encoding: gzip\r\n"
                                    "Accept-Encoding: gzip;q=0.5, deflate\r\n"));
  EXPECT_EQ(answer.headers.at("content-encoding"), "deflate");
  std::string inflated;
  EXPECT_EQ(decompress(Compression::kDeflate, answer.body, body.size(), inflated), std::nullopt);
  EXPECT_EQ(inflated, body);
}

TEST_F(Protocol, WhatCannotBeDecompressedIsAnInternalError) {
  for (const char* headers :
       {"Content-Encoding: gzip\r\n", "Content-Encoding: deflate\r\n", "Content-Encoding: br\r\n"}) {
    const RawAnswer answer = ask(call("Echo", "{}", headers));
    EXPECT_EQ(answer.status, 500) << headers;
    EXPECT_THAT(answer.body, HasSubstr("com.amazonaws.dynamodb.v20120810#InternalServerError")) << headers;
  }
  EXPECT_EQ(ask(call("Echo", "", "Content-Encoding: gzip\r\n")).status, 500);
  EXPECT_THAT(logged(), testing::IsEmpty());
}

class WebPages : public RunningServer {
 protected:
  explicit WebPages(std::vector<std::string> allowed = {}) {
    options_.cors_origins = std::move(allowed);
    start();
  }
  // The statuses of what a page can send: a preflight, a call, a simple POST to a REST route, a
  // read.
  std::vector<int> statuses(const std::string& headers) {
    const std::string host = " HTTP/1.1\r\nHost: localhost:8000\r\n";
    return {ask("OPTIONS /" + host + headers + "\r\n").status, ask(call("Echo", "{}", headers)).status,
            ask("POST /2015-03-31/functions/f/invocations" + host + headers +
                "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}")
                .status,
            ask("GET /" + host + headers + "\r\n").status};
  }
  static constexpr int kOk = 200;
  static constexpr int kForbidden = 403;
};

TEST_F(WebPages, OfOtherSitesCanNeitherReadNorWrite) {
  for (const char* origin : {"https://example.com", "null", "http://localhost.example.com", "http://", "localhost",
                             "http://[::2]:80", "file:///home"}) {
    EXPECT_THAT(statuses("Origin: " + std::string(origin) + "\r\n"), testing::Each(kForbidden)) << origin;
  }
  const RawAnswer answer = ask(call("Echo", "{}", "Origin: https://example.com\r\n"));
  EXPECT_THAT(answer.body, HasSubstr("a page of https://example.com may not use this server"));
  EXPECT_THAT(answer.body, HasSubstr("--cors-origin"));
  EXPECT_FALSE(answer.headers.contains("access-control-allow-origin"));
}

TEST_F(WebPages, OfThisMachineCan) {
  for (const char* origin : {"http://localhost:3000", "http://127.0.0.1", "https://[::1]:1", "http://LocalHost"}) {
    EXPECT_THAT(statuses("Origin: " + std::string(origin) + "\r\n"), testing::Each(kOk)) << origin;
  }
}

TEST_F(WebPages, ThatSendNoOriginAreKnownByTheirFetchMetadata) {
  const auto get = [&](const std::string& headers) {
    return ask("GET / HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n").status;
  };
  EXPECT_EQ(get("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"), kForbidden);
  EXPECT_EQ(get("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n"), kOk);
  EXPECT_EQ(get("Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"), kOk);
  EXPECT_EQ(get("Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n"), kOk);
}

class ConfiguredWebPages : public WebPages {
 protected:
  ConfiguredWebPages() : WebPages({"https://app.example.com"}) {}
};

TEST_F(ConfiguredWebPages, AreAllowed) {
  EXPECT_THAT(statuses("Origin: https://app.example.com\r\n"), testing::Each(kOk));
  EXPECT_THAT(statuses("Origin: https://example.com\r\n"), testing::Each(kForbidden));
  EXPECT_THAT(statuses("Origin: http://localhost:3000\r\n"), testing::Each(kOk));
  const RawAnswer answer = ask(call("Echo", "{}", "Origin: https://app.example.com\r\n"));
  EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "https://app.example.com");
}

class AllWebPages : public WebPages {
 protected:
  AllWebPages() : WebPages({"*"}) {}
};

TEST_F(AllWebPages, AreAllowed) {
  EXPECT_THAT(statuses("Origin: https://example.com\r\n"), testing::Each(kOk));
  const RawAnswer answer = ask(call("Echo", "{}", "Origin: null\r\n"));
  EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "*");
  EXPECT_FALSE(answer.headers.contains("vary"));
}

TEST_F(Protocol, OnlyThisMachinesNamesAreServedOnLoopback) {
  for (const char* host : {"evil.example.com", "localhost.evil.com", "10.0.0.1:8000", "[::2]:80", "evil", "127.0.0.1.a",
                           "[::1].evil.com", "[::1", "localhost:80.evil.com"}) {
    const RawAnswer answer = ask("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
    EXPECT_EQ(answer.status, 403) << host;
    EXPECT_THAT(answer.body, HasSubstr(host));
  }
  for (const char* host : {"localhost:8000", "LocalHost", "127.0.0.1:1", "[::1]:8000", "a.localhost:1"}) {
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").status, 200) << host;
  }
}

}  // namespace
}  // namespace ddblog::server
