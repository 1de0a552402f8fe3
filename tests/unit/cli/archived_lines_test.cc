#include "cli/replays/archived_lines.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ddblog::cli {
namespace {

constexpr const char* kLine =
    R"({"createdAt":"2026-11-22T09:00:00.000Z","event":{"id":"e1","detail":{"log":"users","type":"signup",)"
    R"("payload":{"long":1.000000000000000000000000000001}}}})";

TEST(ArchivedLines, KeepTheEventAsItIs) {
  const eventbridge::ArchivedEvent event = parseArchivedLine(kLine);
  EXPECT_EQ(event.created_at, "2026-11-22T09:00:00.000Z");
  EXPECT_EQ(event.event_id, "e1");
  EXPECT_EQ(event.log, "users");
  EXPECT_EQ(event.type, "signup");
  EXPECT_EQ(parseArchivedLine(archivedLine(event)).event, event.event);
  EXPECT_NE(event.event.find("1.000000000000000000000000000001"), std::string::npos);
}

TEST(ArchivedLines, NeedATimeAndAnEvent) {
  for (const char* line :
       {"[]", "{}", R"({"createdAt":"noon","event":{"detail":{}}})", R"({"createdAt":"2026-11-22T09:00:00.000Z"})",
        R"({"createdAt":"2026-11-22T09:00:00.000Z","event":{"id":"e1"}})"}) {
    EXPECT_THROW(parseArchivedLine(line), std::invalid_argument) << line;
  }
}

}  // namespace
}  // namespace ddblog::cli
