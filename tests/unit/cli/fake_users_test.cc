#include "cli/fake_users.h"

#include <gtest/gtest.h>

#include <set>

#include "ddblog/event.h"
#include "ddblog/payload.h"

namespace ddblog::cli {
namespace {

TEST(FakeUsers, HaveTheFourEventsOfAUser) {
  FakeUsers users(1);
  const std::vector<Event> events = users.next("2026-11-22T09:00:00.000Z");
  ASSERT_EQ(events.size(), 4u);
  const char* types[] = {"signup", "addPhoneNumber", "verifyPhoneNumber", "addLocation"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(events[i].type, types[i]);
    EXPECT_EQ(events[i].version, i + 1);
    EXPECT_EQ(Payload(events[i].payload).string("id"), events[i].id);
    EXPECT_NO_THROW(toItem(events[i]));
  }
  EXPECT_EQ(Payload(events[1].payload).string("phoneNumber"), Payload(events[2].payload).string("phoneNumber"));
}

TEST(FakeUsers, ArePlausibleAndDifferent) {
  FakeUsers users(2);
  std::set<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    const std::vector<Event> events = users.next("2026-11-22T09:00:00.000Z");
    ids.insert(events[0].id);
    const Payload location(events[3].payload);
    EXPECT_LE(std::abs(std::stod(location.number("long"))), 180);
    EXPECT_LE(std::abs(std::stod(location.number("lat"))), 90);
  }
  EXPECT_EQ(ids.size(), 200u);
}

TEST(FakeUsers, AreTheSameForTheSameSeed) {
  EXPECT_EQ(FakeUsers(3).next("")[0].payload, FakeUsers(3).next("")[0].payload);
}

}  // namespace
}  // namespace ddblog::cli
