// What an archive's replay lacked, read from the log table.
#include "cli/replays/source_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "unit/clients/cpp/fake_transport.h"

namespace ddblog::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A table with the stream of one user: version n was appended at 9:0n.
class Log : public testing::Test {
 protected:
  Log() {
    transport_->on("DescribeTable", R"({"Table":{"TableArn":"arn:aws:dynamodb:eu-north-1:111122223333:table/dev",)"
                                    R"("ItemCount":5}})");
    transport_->on("Query", [this](const json::object& request) { return answer(request); });
    transport_->on("Scan", [this](const json::object& request) {
      return request.at("Segment") == 0 ? page(items({1, 2, 3, 4, 5})) : page({});
    });
  }

  std::vector<std::string> items(const std::vector<int>& versions) const {
    std::vector<std::string> found;
    for (const int version : versions) {
      if (lost_.contains(version)) continue;
      found.push_back(eventItem("42", version, version == 1 ? "signup" : "changed", "",
                                undated_.contains(version) ? ""
                                                           : R"(,"createdAt":{"S":"2026-11-22T09:0)" +
                                                                 std::to_string(version) + R"(:00.000Z"})"));
    }
    return found;
  }

  std::string answer(const json::object& request) const {
    const json::object& values = request.at("ExpressionAttributeValues").as_object();
    const auto bound = [&](const char* name) {
      return std::stoll(std::string(values.at(name).as_object().at("N").as_string()));
    };
    std::vector<int> versions;
    for (int version = 1; version <= 5; ++version) {
      if (version >= bound(":first") && version <= bound(":last")) versions.push_back(version);
    }
    if (!request.at("ScanIndexForward").as_bool()) std::ranges::reverse(versions);
    return page(items(versions));
  }

  SourceLog log(const eventbridge::ArchiveQuery& query = {}) {
    return SourceLog(transport_, "dev", query, Timestamp());
  }

  // The versions that are read, if these have arrived.
  std::vector<std::uint64_t> missing(const eventbridge::ArchiveQuery& query,
                                     const std::vector<std::uint64_t>& arrived) {
    replays::StreamVersions versions;
    for (const std::uint64_t version : arrived) versions.add(kStream, version);
    std::vector<std::uint64_t> read;
    missing_ = log(query).readMissing(kStream, versions, [&](const std::vector<IncomingEvent>& events) {
      for (const IncomingEvent& event : events) read.push_back(event.version);
    });
    return read;
  }

  static Timestamp at(int minute) { return fromIso8601("2026-11-22T09:00:00Z") + std::chrono::minutes(minute); }

  static constexpr const char* kStream = "users#42#stream";
  std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>();
  std::set<int> lost_;     // versions that the table does not have
  std::set<int> undated_;  // versions without createdAt
  SourceLog::Missing missing_;
};

TEST_F(Log, NothingIsMissingOfAWholeStream) { EXPECT_THAT(missing({}, {1, 2, 3, 4, 5}), IsEmpty()); }

TEST_F(Log, GivesWhatIsBeforeBetweenAndAfter) { EXPECT_THAT(missing({}, {2, 4}), ElementsAre(1, 3, 5)); }

TEST_F(Log, KeepsToTheRangeOfTimes) {
  EXPECT_THAT(missing({.from = at(2), .to = at(4)}, {3}), ElementsAre(2, 4));
  EXPECT_THAT(missing({.from = at(3), .to = at(4)}, {3}), ElementsAre(4));
  EXPECT_THAT(missing({.to = at(3)}, {3}), ElementsAre(1, 2));
}

TEST_F(Log, KeepsToTheTypes) { EXPECT_THAT(missing({.types = {"signup"}}, {3}), ElementsAre(1)); }

TEST_F(Log, WithTypesNobodyKnowsWhatIsAbsent) {
  lost_ = {2};
  EXPECT_THAT(missing({.types = {"signup"}}, {1, 3}), IsEmpty());
  EXPECT_EQ(missing_.lost, 0u);  // it may have been of another type
}

TEST_F(Log, CountsWhatIsNotThereEither) {
  lost_ = {2};
  EXPECT_THAT(missing({}, {1, 4}), ElementsAre(3, 5));
  EXPECT_EQ(missing_.lost, 1u);
}

TEST_F(Log, CountsHolesAfterWhatArrived) {
  lost_ = {2, 4};
  EXPECT_THAT(missing({}, {1}), ElementsAre(3, 5));
  EXPECT_EQ(missing_.lost, 2u);
  EXPECT_THAT(missing({.to = at(5)}, {1}), ElementsAre(3, 5));
  EXPECT_EQ(missing_.lost, 2u);
}

