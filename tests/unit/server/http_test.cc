// HTTP itself, with bytes as they come: in pieces, too many, too slow, malformed.
#include <gmock/gmock.h>

#include "base/gzip.h"
#include "unit/server/test_services.h"

namespace ddblog::server {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class Http : public RunningServer {
 protected:
  Http() {
    options_.header_limit = 4096;
    options_.body_limit = 64 << 10;
    options_.request_timeout = milliseconds(2000);
    options_.stop_timeout = milliseconds(2000);
  }
};

TEST_F(Http, AConnectionIsKeptForTheNextRequest) {
  RawClient client(start());
  for (int i = 0; i < 3; ++i) {
    client.send(call("Echo", std::to_string(i)));
    EXPECT_EQ(client.receive().body, std::to_string(i));
  }
}

TEST_F(Http, ErrorsCarryTheirHeaders) {
  start();
  const RawAnswer answer =
      ask("POST /2014-11-13/functions/f/invoke-async HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  EXPECT_EQ(answer.headers.at("x-amzn-errortype"), "TooManyRequestsException");
}

TEST_F(Http, PipelinedRequestsAreAnsweredInOrder) {
  RawClient client(start());
  client.send(call("Echo", "1") + call("Later", "2") + call("Echo", "3") + call("Echo", "4"));
  EXPECT_EQ(client.receive().body, "1");
  Held held = takeHeld();
  EXPECT_FALSE(client.isReadable(20));
  held.respond(rpc::Outcome::ofBody("later"));
  EXPECT_EQ(client.receive().body, "later");
  EXPECT_EQ(client.receive().body, "3");
  EXPECT_EQ(client.receive().body, "4");
}

constexpr char kWho[] = "GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr char kNext[] = "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_F(Http, AFunctionsProcessGetsItsResponsesTogether) {
  start();
  RawClient client(std::stoi(server_->listen(runtime_, "worker-1", {}).substr(10)));
  client.send(std::string(kWho) + kWho + kWho);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.receive().body, "worker-1");
  EXPECT_EQ(client.pieces(), 1);
}

TEST_F(Http, AResponseDoesNotWaitForALaterOne) {
  start();
  RawClient client(std::stoi(server_->listen(runtime_, "worker-1", {}).substr(10)));
  client.send(std::string(kWho) + kNext + kWho);
  EXPECT_EQ(client.receive().body, "worker-1");
  takeHeld().respond(rpc::Outcome::ofBody("an invocation"));
  EXPECT_EQ(client.receive().body, "an invocation");
  EXPECT_EQ(client.receive().body, "worker-1");
  EXPECT_EQ(client.pieces(), 2);
  client.send(std::string(kWho) + "GET /who HT");  // the second is not complete yet
  EXPECT_EQ(client.receive().body, "worker-1");
  client.send("TP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.receive().body, "worker-1");
}

TEST_F(Http, ARequestMayComeByteByByte) {
  RawClient client(start());
  for (const char byte : call("Echo", R"({"slow":true})")) client.send(std::string_view(&byte, 1));
  EXPECT_EQ(client.receive().body, R"({"slow":true})");
}

TEST_F(Http, ABodyMayComeInChunks) {
  RawClient client(start());
  const std::string head = "POST / HTTP/1.1\r\nHost: localhost\r\n" + std::string(kAuthorization) +
                           "X-Amz-Target: DynamoDB_20120810.Echo\r\nContent-Type: application/x-amz-json-1.0\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n";
  client.send(head + "2;extension=1\r\n{\"\r\n");
  client.send("8\r\na\":true}\r\n0\r\nTrailer: x\r\n\r\n" + call("Echo", "next"));
  EXPECT_EQ(client.receive().body, R"({"a":true})");
  EXPECT_EQ(client.receive().body, "next");
}

TEST_F(Http, Http10ClosesUnlessAskedNotTo) {
  start();
  RawClient closing(port_);
  closing.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closing.receive().headers.at("connection"), "close");
  EXPECT_TRUE(closing.isClosed());
  RawClient kept(port_);
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.receive().headers.at("connection"), "keep-alive");
  kept.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(kept.receive().status, 200);
  EXPECT_TRUE(kept.isClosed());
}

