// The server while its APIs are replaced: nobody uses the old ones any more.
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "unit/server/test_services.h"

namespace ddblog::server {
namespace {

using std::chrono::milliseconds;

class Pause : public RunningServer {
 protected:
  Pause() {
    options_.stop_timeout = milliseconds(1);
    lasting_.add("GET", "/lasting", "Lasting",
                 [this](rpc::Request, rpc::Callback respond) { lasting_request_.set_value(std::move(respond)); });
  }

  rpc::RestApi lasting_;
  std::promise<rpc::Callback> lasting_request_;
};

TEST_F(Pause, WaitsForAHandlerThatRunsTooLong) {
  std::promise<void> goes_on;
  std::promise<void> runs;
  std::atomic<bool> has_ended = false;
  dynamodb_.add("Block", [&](rpc::Request, rpc::Callback respond) {
    runs.set_value();
    goes_on.get_future().wait();
    has_ended = true;
    respond(rpc::Outcome::ofBody("late"));
  });
  RawClient client(start());
  client.send(call("Block", "{}"));
  runs.get_future().wait();
  auto paused = std::async(std::launch::async, [&] {
    server_->pause();
    return has_ended.load();
  });
  EXPECT_TRUE(client.isClosed());  // the time is over
  goes_on.set_value();
  EXPECT_TRUE(paused.get());
}

TEST_F(Pause, EndsNoRequestThatDoesNotUseTheApis) {
  start();
  server_->pause();
  server_->serveLasting(lasting_);
  server_->resume();
  RawClient late(port_);
  late.send(call("Later", "{}"));
  Held held = takeHeld();
  RawClient lasting(port_);
  lasting.send("GET /lasting HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const rpc::Callback respond = lasting_request_.get_future().get();
  RawClient idle(port_);
  idle.send(call("Echo", "before"));
  EXPECT_EQ(idle.receive().body, "before");

  server_->pause();
  EXPECT_TRUE(late.isClosed());
  idle.send(call("Echo", "after"));
  server_->resume();
  respond(rpc::Response{200, "lasts", {}, {}});
  EXPECT_EQ(lasting.receive().body, "lasts");
  EXPECT_EQ(idle.receive().body, "after");
}

TEST_F(Pause, KnowsWhoseRequestIsNotAnswered) {
  start();
  RawClient client(port_);
  client.send(call("Later", "{}"));
  Held held = takeHeld();
  EXPECT_TRUE(server_->hasClient(held.request.request_id));
  EXPECT_FALSE(server_->hasClient("another"));
  held.respond(rpc::Outcome::ofBody("{}"));
  client.receive();
  EXPECT_FALSE(server_->hasClient(held.request.request_id));
}

}  // namespace
}  // namespace ddblog::server
