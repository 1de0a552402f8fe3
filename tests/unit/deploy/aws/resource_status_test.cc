// What of a stack's status is shown to somebody who may not see all of it.
#include "deploy/aws/resource_status.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/clock.h"
#include "base/ids.h"
#include "unit/aws/scripted_server.h"

namespace ddblog::deploy {
namespace {

std::vector<ResourceStatus> statusesOfAnArchive(aws::ScriptedServer::Scripted answer) {
  aws::ScriptedServer server({std::move(answer)});
  AdjustableClock clock{AdjustableClock::Start::kFrozen};
  Ids ids{1};
  aws::Session session({.endpoint_url = server.url(), .region = "eu-north-1", .profile = {}, .attempts = 1}, clock, ids,
                       [](const std::string&) { return std::nullopt; });
  StackResource archive;
  archive.type = "AWS::Events::Archive";
  archive.physical_id = "log";
  return ResourceStatuses(session).of({archive});
}

TEST(ResourceStatuses, SaysInOneLineThatItMayNotSeeReplays) {
  const auto statuses = statusesOfAnArchive({400, R"({"__type":"AccessDeniedException","message":"x"})"});
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_EQ(statuses[0].kind, "replay");
  EXPECT_EQ(statuses[0].detail, "events:ListReplays is not allowed");
}

TEST(ResourceStatuses, OtherErrorsEndIt) {
  EXPECT_THROW(statusesOfAnArchive({400, R"({"__type":"ValidationException","message":"x"})"}), aws::ServiceError);
}

}  // namespace
}  // namespace ddblog::deploy
