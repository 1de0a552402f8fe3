// Events from AWS, as the offline cloud's table and bus take them.
#include "cli/replays/incoming_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "unit/clients/cpp/fake_transport.h"

namespace ddblog::cli {
namespace {

constexpr const char* kEvent =
    R"({"version":"0","id":"e-1","detail-type":"stream changes","source":"dynamodb-log","account":"111122223333",)"
    R"("time":"2026-11-22T09:00:00Z","region":"eu-north-1","resources":[],"replay-name":"r","detail":{"log":"users",)"
    R"("key":{"pk":"users#42#stream","sk":3},"type":"addLocation","payload":{"id":"42","long":18.06858012345678901}@}})";

std::string eventWith(const std::string& more) {
  std::string text = kEvent;
  return text.replace(text.find('@'), 1, more);
}

TEST(IncomingBusEvent, LosesTheNameOfItsReplayAndNothingElse) {
  const auto event = incomingOfBusEvent(eventWith(""));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->pk, "users#42#stream");
  EXPECT_EQ(event->version, 3u);
  std::string expected = eventWith("");
  const std::string name = R"("replay-name":"r",)";
  expected.erase(expected.find(name), name.size());
  EXPECT_EQ(event->event, expected);
  EXPECT_THAT(event->item, testing::HasSubstr(R"("long":{"N":"18.06858012345678901"})"));
  EXPECT_THAT(event->item, testing::HasSubstr(R"("createdAt":{"S":"2026-11-22T09:00:00Z"})"));
}

TEST(IncomingBusEvent, ThatIsPartialHasNoItem) {
  const auto event = incomingOfBusEvent(eventWith(R"(,"partial":true)"));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->item, "");
}

TEST(IncomingBusEvent, OfAnotherKindIsNone) {
  for (const char* text : {"{}", "no json", R"({"time":"2026-11-22T09:00:00Z","detail":{"anything":1}})"}) {
    EXPECT_FALSE(incomingOfBusEvent(text)) << text;
  }
}

TEST(IncomingItem, BecomesTheEventThatTheTriggerWouldPut) {
  const json::object item =
      parseJson(eventItem("42", 3, "addLocation", R"("long":{"N":"18.06858012345678901"})",
                          R"(,"createdAt":{"S":"2026-11-22T09:00:00.250Z"},"metadata":{"M":{"by":{"S":"me"}}})"))
          .as_object();
  const auto event = incomingOfItem(item, {"111122223333", "eu-north-1"});
  ASSERT_TRUE(event);
  EXPECT_EQ(event->item, json::serialize(item));  // with what the bus does not carry
  EXPECT_THAT(event->event, testing::HasSubstr(R"("time":"2026-11-22T09:00:00Z","region":"eu-north-1")"));
  EXPECT_THAT(event->event, testing::HasSubstr(R"("payload":{"id":"42","long":18.06858012345678901})"));
  EXPECT_EQ(incomingOfItem(item, {"111122223333", "eu-north-1"})->event, event->event);  // the same id
  EXPECT_FALSE(incomingOfItem({{"pk", {{"S", "users#42"}}}}, {}));
}

TEST(IncomingTable, WritesTheEventsOfAStreamInTheirOrder) {
  auto transport = std::make_shared<FakeTransport>();
  transport->on("PutItem", "{}");
  std::vector<IncomingEvent> events;
  for (int version = 1; version <= 20; ++version) {
    for (const char* id : {"a", "b", "c"}) {
      events.push_back(*incomingOfItem(parseJson(eventItem(id, version, "t", "")).as_object(), {}));
    }
  }
  ReplayCounts counts;
  incomingTable(transport, "logs")->send(events, counts);
  EXPECT_EQ(counts.sent, 60u);
  std::map<std::string, std::vector<int>> versions;
  for (const auto& put : transport->sent) {
    const json::object& item = put.request.at("Item").as_object();
    versions[std::string(item.at("pk").as_object().at("S").as_string())].push_back(
        std::stoi(std::string(item.at("sk").as_object().at("N").as_string())));
  }
  EXPECT_EQ(versions.size(), 3u);
  for (const auto& [pk, of_stream] : versions) EXPECT_TRUE(std::ranges::is_sorted(of_stream)) << pk;
}

TEST(IncomingTable, CountsWhatIsNotWhole) {
  auto transport = std::make_shared<FakeTransport>();
  ReplayCounts counts;
  IncomingEvent partial;
  partial.pk = "users#42#stream";
  incomingTable(transport, "logs")->send({partial}, counts);
  EXPECT_EQ(counts.incomplete, 1u);
}

}  // namespace
}  // namespace ddblog::cli