TEST_F(Log, CountsHolesBeforeWhatArrived) {
  lost_ = {1, 3};
  EXPECT_THAT(missing({}, {5}), ElementsAre(2, 4));
  EXPECT_EQ(missing_.lost, 2u);
}

TEST_F(Log, HolesAtTheEndsOfTheRangeAreUnknown) {
  lost_ = {2, 4};
  EXPECT_THAT(missing({.from = at(2), .to = at(4)}, {3}), IsEmpty());
  EXPECT_EQ(missing_.lost, 0u);
  EXPECT_EQ(missing_.unknown, 2u);
}

TEST_F(Log, ItemsThatHaveExpiredAreInNoRange) {
  lost_ = {1, 2};
  EXPECT_THAT(missing({.from = at(3)}, {4}), ElementsAre(3, 5));
  EXPECT_EQ(missing_.lost + missing_.unknown, 0u);
}

TEST_F(Log, WhatIsBetweenEventsOfTheRangeIsInIt) {
  undated_ = {2};
  EXPECT_THAT(missing({.from = at(1), .to = at(3)}, {1, 3}), ElementsAre(2));
  EXPECT_THAT(missing({.from = at(1)}, {3, 4, 5}), ElementsAre(1, 2));
  undated_ = {4};
  EXPECT_THAT(missing({.to = at(5)}, {1, 2, 3}), ElementsAre(4, 5));
  EXPECT_EQ(missing_.unknown, 0u);
}

TEST_F(Log, EventsWithoutATimeAtTheEndsOfTheRangeAreUnknown) {
  undated_ = {1, 2, 3, 4, 5};
  EXPECT_THAT(missing({.from = at(1), .to = at(5)}, {3}), IsEmpty());
  EXPECT_EQ(missing_.unknown, 4u);
  EXPECT_THAT(missing({}, {3}), ElementsAre(1, 2, 4, 5));
}

TEST_F(Log, IsGivenInPagesOfBytes) {
  transport_->on("Query", [](const json::object& request) {
    const bool is_all = request.at("ExpressionAttributeValues").as_object().at(":first").as_object().at("N") == "2";
    std::vector<std::string> large;
    for (int version = 2; is_all && version <= 9; ++version) {
      large.push_back(eventItem("42", version, "changed", R"("x":{"S":")" + std::string(700'000, 'x') + "\"}"));
    }
    return page(large);
  });
  replays::StreamVersions versions;
  versions.add(kStream, 1);
  std::vector<std::size_t> pages;
  log().readMissing(kStream, versions,
                    [&](const std::vector<IncomingEvent>& events) { pages.push_back(events.size()); });
  EXPECT_THAT(pages, ElementsAre(3, 3, 2));
}

TEST_F(Log, IsReadWholeByAScan) {
  std::vector<std::uint64_t> versions;
  std::uint64_t read = 0;
  log({.from = at(2)}).scan([&](const SourceLog::Page& page) {
    for (const IncomingEvent& event : page.events) versions.push_back(event.version);
    read += page.read;
    return true;
  });
  EXPECT_THAT(versions, ElementsAre(2, 3, 4, 5));
  EXPECT_EQ(read, 5u);
  for (const auto& scan : transport_->sentTo("Scan")) EXPECT_TRUE(scan.request.at("ConsistentRead").as_bool());
}

TEST_F(Log, ItemsThatAreNoEventsAreCounted) {
  transport_->on("Scan", [](const json::object& request) {
    if (request.at("Segment") != 0) return page({});
    return page({R"({"pk":{"S":"users#42#stream"},"sk":{"N":"1"},"payload":{"S":"x"}})", R"({"pk":{"S":"users#42"}})"});
  });
  const auto foreign = [&](const eventbridge::ArchiveQuery& query) {
    std::uint64_t count = 0;
    log(query).scan([&](const SourceLog::Page& page) {
      count += page.foreign;
      return true;
    });
    return count;
  };
  EXPECT_EQ(foreign({}), 2u);
  EXPECT_EQ(foreign({.logs = {"orders"}}), 1u);  // the other one is of nobody knows which log
}

TEST_F(Log, OneEventOfIt) {
  EXPECT_EQ(log().get(kStream, 3)->version, 3u);
  EXPECT_FALSE(log().get(kStream, 9));
}

TEST_F(Log, AStageWithoutALogIsNamed) {
  transport_->on("DescribeTable",
                 [](const json::object&) -> std::string { throw ServiceError("ResourceNotFoundException", "", 400); });
  EXPECT_THROW(log(), std::invalid_argument);
}

}  // namespace
}  // namespace ddblog::cli
