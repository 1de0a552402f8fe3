// Requests that have arrived and that nobody has read yet: takeArrived() hands them out.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "unit/server/test_services.h"

namespace ddblog::server {
namespace {

class ArrivedRequests : public RunningServer {
 protected:
  ArrivedRequests() {
    dynamodb_.add("Count", [this](rpc::Request, rpc::Callback respond) {
      ++count_;
      respond(rpc::Outcome::ofBody("{}"));
    });
  }

  std::atomic<int> count_ = 0;
};

TEST_F(ArrivedRequests, AreHandedOutAlsoIfTheirClientIsGone) {
  start();
  for (int number = 1; number <= 200; ++number) {
    {
      RawClient client(port_);
      client.send(call("Count", "{}"));
      client.awaitArrival();
    }
    server_->takeArrived();
    ASSERT_EQ(count_, number);
  }
}

TEST_F(ArrivedRequests, AreHandedOutAlsoIfTheyTakeSeveralReads) {
  start();
  const std::string body(40'000, ' ');
  RawClient client(port_);
  for (int number = 1; number <= 20; ++number) {
    client.send(call("Count", body));
    client.awaitArrival();
    server_->takeArrived();
    ASSERT_EQ(count_, number);
    client.receive();
  }
}

}  // namespace
}  // namespace ddblog::server
