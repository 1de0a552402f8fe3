#include "cli/replays/replay_targets.h"

#include <gtest/gtest.h>

#include "unit/clients/cpp/fake_transport.h"

namespace ddblog::cli {
namespace {

eventbridge::ArchivedEvent archived(int version, const std::string& more = {}) {
  return {"2026-11-22T09:00:00.000Z", "users", "addLocation",
          R"({"version":"0","id":"e","detail-type":"stream changes","source":"dynamodb-log","detail":{"log":"users",)"
          R"("key":{"pk":"users#42#stream","sk":)" +
              std::to_string(version) +
              R"(},"type":"addLocation","payload":{"id":"42","long":18.0685801234567890123})" + more + "}}",
          "e"};
}

TEST(TableReplay, PutsTheEventAsItWas) {
  auto transport = std::make_shared<FakeTransport>();
  transport->on("PutItem", "{}");
  ReplayCounts counts;
  TableReplay(transport, "logs").send({archived(2)}, counts);
  EXPECT_EQ(counts.sent, 1u);
  EXPECT_EQ(transport->sent.at(0).text,
            R"({"TableName":"logs","Item":{"pk":{"S":"users#42#stream"},"sk":{"N":"2"},"type":{"S":"addLocation"},)"
            R"("log":{"S":"users"},"payload":{"M":{"id":{"S":"42"},"long":{"N":"18.0685801234567890123"}}},)"
            R"("createdAt":{"S":"2026-11-22T09:00:00.000Z"}},)"
            "\"ConditionExpression\":\"attribute_not_exists(pk)\"}");
}

TEST(TableReplay, CountsWhatWasThereAlready) {
  auto transport = std::make_shared<FakeTransport>();
  transport->on("PutItem", [](const json::object&) -> std::string { throw conditionFailed(); });
  ReplayCounts counts;
  TableReplay(transport, "logs").send({archived(2)}, counts);
  EXPECT_EQ(counts.sent, 0u);
  EXPECT_EQ(counts.already_there, 1u);
}

TEST(TableReplay, LeavesOutWhatIsNotAWholeEvent) {
  EXPECT_EQ(itemFromArchived(archived(1, R"(,"partial":true)")), "");
  EXPECT_EQ(itemFromArchived(archived(0)), "");
  EXPECT_EQ(itemFromArchived({"", "", "", R"({"detail":{"anything":1}})", "e"}), "");
  EXPECT_EQ(itemFromArchived({"", "", "", "no json", "e"}), "");
  EXPECT_NE(itemFromArchived(archived(1)), "");
}

TEST(TableReplay, ARefusalEndsTheReplay) {
  auto transport = std::make_shared<FakeTransport>();
  transport->on("PutItem",
                [](const json::object&) -> std::string { throw ServiceError("AccessDeniedException", "", 400); });
  ReplayCounts counts;
  EXPECT_THROW(TableReplay(transport, "logs").send({archived(1), archived(2)}, counts), ServiceError);
}

TEST(BusReplay, SaysWhenNothingListens) {
  ReplayCounts counts;
  BusReplay bus(ConnectOptions{.endpoint_url = "http://127.0.0.1:1", .region = "us-east-1", .profile = {}},
                "dynamodb-log", "again");
  EXPECT_THROW(bus.send({archived(1)}, counts), NotReachable);
}

}  // namespace
}  // namespace ddblog::cli
