// A temporary route that cannot be removed, or is not created to its end.
#include "cli/replays/temporary_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "deploy/replays/queue_policy.h"
#include "unit/aws/scripted_server.h"

namespace ddblog::cli {
namespace {

using testing::HasSubstr;

struct CtrlC {};

std::string policyAnswer() {
  const json::object attributes{{"Policy", replays::policyFor("q", "r")}};
  return json::serialize(json::object{{"Attributes", attributes}});
}

class ATemporaryRoute : public testing::Test {
 protected:
  // Its creation and its removal, at `server`. Returns what was printed on standard error.
  std::string comesAndGoes(const aws::ScriptedServer& server, const replays::Check& check) {
    aws::Session session({.endpoint_url = server.url(), .region = "eu-north-1", .profile = {}, .attempts = 1}, clock_,
                         ids_, [](const std::string&) { return std::nullopt; });
    replays::Routes routes(session);
    testing::internal::CaptureStderr();
    try {
      TemporaryRoute(routes, {.id = "7", .stage = "dev", .bus = "bus"}, check);
    } catch (const CtrlC&) {
      was_interrupted_ = true;
    }
    return testing::internal::GetCapturedStderr();
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  bool was_interrupted_ = false;
};

TEST_F(ATemporaryRoute, ThatCannotBeRemovedIsSaidAndIsNoError) {
  aws::ScriptedServer server({{200, R"({"QueueUrl":"http://q/n"})"},
                              {200, R"({"Attributes":{"QueueArn":"q"}})"},
                              {200, R"({"RuleArn":"r"})"},
                              {200, ""},
                              {200, policyAnswer()},
                              {200, R"({"FailedEntryCount":0})"},
                              {200, "{}"},  // CancelReplay
                              {400, R"({"__type":"AccessDeniedException","message":"no"})"}});
  EXPECT_THAT(comesAndGoes(server, [] {}),
              HasSubstr("the replay dynamodb-log-replay-7, its temporary rule and its queue could not all be "
                        "removed from AWS: AccessDeniedException: no. The next replay removes what is left"));
}

TEST_F(ATemporaryRoute, OfWhichCtrlCLeftOnlyTheQueueIsRemoved) {
  const aws::ScriptedServer::Scripted done{200, "{}"},
      absent{400, R"({"__type":"ResourceNotFoundException","message":"x"})"};
  aws::ScriptedServer server({{200, R"({"QueueUrl":"http://q/n"})"}, absent, absent, absent, done});
  EXPECT_EQ(comesAndGoes(server,
                         [calls = 0]() mutable {
                           if (++calls == 2) throw CtrlC();
                         }),
            "");
  EXPECT_TRUE(was_interrupted_);
  EXPECT_THAT(server.requests().at(4), HasSubstr("AmazonSQS.DeleteQueue"));
}

TEST_F(ATemporaryRoute, WhoseCreationHasNotBegunNeedsNoRemoval) {
  aws::ScriptedServer server(std::vector<aws::ScriptedServer::Scripted>{});
  EXPECT_EQ(comesAndGoes(server, [] { throw CtrlC(); }), "");
  EXPECT_TRUE(was_interrupted_);
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace ddblog::cli