TEST_F(Http, WhoExpectsToBeToldToContinueIsTold) {
  RawClient client(start());
  const std::string request = call("Echo", "{}", "Expect: 100-Continue\r\n");
  client.send(request.substr(0, request.size() - 2));
  EXPECT_EQ(client.receive().status, 100);
  client.send("{}");
  EXPECT_EQ(client.receive().status, 200);
  client.send(request);  // the body is there already: nobody waits to be told
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(Http, WhatIsTooLargeIsRefusedBeforeItIsSent) {
  RawClient client(start());
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n");
  const RawAnswer answer = client.receive();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.headers.at("connection"), "close");
}

TEST_F(Http, ABodyOfExactlyTheLimitIsTaken) {
  start();
  EXPECT_EQ(ask(call("Echo", std::string(64 << 10, 'x'))).status, 200);
  RawClient client(port_);
  client.send(call("Echo", std::string((64 << 10) + 1, 'x')));
  EXPECT_EQ(client.receive().status, 413);
}

TEST_F(Http, ChunksWithoutAnEndAreRefused) {
  RawClient client(start());
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
  for (int i = 0; i < 20 && client.send(chunk); ++i) {
  }
  EXPECT_EQ(client.receive().status, 413);
  RawClient endless(port_);
  endless.send("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  for (int i = 0; i < 20 && endless.send(std::string(1000, 'x')); ++i) {
  }
  EXPECT_EQ(endless.receive().status, 400);
}

