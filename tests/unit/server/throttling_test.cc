// Requests that a fault throttles.
#include <gmock/gmock.h>

#include <vector>

#include "base/faults.h"
#include "unit/server/test_services.h"

namespace ddblog::server {
namespace {

class Throttling : public RunningServer {
 protected:
  Throttling() {
    limited_.add("Echo", [](rpc::Request request, rpc::Callback respond) {
      respond(rpc::Outcome::ofBody(std::move(request.body)));
    });
  }
  void startWith(double rate) {
    FaultSettings settings{.seed = 7};
    settings.rates[static_cast<std::size_t>(Fault::kThrottle)] = rate;
    faults_ = std::make_unique<Faults>(settings);
    options_.faults = faults_.get();
    server_.reset();
    server_ = std::make_unique<Server>(options_, clock_, ids_);
    for (const rpc::JsonApi* api : {&dynamodb_, &eventbridge_, &limited_}) server_->serve(*api);
    port_ = server_->listen({"127.0.0.1", 0}).port;
    server_->start();
  }
  RawAnswer echo(const std::string& body) { return ask(call("Echo", body, "", "Limited")); }

  rpc::JsonApi limited_{rpc::JsonProtocol({.target_prefix = "Limited",
                                           .content_type = "application/x-amz-json-1.0",
                                           .signing_name = "limited",
                                           .throttling_error = [](std::string_view operation) {
                                             return ApiError("ThrottlingException",
                                                             std::string(operation) + " is throttled", 429);
                                           }})};
  std::unique_ptr<Faults> faults_;
};

TEST_F(Throttling, IsTheErrorOfTheProtocolForThatOperation) {
  startWith(1);
  const RawAnswer answer = echo("{}");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.body, R"({"__type":"ThrottlingException","message":"Echo is throttled"})");
  EXPECT_EQ(faults_->count(Fault::kThrottle).injected, 1u);
}

TEST_F(Throttling, SparesAnApiThatThrottlesNothing) {
  startWith(1);
  EXPECT_EQ(ask(call("Echo", "{}")).status, 200);
  EXPECT_EQ(ask(call("Echo", "{}", "", "AWSEvents", "application/x-amz-json-1.1")).status, 200);
}

TEST_F(Throttling, DoesNotHappenAtARateOfZero) {
  startWith(0);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(echo("{}").status, 200);
}

TEST_F(Throttling, HitsTheSameRequestsWithTheSameSeed) {
  std::vector<std::string> runs;
  for (int run = 0; run < 2; ++run) {
    startWith(0.5);
    std::string& statuses = runs.emplace_back();
    for (int i = 0; i < 30; ++i) statuses += echo(R"({"n":)" + std::to_string(i % 10) + "}").status == 200 ? '.' : '!';
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_THAT(runs[0], testing::AllOf(testing::HasSubstr("."), testing::HasSubstr("!")));
}

}  // namespace
}  // namespace ddblog::server
