// The queue between the store and the archive file: how its records hold events.
#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "services/eventbridge/archive/archive.h"
#include "services/eventbridge/archive/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {
namespace {

using testing::ElementsAre;

// An archive by itself, of the bus "bus".
class QueueOfTheArchive : public testing::Test {
 protected:
  Archive& start() {
    return archive_.emplace(*store_, clock_, archives_, file_, ArchiveOptions{{"bus"}, Duration(0)},
                            [](std::string_view) {});
  }
  static Event event(const std::string& id, std::size_t bytes = 0) {
    Event made;
    made.id = id;
    made.text = "{}" + std::string(bytes, ' ');
    return made;
  }
  static std::size_t records(const Reader& reader) {
    const std::string begin = KeyBuilder(key_spaces::kArchiveQueue).str();
    std::size_t count = 0;
    for (auto cursor = reader.cursor(begin, endOfPrefix(begin)); cursor->valid(); cursor->next()) ++count;
    return count;
  }
  std::vector<std::string> archived() const {
    std::vector<std::string> ids;
    for (std::int64_t after = 0;;) {
      const std::vector<ArchivedEvent> rows = file_.rows(after, file_.lastRow());
      if (rows.empty()) return ids;
      for (const ArchivedEvent& row : rows) ids.push_back(row.event_id);
    }
  }

  AdjustableClock clock_;
  Ids ids_{1};
  const ArchiveCatalog archives_{ids_};
  ArchiveFile file_{std::filesystem::path()};
  const std::unique_ptr<Store> store_ = Store::open({.directory = {}, .in_memory = true});
  std::optional<Archive> archive_;
};

TEST_F(QueueOfTheArchive, EventsOfACommitShareRecordsThatAreNotLarge) {
  Archive& archive = start();
  std::size_t count = 0;
  store_->writeAndWait([&](Transaction& transaction) {
    for (int i = 0; i < 100; ++i) archive.onEvent(transaction, "bus", event(std::to_string(i), 1'000));
    count = records(transaction);
  });
  EXPECT_GE(count, 5u);
  EXPECT_LE(count, 10u);
  ASSERT_TRUE(archive.drain());
  EXPECT_EQ(archived().size(), 100u);
  EXPECT_EQ(records(*store_->snapshot()), 0u);
}

TEST_F(QueueOfTheArchive, WhatIsUndoneIsNotArchived) {
  Archive& archive = start();
  store_->writeAndWait([&](Transaction& transaction) {
    for (const char* id : {"a", "b"}) {
      EXPECT_ANY_THROW(transaction.attempt([&] {
        archive.onEvent(transaction, "bus", event("undone"));
        throw std::runtime_error("undone");
      }));
      archive.onEvent(transaction, "bus", event(id));
    }
  });
  ASSERT_TRUE(archive.drain());
  EXPECT_THAT(archived(), ElementsAre("a", "b"));
}

TEST_F(QueueOfTheArchive, ReadsTheQueueOfAnEarlierVersion) {
  const auto key = [](KeySpace space, std::uint64_t number) { return KeyBuilder(space).number(number).str(); };
  store_->writeAndWait([&](Transaction& transaction) {
    for (const std::uint64_t number : {1, 2, 3}) {
      const std::string id = std::to_string(number);
      transaction.put(key(key_spaces::kArchiveQueue, number), KeyBuilder(key_spaces::kArchiveQueue)
                                                                  .number(1'767'225'600'000)
                                                                  .text("users")
                                                                  .text("signup")
                                                                  .text(id)
                                                                  .bytes(R"({"id":")" + id + R"("})")
                                                                  .str());
    }
    transaction.put(key(key_spaces::kArchiveKeepers, 2), std::string("\x01\0\0\0\0\0\0\0\x07", 9));
  });
  EXPECT_THAT(queuedEvents(*store_->snapshot()), ElementsAre(R"({"id":"1"})", R"({"id":"2"})", R"({"id":"3"})"));
  Archive& archive = start();
  store_->writeAndWait([&](Transaction& transaction) { archive.onEvent(transaction, "bus", event("4")); });
  ASSERT_TRUE(archive.drain());
  EXPECT_THAT(archived(), ElementsAre("1", "3", "4"));  // and the second is kept for the archive 7 alone
  EXPECT_EQ(file_.keptSize({.archive = 7}).events, 1u);
  const auto snapshot = store_->snapshot();
  EXPECT_EQ(records(*snapshot), 0u);
  EXPECT_FALSE(snapshot->get(key(key_spaces::kArchiveKeepers, 2)));
}

}  // namespace
}  // namespace ddblog::eventbridge
