// Sums are bounded: connections, bodies that arrive, answers that nobody reads.
#include <gmock/gmock.h>

#include "base/gzip.h"
#include "unit/server/test_services.h"

namespace ddblog::server {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBody = 1u << 20;
constexpr std::size_t kLargeAnswer = 8u << 20;  // of the test service's "Large"
constexpr std::chrono::minutes kLong{10};

class Bounds : public RunningServer {
 protected:
  Bounds() {
    options_.body_limit = kBody;
    options_.bodies_memory = kBody;  // one large body at a time
    options_.request_timeout = kLong;
    options_.idle_timeout = kLong;
    options_.stall_timeout = kLong;
    options_.wait_timeout = kLong;
    options_.stop_timeout = milliseconds(20);
  }
  static std::string large(char filled_with = 'x') { return call("Echo", std::string(kBody, filled_with)); }
  // The server has read what was sent before: it answers one request after another.
  void serveOthers() {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
  }
};

TEST_F(Bounds, ABodyWaitsUntilThereIsMemoryForIt) {
  start();
  RawClient first(port_);
  RawClient second(port_);
  first.send(large('1').substr(0, 100'000));
  serveOthers();
  std::thread sending([&] { second.send(large('2')); });
  serveOthers();
  EXPECT_FALSE(second.isReadable(20));
  first.send(large('1').substr(100'000));
  EXPECT_EQ(first.receive().body, std::string(kBody, '1'));
  EXPECT_EQ(second.receive().body, std::string(kBody, '2'));
  sending.join();
}

TEST_F(Bounds, ABodyInChunksWaitsToo) {
  start();
  RawClient first(port_);
  first.send(large().substr(0, 100'000));
  serveOthers();
  RawClient second(port_);
  std::string chunks = "POST / HTTP/1.1\r\nHost: localhost\r\n" + std::string(kAuthorization) +
                       "X-Amz-Target: DynamoDB_20120810.Echo\r\nContent-Type: application/x-amz-json-1.0\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunks += "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  std::thread sending([&] { second.send(chunks + "0\r\n\r\n"); });
  serveOthers();
  EXPECT_FALSE(second.isReadable(20));
  first.send(large().substr(100'000));
  EXPECT_EQ(first.receive().status, 200);
  EXPECT_EQ(second.receive().body.size(), 20u * 0x8000);
  sending.join();
}

// What its first chunk may become says nothing about the others.
TEST_F(Bounds, ACompressedBodyInChunksTakesAsMuchAsAnyCanBecome) {
  start();
  RawClient first(port_);
  first.send("POST / HTTP/1.1\r\nHost: localhost\r\n" + std::string(kAuthorization) +
             "X-Amz-Target: DynamoDB_20120810.Echo\r\nContent-Type: application/x-amz-json-1.0\r\n"
             "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" +
             std::string(0x64, 'x') + "\r\n");
  serveOthers();
  first.send("20000\r\n" + std::string(0x20000, 'x') + "\r\n");
  serveOthers();
  RawClient second(port_);
  second.send(call("Echo", std::string(100'000, 'y')));
  serveOthers();
  EXPECT_FALSE(second.isReadable(20));
  first.send("0\r\n\r\n");
  EXPECT_EQ(first.receive().status, 500);
  EXPECT_EQ(second.receive().body.size(), 100'000u);
}

TEST_F(Bounds, ABodyThatStandsStillLosesItsPlaceToOneThatWaits) {
  options_.stall_timeout = milliseconds(40);
  start();
  RawClient stalled(port_);
  stalled.send(large().substr(0, 100'000));
  serveOthers();
  RawClient second(port_);
  std::thread sending([&] { second.send(large()); });
  EXPECT_EQ(second.receive().status, 200);
  EXPECT_TRUE(stalled.isClosed());
  sending.join();
}

TEST_F(Bounds, ABodyThatStandsStillKeepsItsPlaceWhileNobodyWaits) {
  options_.stall_timeout = milliseconds(40);
  start();
  RawClient slow(port_);
  slow.send(large().substr(0, 100'000));
  EXPECT_FALSE(slow.isReadable(200));
  slow.send(large().substr(100'000));
  EXPECT_EQ(slow.receive().status, 200);
}

TEST_F(Bounds, ABodyThatWaitsTooLongIsClosed) {
  options_.wait_timeout = milliseconds(40);
  start();
  RawClient first(port_);
  first.send(large().substr(0, 100'000));
  serveOthers();
  RawClient second(port_);
  std::thread sending([&] { second.send(large()); });
  EXPECT_EQ(second.receive().status, 0);
  sending.join();
}

TEST_F(Bounds, ACompressedBodyTakesWhatItMayBecome) {
  start();
  RawClient first(port_);
  first.send(large().substr(0, 100'000));
  serveOthers();
  RawClient second(port_);
  const std::string inflated(kBody / 2, ' ');
  second.send(call("Echo", gzip(inflated), "Content-Encoding: gzip\r\n"));
  serveOthers();
  EXPECT_FALSE(second.isReadable(20));
  first.send(large().substr(100'000));
  EXPECT_EQ(first.receive().status, 200);
  EXPECT_EQ(second.receive().body, inflated);
}

// Or those for whom it waits might wait for its memory.
TEST_F(Bounds, ARequestThatWaitsForOthersHoldsNoMemory) {
  lambda_.add("POST", "/later", "Later", *dynamodb_.find("Later"));
  lambda_.setWaits("Later");
  start();
  RawClient first(port_);
  first.send("POST /later HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n" +
             std::string(kBody, 'x'));
  Held held = takeHeld();
  EXPECT_EQ(held.request.body.size(), kBody);
  EXPECT_EQ(ask(large()).status, 200);
  held.respond(rpc::Outcome::ofBody("late"));
  EXPECT_EQ(first.receive().body, "late");
}

TEST_F(Bounds, ClosedConnectionsGiveTheirMemoryBack) {
  start();
  for (int i = 0; i < 5; ++i) {
    RawClient gone(port_);
    gone.send(large().substr(0, 100'000));
  }
  EXPECT_EQ(ask(large()).status, 200);
}

TEST_F(Bounds, ARuntimesBodyDoesNotWait) {
  start();
  RawClient first(port_);
  first.send(large().substr(0, 100'000));
  serveOthers();
  const std::string address = server_->listen(runtime_, "worker-1", {});
  RawClient runtime(std::stoi(address.substr(10)));
  runtime.send("GET /who HTTP/1.1\r\nHost: " + address + "\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n" +
               std::string(kBody, 'x'));
  EXPECT_EQ(runtime.receive().body, "worker-1");
}

TEST_F(Bounds, ALargeAnswerIsMadeWhenThereIsMemoryForIt) {
  options_.answers_memory = kLargeAnswer;
  dynamodb_.setLargestAnswer("Large", kLargeAnswer);
  start();
  RawClient unread(port_, 4096);
  unread.send(call("Large", "{}"));
  EXPECT_TRUE(unread.isReadable(10'000));
  RawClient second(port_);
  second.send(call("Large", "{}"));
  serveOthers();
  EXPECT_FALSE(second.isReadable(20));
  EXPECT_EQ(unread.receive().body.size(), kLargeAnswer);
  EXPECT_EQ(second.receive().body.size(), kLargeAnswer);
}

TEST_F(Bounds, AnAnswerThatNobodyReadsLosesItsPlaceToOneThatWaits) {
  options_.answers_memory = 2 * kLargeAnswer - 1;  // one, with its head
  options_.stall_timeout = milliseconds(40);
  dynamodb_.setLargestAnswer("Large", kLargeAnswer);
  start();
  RawClient unread(port_, 4096);
  unread.send(call("Large", "{}"));
  EXPECT_TRUE(unread.isReadable(10'000));
  EXPECT_EQ(ask(call("Large", "{}")).body.size(), kLargeAnswer);
  EXPECT_EQ(unread.receive().status, 0);  // cut off in the middle
}

// Such answers are made already when they turn out to be large.
TEST_F(Bounds, AnswersOfUnknownSizeAreNotKeptWithoutALimit) {
  options_.answers_memory = kLargeAnswer;
  start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<RawClient>(port_, 4096));
    clients.back()->send(call("Large", "{}"));
    EXPECT_TRUE(clients.back()->isReadable(10'000));
  }
  int whole = 0;
  for (const auto& client : clients) whole += client->receive().status == 200 ? 1 : 0;
  EXPECT_GE(whole, 2);
  EXPECT_LT(whole, 6);
  EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
}

TEST_F(Bounds, AnIdleConnectionGivesWayToANewOne) {
  options_.connections = 2;
  options_.threads = 1;  // which is idle again before it accepts the next one
  start();
  RawClient longest(port_);
  longest.send(call("Echo", "{}"));
  EXPECT_EQ(longest.receive().status, 200);
  RawClient busy(port_);
  busy.send(call("Later", "{}"));
  Held held = takeHeld();
  RawClient third(port_);
  third.send(call("Echo", "{}"));
  EXPECT_EQ(third.receive().status, 200);
  EXPECT_TRUE(longest.isClosed());
  held.respond(rpc::Outcome::ofBody("still here"));
  EXPECT_EQ(busy.receive().body, "still here");
}

// A new connection has less time for its first request than an old one for its next, but has waited less.
TEST_F(Bounds, ANewConnectionDoesNotGiveWayBeforeOneThatIsIdleLonger) {
  options_.connections = 2;
  options_.idle_timeout = 2 * kLong;
  options_.threads = 1;  // which is idle again before it accepts the next one
  start();
  RawClient longest(port_);
  longest.send(call("Echo", "{}"));
  EXPECT_EQ(longest.receive().status, 200);
  RawClient fresh(port_);
  EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
  EXPECT_TRUE(longest.isClosed());
  fresh.send(call("Echo", "{}"));
  EXPECT_EQ(fresh.receive().status, 200);
}

TEST_F(Bounds, AnInvocationIsNotLostToAnswersThatNobodyReads) {
  options_.answers_memory = 2 * kLargeAnswer - 1;  // one, with its head
  options_.stall_timeout = milliseconds(40);
  dynamodb_.setLargestAnswer("Large", kLargeAnswer);
  start();
  const std::string address = server_->listen(runtime_, "worker-1", {});
  RawClient runtime(std::stoi(address.substr(10)), 4096);
  runtime.send("GET /next HTTP/1.1\r\nHost: " + address + "\r\n\r\n");
  takeHeld().respond(rpc::Outcome::ofBody(std::string(kLargeAnswer, 'i')));
  EXPECT_TRUE(runtime.isReadable(10'000));
  RawClient waiting(port_);
  waiting.send(call("Large", "{}"));
  EXPECT_FALSE(waiting.isReadable(200));
  EXPECT_EQ(runtime.receive().body.size(), kLargeAnswer);
  EXPECT_EQ(waiting.receive().body.size(), kLargeAnswer);
}

// All sums are zero again, or this body, which needs the whole, would wait for ever.
class EndsOfBodies : public Bounds {
 protected:
  EndsOfBodies() {
    options_.answers_memory = kLargeAnswer;
    dynamodb_.setLargestAnswer("Large", kLargeAnswer);
    start();
  }
  void TearDown() override {
    EXPECT_EQ(ask(large()).status, 200);
    EXPECT_EQ(ask(call("Large", "{}")).body.size(), kLargeAnswer);
  }
  static std::string withBody(const std::string& operation) { return call(operation, std::string(kBody, 'x')); }
  static std::string inChunks(const std::string& chunks) {
    return "POST / HTTP/1.1\r\nHost: localhost\r\n" + std::string(kAuthorization) +
           "X-Amz-Target: DynamoDB_20120810.Echo\r\nContent-Type: application/x-amz-json-1.0\r\n"
           "Transfer-Encoding: chunked\r\n\r\n" +
           chunks;
  }
};

TEST_F(EndsOfBodies, Answered) { EXPECT_EQ(ask(large()).status, 200); }
TEST_F(EndsOfBodies, Rejected) { EXPECT_EQ(ask(withBody("Refuse")).status, 400); }
TEST_F(EndsOfBodies, Unknown) { EXPECT_EQ(ask(withBody("Nothing")).status, 400); }
TEST_F(EndsOfBodies, Failed) { EXPECT_EQ(ask(withBody("Fail")).status, 500); }
TEST_F(EndsOfBodies, Forgotten) { EXPECT_EQ(ask(withBody("Forget")).status, 0); }
TEST_F(EndsOfBodies, Undecodable) {
  EXPECT_EQ(ask(call("Echo", std::string(kBody, 'x'), "Content-Encoding: gzip\r\n")).status, 500);
}
TEST_F(EndsOfBodies, TooLargeWhenDecompressed) {
  EXPECT_EQ(ask(call("Echo", gzip(std::string(2 * kBody, 'x')), "Content-Encoding: gzip\r\n")).status, 413);
}
TEST_F(EndsOfBodies, TooLargeInChunks) {
  RawClient client(port_);
  std::string chunks;
  for (int i = 0; i < 17; ++i) chunks += "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  client.send(inChunks(chunks));
  EXPECT_EQ(client.receive().status, 413);
  EXPECT_EQ(ask(large()).status, 200);  // although the client keeps the connection
}
TEST_F(EndsOfBodies, MalformedInChunks) {
  EXPECT_EQ(ask(inChunks("18000\r\n" + std::string(0x18000, 'x') + "\r\nno length\r\n")).status, 400);
}
TEST_F(EndsOfBodies, AnsweredAfterItsClientHasGone) {
  {
    RawClient client(port_);
    client.send(withBody("Later"));
    Held held = takeHeld();
    client.endSending();
    held.respond(rpc::Outcome::ofBody("late"));
    EXPECT_EQ(client.receive().body, "late");
  }
  Held held = [&] {
    RawClient client(port_);
    client.send(withBody("Later"));
    return takeHeld();
  }();
  held.respond(rpc::Outcome::ofBody("too late"));
}
TEST_F(EndsOfBodies, GoneWhileItWaits) {
  RawClient first(port_);
  first.send(large().substr(0, 100'000));
  serveOthers();
  {
    RawClient second(port_);
    second.send(large().substr(0, 10'000));
    serveOthers();
  }
  first.send(large().substr(100'000));
  EXPECT_EQ(first.receive().status, 200);
}
TEST_F(EndsOfBodies, AnswerNotRead) {
  RawClient client(port_, 4096);
  client.send(call("Large", "{}"));
  EXPECT_TRUE(client.isReadable(10'000));
}

TEST_F(Bounds, MoreBusyConnectionsThanAllowedAreTurnedAway) {
  options_.connections = 2;
  start();
  RawClient first(port_);
  RawClient second(port_);
  first.send(call("Later", "{}"));
  Held held = takeHeld();
  second.send(call("Later", "{}"));
  Held other = takeHeld();
  EXPECT_EQ(RawClient(port_).receive().status, 503);
  held.respond(rpc::Outcome::ofBody("done"));
  EXPECT_EQ(first.receive().body, "done");
  // The first connection gives way as soon as it is idle, which it is shortly after its client has read the answer.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int status = 503;
  while (status == 503 && std::chrono::steady_clock::now() < until) status = ask(call("Echo", "{}")).status;
  EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace ddblog::server
