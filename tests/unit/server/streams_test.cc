// Bodies that the server passes on as they come.
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <optional>

#include "rpc/body.h"
#include "rpc/listeners.h"
#include "unit/server/test_services.h"

namespace ddblog::server {

namespace {

using Ending = rpc::BodyPipe::Ending;

// What a handler that streams was called with, and how its body ended.
struct Received {
  rpc::Callback respond;
  std::shared_ptr<rpc::BodyPipe> body;
};

// A body without an end, which says when it is gone.
class Endless : public rpc::BodySource {
 public:
  explicit Endless(std::promise<void>& gone) : gone_(gone) {}
  ~Endless() override { gone_.set_value(); }
  State read(std::string& bytes, const Ready&) override {
    bytes.append(1u << 14, 'x');
    return State::kBytes;
  }

 private:
  std::promise<void>& gone_;
};

class StreamingServer : public RunningServer {
 protected:
  StreamingServer() {
    lambda_.add("GET", "/stream", "Stream", [this](rpc::Request, rpc::Callback respond) {
      rpc::Response response;
      response.content_type = "text/plain";
      response.stream = out_;
      respond(std::move(response));
    });
    lambda_.add("GET", "/endless", "Endless", [this](rpc::Request, rpc::Callback respond) {
      rpc::Response response;
      response.stream = std::make_shared<Endless>(gone_);
      respond(std::move(response));
    });
    runtime_.add("POST", "/body", "Body", [this](rpc::Request request, rpc::Callback respond) {
      if (!request.stream) return respond(rpc::Response{200, "whole " + request.body, {}, {}});
      if (refuses_) {
        respond(rpc::Response{400, "no", {}, {}});
        return refused_.set_value();
      }
      request.stream->receive({kMost, kHeld}, [this](Ending ending) { ended_.set_value(ending); });
      received_.set_value({std::move(respond), request.stream});
    });
    runtime_.setStreams("Body", "mode", "streaming");
    out_->receive({kMost, kHeld}, [](Ending) {});
  }

  int listen() {
    start();
    const std::string address = server_->listen(runtime_, "own", {});
    return std::stoi(address.substr(address.rfind(':') + 1));
  }
  void write(std::string_view bytes) {
    out_->write(bytes, [] {});
  }