TEST_F(Http, AGzipBombIsRefused) {
  start();
  const std::string bomb = gzip(std::string(10 << 20, ' '));
  ASSERT_LT(bomb.size(), options_.body_limit);
  const RawAnswer answer = ask(call("Echo", bomb, "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
}

TEST_F(Http, HeadersWithoutAnEndAreRefused) {
  start();
  RawClient many(port_);
  many.send("GET / HTTP/1.1\r\nHost: localhost\r\n");
  for (int i = 0; i < 500 && many.send("X-Header: 0123456789\r\n"); ++i) {
  }
  EXPECT_EQ(many.receive().status, 400);
  RawClient one(port_);
  one.send("GET /" + std::string(10'000, 'a'));
  EXPECT_EQ(one.receive().status, 400);
}

TEST_F(Http, MalformedRequestsAreRefusedAndClosed) {
  start();
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\r\n\r\n"), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/1.1\nHost: a\n\n\r\n\r\n"), std::string("GET / HTTP/1.1\r\nNo colon\r\n\r\n"),
        std::string("GET  / HTTP/1.1\r\n\r\n"), std::string("GET / FTP/1.1\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.com\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\n\0: x\r\n\r\n", 24)}) {
    RawClient client(port_);
    client.send(bytes);
    const RawAnswer answer = client.receive();
    EXPECT_THAT(answer.status, testing::AnyOf(400, 505)) << bytes;
    EXPECT_THAT(answer.body, HasSubstr("Bad request: "));
    client.endSending();
    EXPECT_TRUE(client.isClosed());
  }
  RawClient version(port_);
  version.send("GET / HTTP/3.0\r\n\r\n");
  EXPECT_EQ(version.receive().status, 505);
  EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
}

TEST_F(Http, ARequestForAProxyIsServedAllTheSame) {
  start();
  EXPECT_EQ(ask("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  EXPECT_EQ(ask("GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
}

TEST_F(Http, AHalfClosedConnectionGetsItsAnswers) {
  RawClient client(start());
  client.send(call("Later", "1") + call("Echo", "2"));
  client.endSending();
  takeHeld().respond(rpc::Outcome::ofBody("later"));
  EXPECT_EQ(client.receive().body, "later");
  EXPECT_EQ(client.receive().body, "2");
  EXPECT_TRUE(client.isClosed());
}

TEST_F(Http, ARequestThatIsCutOffIsNoRequest) {
  RawClient client(start());
  client.send(call("Echo", "{}").substr(0, 60));
  client.endSending();
  EXPECT_TRUE(client.isClosed());
}

TEST_F(Http, WhoSendsTooSlowlyIsClosed) {
  options_.request_timeout = milliseconds(40);
  start();
  RawClient silent(port_);
  RawClient slow_head(port_);
  slow_head.send("POST / HTTP/1.1\r\n");
  RawClient slow_body(port_);
  slow_body.send(call("Echo", std::string(100, 'x')).substr(0, 300));
  EXPECT_TRUE(silent.isClosed());
  EXPECT_TRUE(slow_head.isClosed());
  EXPECT_TRUE(slow_body.isClosed());
}

TEST_F(Http, WhoDoesNotReadItsAnswerIsClosed) {
  options_.request_timeout = milliseconds(40);
  start();
  RawClient client(port_, 4096);
  client.send(call("Large", "{}"));
  EXPECT_TRUE(client.isReadable(10'000));
  RawClient silent(port_);  // its time ends after the other's
  EXPECT_TRUE(silent.isClosed());
  EXPECT_EQ(client.receive().status, 0);  // cut off in the middle
}

TEST_F(Http, ALargeAnswerArrivesWhole) {
  start();
  EXPECT_EQ(ask(call("Large", "{}")).body.size(), 8u << 20);
}

TEST_F(Http, AnIdleConnectionIsClosedButNotOneThatWaitsForItsAnswer) {
  options_.idle_timeout = milliseconds(40);
  options_.request_timeout = milliseconds(40);
  start();
  RawClient waiting(port_);
  waiting.send(call("Later", "1"));
  Held held = takeHeld();
  RawClient idle(port_);
  idle.send(call("Echo", "{}"));
  EXPECT_EQ(idle.receive().status, 200);
  EXPECT_TRUE(idle.isClosed());
  held.respond(rpc::Outcome::ofBody("still here"));
  EXPECT_EQ(waiting.receive().body, "still here");
}

TEST_F(Http, AnAnswerForAConnectionThatIsGoneIsDropped) {
  start();
  Held held;
  {
    RawClient client(port_);
    client.send(call("Later", "1"));
    held = takeHeld();
  }
  held.respond(rpc::Outcome::ofBody(std::string(1 << 20, 'x')));
  held.respond(rpc::Outcome::ofBody("twice"));
  EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
}

TEST_F(Http, AHandlerThatForgetsToAnswerLosesTheConnection) {
  RawClient client(start());
  client.send(call("Forget", "1"));
  EXPECT_TRUE(client.isClosed());
}

TEST_F(Http, StoppingAnswersWhatIsInFlight) {
  RawClient waiting(start());
  RawClient idle(port_);
  idle.send(call("Echo", "{}"));
  EXPECT_EQ(idle.receive().status, 200);
  waiting.send(call("Later", "1"));
  Held held = takeHeld();
  std::thread stopping([this] { server_->stop(); });
  EXPECT_TRUE(idle.isClosed());
  held.respond(rpc::Outcome::ofBody("done"));
  const RawAnswer answer = waiting.receive();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  stopping.join();
  EXPECT_THROW(RawClient client(port_), std::runtime_error);
}

TEST_F(Http, StoppingDoesNotWaitForEver) {
  options_.stop_timeout = milliseconds(20);
  RawClient waiting(start());
  waiting.send(call("Later", "1"));
  Held held = takeHeld();
  server_->stop();
  EXPECT_TRUE(waiting.isClosed());
  server_.reset();
  held.respond(rpc::Outcome::ofBody("too late"));
}

TEST_F(Http, AnAddressInUseIsSaidInOneLine) {
  start();
  try {
    server_->listen({"127.0.0.1", port_});
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), "Cannot listen on 127.0.0.1:" + std::to_string(port_) + ": Address already in use");
  }
  EXPECT_THROW(server_->listen({"no such host", 0}), std::runtime_error);
}

TEST_F(Http, SeveralAddressesServeTheSame) {
  start();
  const int second = server_->listen({"localhost", 0}).port;
  EXPECT_NE(second, port_);
  RawClient client(second);
  client.send(call("Echo", "{}"));
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(Http, AListenerOfItsOwnServesOnlyItsServiceUnderItsTag) {
  start();
  const std::string address = server_->listen(runtime_, "worker-1", {});
  EXPECT_THAT(address, testing::StartsWith("127.0.0.1:"));
  EXPECT_THROW(server_->listen(runtime_, "worker-1", {}), std::invalid_argument);
  const int port = std::stoi(address.substr(10));
  RawClient client(port);
  client.send("GET /who HTTP/1.1\r\nHost: " + address + "\r\n\r\nPOST / HTTP/1.1\r\nHost: " + address +
              "\r\nX-Amz-Target: DynamoDB_20120810.Echo\r\nContent-Length: 2\r\n\r\n{}" + call("Echo", "{}"));
  EXPECT_EQ(client.receive().body, "worker-1");
  EXPECT_EQ(client.receive().status, 404);
  EXPECT_EQ(client.receive().status, 404);  // "localhost": a proxy may pass on what it was called
  client.send("GET /who HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /who HTTP/1.1\r\nHost: " + address +
              "\r\nOrigin: http://localhost\r\n\r\n");
  EXPECT_EQ(client.receive().status, 403);
  EXPECT_EQ(client.receive().status, 403);
}

TEST_F(Http, AListenerOfItsOwnServesWhomItAdmits) {
  start();
  std::uint16_t asked = 0;
  bool admits = false;
  const std::string address = server_->listen(runtime_, "worker-1", [&](std::uint16_t, std::uint16_t own_port) {
    asked = own_port;
    return admits;
  });
  const int port = std::stoi(address.substr(10));
  const std::string request = "GET /who HTTP/1.1\r\nHost: " + address + "\r\n\r\n";
  RawClient refused(port);
  refused.send(request + request);
  EXPECT_EQ(refused.receive().status, 403);
  EXPECT_TRUE(refused.isClosed());
  EXPECT_EQ(asked, port);
  admits = true;
  RawClient admitted(port);
  for (int i = 0; i < 2; ++i) {
    admitted.send(request);
    EXPECT_EQ(admitted.receive().body, "worker-1");
    admits = false;  // a connection is asked about once
  }
}

// A function's process keeps its connection while it loads its code and while it handles an invocation.
TEST_F(Http, AConnectionOfATagHasNoTimeLimit) {
  options_.idle_timeout = milliseconds(40);
  options_.request_timeout = milliseconds(40);
  start();
  const int port = std::stoi(server_->listen(runtime_, "worker-1", {}).substr(10));
  const std::string request = "GET /who HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n\r\n";
  RawClient silent(port);
  RawClient slow(port);
  slow.send(request.substr(0, 20));
  RawClient working(port);
  working.send(request);
  EXPECT_EQ(working.receive().body, "worker-1");
  for (int i = 0; i < 2; ++i) {  // their time limits end after those of the others
    RawClient idle(port_);
    idle.send(call("Echo", "{}"));
    EXPECT_EQ(idle.receive().status, 200);
    EXPECT_TRUE(idle.isClosed());
  }
  silent.send(request);
  EXPECT_EQ(silent.receive().body, "worker-1");
  slow.send(request.substr(20));
  EXPECT_EQ(slow.receive().body, "worker-1");
  working.send(request);
  EXPECT_EQ(working.receive().body, "worker-1");
}

// It is closed, even if the other side keeps it open.
TEST_F(Http, ARefusedConnectionOfATagIsClosedInTime) {
  options_.request_timeout = milliseconds(40);
  start();
  RawClient client(std::stoi(server_->listen(runtime_, "worker-1", {}).substr(10)));
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(client.receive().status, 400);
  EXPECT_TRUE(client.isClosed());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  bool is_closed = false;
  while (!is_closed && std::chrono::steady_clock::now() < end) is_closed = !client.send("x");
  EXPECT_TRUE(is_closed);
}

TEST_F(Http, ClosingAListenerDropsWhatIsUnanswered) {
  options_.request_timeout = milliseconds(40);
  start();
  const int port = std::stoi(server_->listen(runtime_, "worker-1", {}).substr(10));
  RawClient polling(port);
  polling.send("GET /next HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n\r\n");
  Held held = takeHeld();
  RawClient idle(port);
  server_->close("worker-1");
  server_->close("no such tag");
  EXPECT_TRUE(polling.isClosed());
  EXPECT_TRUE(idle.isClosed());
  EXPECT_THROW(RawClient client(port), std::runtime_error);
  held.respond(rpc::Outcome::ofBody("gone"));
  EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
}

TEST_F(Http, ManyClientsAtOnce) {
  start();
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      RawClient client(port_);
      for (int j = 0; j < 200; ++j) {
        const std::string body = std::to_string(i * 1000 + j);
        client.send(call("Echo", body));
        if (client.receive().body == body) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 8 * 200);
}

}  // namespace
}  // namespace ddblog::server
