// Which replays go on, as `status` shows them.
#include "deploy/replays/active_replays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "unit/aws/scripted_server.h"

namespace ddblog::replays {
namespace {

TEST(ActiveReplays, AreThoseThatStartRunOrAreCancelled) {
  aws::ScriptedServer server(
      {{200, R"({"Replays":[{"ReplayName":"a","EventSourceArn":"arn:aws:events:r:1:archive/log","State":"STARTING"}],)"
             R"("NextToken":"more"})"},
       {200, R"({"Replays":[]})"},
       {200, R"({"Replays":[{"ReplayName":"b","EventSourceArn":"arn:aws:events:r:1:archive/log","State":"RUNNING",)"
             R"("EventEndTime":1767229200,"EventLastReplayedTime":1767225600.5}]})"},
       {200, R"({"Replays":[]})"}});
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  Ids ids(1);
  aws::Session session({.endpoint_url = server.url(), .region = "eu-north-1", .profile = {}, .attempts = 1}, clock, ids,
                       [](const std::string&) { return std::nullopt; });
  const auto active = activeReplays(aws::Client(session, aws::kEventBridge));
  ASSERT_EQ(active.size(), 2u);
  EXPECT_EQ(active[0].name, "a");
  EXPECT_EQ(active[0].source, "log");
  EXPECT_EQ(active[0].detail, "archive log");
  EXPECT_EQ(active[1].state, "RUNNING");
  EXPECT_EQ(active[1].detail, "archive log, up to 2026-01-01T00:00:00Z of 2026-01-01T01:00:00Z");
  EXPECT_THAT(server.requests().at(1), testing::HasSubstr(R"("NextToken":"more")"));
  EXPECT_THAT(server.requests().at(3), testing::HasSubstr(R"("State":"CANCELLING")"));
}

}  // namespace
}  // namespace ddblog::replays