  static constexpr std::size_t kMost = 40u << 20;
  static constexpr std::size_t kHeld = 64u << 10;
  std::shared_ptr<rpc::BodyPipe> out_ = std::make_shared<rpc::BodyPipe>();
  std::promise<Received> received_;
  std::promise<Ending> ended_;
  std::promise<void> refused_;
  std::promise<void> gone_;
  bool refuses_ = false;
};

std::string streamed(const std::string& chunks) {
  return "POST /body HTTP/1.1\r\nHost: localhost\r\nMode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

std::string readAll(rpc::BodyPipe& body) {
  std::string bytes;
  while (true) {
    std::promise<void> ready;
    const auto state = body.read(bytes, [&ready] { ready.set_value(); });
    if (state == rpc::BodySource::State::kWaits) ready.get_future().wait();
    if (state == rpc::BodySource::State::kEnd || state == rpc::BodySource::State::kBroken) return bytes;
  }
}

}  // namespace

TEST_F(StreamingServer, SendsAResponseAsItComes) {
  start();
  RawClient client(port_);
  client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const RawAnswer head = client.receive();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("transfer-encoding"), "chunked");
  EXPECT_FALSE(head.headers.contains("content-length"));
  write("first");
  EXPECT_EQ(client.receiveText(10), "5\r\nfirst\r\n");
  write("0123456789abcdef");
  EXPECT_EQ(client.receiveText(22), "10\r\n0123456789abcdef\r\n");
  out_->end({});
  EXPECT_EQ(client.receiveText(5), "0\r\n\r\n");
  client.send(call("Echo", "next"));
  EXPECT_EQ(client.receive().body, "next");
}

TEST_F(StreamingServer, EndsTheConnectionWithTheBodyForHttp10) {
  start();
  RawClient client(port_);
  client.send("GET /stream HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_FALSE(client.receive().headers.contains("transfer-encoding"));
  write("all");
  EXPECT_EQ(client.receiveText(3), "all");
  out_->end({});
  EXPECT_TRUE(client.isClosed());
}

TEST_F(StreamingServer, ClosesTheConnectionIfABodyBreaksOff) {
  start();
  RawClient client(port_);
  client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.receive();
  out_->breakOff();
  EXPECT_TRUE(client.isClosed());
}

TEST_F(StreamingServer, MakesTheSourceWaitForASlowClient) {
  start();
  RawClient client(port_, 64 << 10);
  client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.receive();
  std::promise<void> room;
  std::size_t written = 0;
  while (out_->write(std::string(kHeld, 'x'), [&room] { room.set_value(); })) written += kHeld;
  EXPECT_LT(written, 30u << 20);  // the rest is in the sockets' buffers
  auto has_room = room.get_future();
  while (has_room.wait_for(std::chrono::seconds(0)) != std::future_status::ready) client.receiveText(1 << 16);
}

TEST_F(StreamingServer, LetsTheSourceGoWithTheClient) {
  start();
  std::optional<RawClient> client(port_);
  client->send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client->receive();
  client.reset();
  gone_.get_future().wait();
}

TEST_F(StreamingServer, PassesABodyOnAsItArrives) {
  RawClient client(listen());
  client.send(streamed("5\r\nfirst\r\n"));
  Received received = received_.get_future().get();
  std::string bytes;
  std::promise<void> ready;
  if (received.body->read(bytes, [&ready] { ready.set_value(); }) == rpc::BodySource::State::kWaits) {
    ready.get_future().wait();
    received.body->read(bytes, [] {});
  }
  EXPECT_EQ(bytes, "first");
  client.send("4\r\nrest\r\n0\r\nError-Type: Late\r\n\r\nGET /who HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(ended_.get_future().get(), Ending::kComplete);
  EXPECT_EQ(received.body->trailers(), (Headers{{"error-type", "Late"}}));
  EXPECT_EQ(readAll(*received.body), "rest");
  received.respond(rpc::Response{202, "taken", {}, {}});
  EXPECT_EQ(client.receive().status, 202);
  EXPECT_EQ(client.receive().body, "own");
}

TEST_F(StreamingServer, PassesOnMoreThanABodyMayHave) {
  const int port = listen();
  RawClient client(port);
  std::thread sending([&client] {
    client.send(streamed(""));
    const std::string chunk = "100000\r\n" + std::string(1u << 20, 'x') + "\r\n";
    for (int i = 0; i < 20; ++i) client.send(chunk);
    client.send("0\r\n\r\n");
  });
  Received received = received_.get_future().get();
  EXPECT_EQ(readAll(*received.body).size(), 20u << 20);
  received.respond(rpc::Response{202, "", {}, {}});
  EXPECT_EQ(client.receive().status, 202);
  sending.join();
}

TEST_F(StreamingServer, TakesABodyThatIsThereAtOnce) {
  RawClient client(listen());
  client.send(streamed("5\r\nwhole\r\n0\r\n\r\n"));
  Received received = received_.get_future().get();
  EXPECT_EQ(readAll(*received.body), "whole");
  received.respond(rpc::Response{202, "", {}, {}});
  EXPECT_EQ(client.receive().status, 202);
}

TEST_F(StreamingServer, TellsTheReaderThatTheClientIsGone) {
  const int port = listen();
  std::optional<RawClient> client(port);
  client->send(streamed("5\r\nfirst\r\n"));
  Received received = received_.get_future().get();
  client.reset();
  EXPECT_EQ(ended_.get_future().get(), Ending::kBroken);
  EXPECT_EQ(readAll(*received.body), "first");
}

TEST_F(StreamingServer, RefusesABodyWhenItIsComplete) {
  refuses_ = true;
  RawClient client(listen());
  client.send(streamed("5\r\nfirst\r\n"));
  refused_.get_future().wait();
  EXPECT_FALSE(client.isReadable(0));
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 400);
}

TEST_F(StreamingServer, ReceivesABodyFirstIfItsHeaderIsMissing) {
  RawClient client(listen());
  client.send("POST /body HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().body, "whole all");
}

}  // namespace ddblog::server
