// A temporary route that cannot be removed.
#include "cli/temporary_route.h"

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

std::string policyAnswer() {
  const json::object attributes{{"Policy", replays::policyFor("q", "r")}};
  return json::serialize(json::object{{"Attributes", attributes}});
}

TEST(TemporaryRoute, ThatCannotBeRemovedIsSaidAndIsNoError) {
  aws::ScriptedServer server({{200, R"({"QueueUrl":"http://q/n"})"},
                              {200, R"({"Attributes":{"QueueArn":"q"}})"},
                              {200, R"({"RuleArn":"r"})"},
                              {200, ""},
                              {200, policyAnswer()},
                              {200, R"({"FailedEntryCount":0})"},
                              {400, R"({"__type":"AccessDeniedException","message":"no"})"}});
  AdjustableClock clock{AdjustableClock::Start::kFrozen};
  Ids ids{1};
  aws::Session session({.endpoint_url = server.url(), .region = "eu-north-1", .profile = {}, .attempts = 1}, clock, ids,
                       [](const std::string&) { return std::nullopt; });
  replays::Routes routes(session);
  testing::internal::CaptureStderr();
  { TemporaryRoute(routes, {.id = "7", .stage = "dev", .bus = "bus"}); }
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("rule and queue dynamodb-log-replay-7 could not be removed from AWS: "
                                 "AccessDeniedException: no. The next replay removes them"));
}

}  // namespace
}  // namespace ddblog::cli
