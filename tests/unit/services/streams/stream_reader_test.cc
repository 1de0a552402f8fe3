#include "services/streams/stream_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/api_error.h"
#include "base/json.h"
#include "base/limits.h"
#include "item/stored_item.h"
#include "services/dynamodb/changes/change_records.h"
#include "services/streams/retention.h"
#include "services/streams/shard_iterator.h"

namespace ddblog::streams {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Item event(const std::string& stream, int version) {
  return {{"pk", AttributeValue(stream)}, {"sk", AttributeValue(Decimal(version))}};
}

// A table "log" with a stream; shards are closed after three records.
class StreamReaderTest : public testing::Test {
 protected:
  StreamReaderTest() {
    StoreOptions options;
    options.in_memory = true;
    store_ = Store::open(options);
    context_.emplace(*store_, clock_, ids_, "eu-west-1", "000000000000");
    context_->shard_limits.records = 3;
    table_.name = "log";
    table_.arn = "arn:aws:dynamodb:eu-west-1:000000000000:table/log";
    table_.key = {{{"pk", AttributeValue::Type::kString}}, {{"sk", AttributeValue::Type::kNumber}}};
    write([&](Transaction& transaction) {
      table_.id = context_->catalog.nextTableId(transaction);
      dynamodb::turnStreamOn(transaction, *context_, table_, dynamodb::StreamView::kNewAndOldImages);
      context_->catalog.put(transaction, table_);
    });
  }

  void write(const std::function<void(Transaction&)>& command) { store_->writeAndWait(command); }

  void append(const std::string& stream, int version) {
    const Item item = event(stream, version);
    write([&](Transaction& transaction) {
      dynamodb::appendChangeRecord(transaction, *context_, table_, item, {}, encodeItem(item));
    });
  }

  std::vector<Record> read(const std::string& shard, const std::string& after = "", std::size_t most = 100) {
    return readRecords(*store_->snapshot(), table_.latest_stream_arn, shard, after, most, 1u << 20, clock_.now());
  }

  std::vector<Shard> shards() { return listShards(*store_->snapshot(), table_.latest_stream_arn); }

  // The versions of all events, read shard after shard as a consumer does.
  std::vector<std::string> readAll() {
    std::vector<std::string> versions;
    for (const Shard& shard : shards()) {
      std::string after;
      for (auto records = read(shard.id, after, 2); !records.empty(); records = read(shard.id, after, 2)) {
        for (const Record& record : records) versions.push_back(versionOf(record));
        after = records.back().sequence_number;
      }
    }
    return versions;
  }

  static std::string versionOf(const Record& record) {
    return std::string(parseJson(record.json).at("dynamodb").at("Keys").at("sk").at("N").as_string());
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_;
  std::optional<dynamodb::Context> context_;
  dynamodb::Table table_;
};

TEST_F(StreamReaderTest, GivesEachRecordOnceInOrderAcrossShards) {
  for (int version = 1; version <= 8; ++version) append("users#1#stream", version);
  ASSERT_EQ(shards().size(), 3u);
  EXPECT_EQ(shards()[0].parent_id, "");
  EXPECT_EQ(shards()[1].parent_id, shards()[0].id);
  EXPECT_NE(shards()[0].ending_sequence_number, "");
  EXPECT_EQ(shards()[2].ending_sequence_number, "");
  EXPECT_THAT(readAll(), ElementsAre("1", "2", "3", "4", "5", "6", "7", "8"));
}

TEST_F(StreamReaderTest, SequenceNumbersGrowAndAreLongEnough) {
  append("a", 1);
  append("a", 2);
  const auto records = read(shards()[0].id);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_LT(records[0].sequence_number, records[1].sequence_number);
  EXPECT_GE(records[0].sequence_number.size(), 21u);
  EXPECT_EQ(lastSequenceNumber(*store_->snapshot(), table_.latest_stream_arn, shards()[0].id),
            records[1].sequence_number);
}

TEST_F(StreamReaderTest, RecordsOfOneItemShareTheirItemKey) {
  append("a", 1);
  append("b", 1);
  append("a", 1);
  const auto records = read(shards()[0].id);
  EXPECT_EQ(records[0].item_key, records[2].item_key);
  EXPECT_NE(records[0].item_key, records[1].item_key);
}

TEST_F(StreamReaderTest, ARecordIsWhatALambdaFunctionGets) {
  const Item item = event("a", 1);
  write([&](Transaction& transaction) {
    dynamodb::appendChangeRecord(transaction, *context_, table_, item, encodeItem(item), {},
                                 dynamodb::ChangedBy::kTimeToLive);
  });
  const json::value record = parseJson(read(shards()[0].id).at(0).json);
  EXPECT_EQ(record.at("eventName"), json::value("REMOVE"));
  EXPECT_EQ(record.at("awsRegion"), json::value("eu-west-1"));
  EXPECT_EQ(record.at("userIdentity"),
            json::value(json::object{{"type", "Service"}, {"principalId", "dynamodb.amazonaws.com"}}));
  EXPECT_EQ(record.at("dynamodb").at("OldImage").at("pk").at("S"), json::value("a"));
}

TEST_F(StreamReaderTest, AWriteThatChangesNothingLeavesNoRecord) {
  const Item item = event("a", 1);
  write([&](Transaction& transaction) {
    dynamodb::appendChangeRecord(transaction, *context_, table_, item, encodeItem(item), encodeItem(item));
  });
  EXPECT_THAT(read(shards()[0].id), IsEmpty());
  EXPECT_EQ(lastSequenceNumber(*store_->snapshot(), table_.latest_stream_arn, shards()[0].id), "");
}

TEST_F(StreamReaderTest, StopsAtTheBytesButGivesAtLeastOneRecord) {
  append("a", 1);
  append("a", 2);
  const auto snapshot = store_->snapshot();
  EXPECT_EQ(readRecords(*snapshot, table_.latest_stream_arn, shards()[0].id, "", 10, 1, clock_.now()).size(), 1u);
}

TEST_F(StreamReaderTest, AnOldShardIsClosedByTheNextRecord) {
  append("a", 1);
  clock_.move(limits::kShardAge);
  EXPECT_EQ(shards().size(), 1u);
  append("a", 2);
  EXPECT_EQ(shards().size(), 2u);
  EXPECT_THAT(readAll(), ElementsAre("1", "2"));
}

TEST_F(StreamReaderTest, WhatIsPastItsRetentionIsNotGivenAndIsErased) {
  for (int version = 1; version <= 4; ++version) append("a", version);
  clock_.move(std::chrono::hours(23));
  append("a", 5);
  clock_.move(std::chrono::hours(1));
  EXPECT_THAT(readAll(), ElementsAre("5"));
  Retention::sweep(*context_);
  EXPECT_THAT(readAll(), ElementsAre("5"));
  // The first shard was closed when the fourth record came; the second one at the fifth.
  // Nothing of the first is kept but that it was there: the second one's parent.
  ASSERT_EQ(shards().size(), 3u);
  EXPECT_EQ(shards()[0].parent_id, "");
  EXPECT_EQ(shards()[1].parent_id, shards()[0].id);
  clock_.move(std::chrono::hours(24));
  Retention::sweep(*context_);
  EXPECT_THAT(readAll(), IsEmpty());
  EXPECT_EQ(shards().size(), 2u);
  // The open shard still says which one it follows, and clearing away comes to an end.
  append("a", 6);
  append("a", 7);
  append("a", 8);
  append("a", 9);
  clock_.move(std::chrono::hours(24));
  Retention::sweep(*context_);
  ASSERT_EQ(shards().size(), 2u);
  EXPECT_EQ(shards()[1].parent_id, shards()[0].id);
  EXPECT_GT(Retention::sweep(*context_), clock_.now());
}

TEST_F(StreamReaderTest, AStreamThatIsOffStaysReadableAndAnotherOneFollows) {
  append("a", 1);
  const std::string first = table_.latest_stream_arn;
  write([&](Transaction& transaction) {
    dynamodb::turnStreamOff(transaction, *context_, table_);
    context_->catalog.put(transaction, table_);
  });
  EXPECT_EQ(latestStreamArn(*store_->snapshot(), "log"), std::nullopt);
  append("a", 2);  // nobody's stream
  write([&](Transaction& transaction) {
    dynamodb::turnStreamOn(transaction, *context_, table_, dynamodb::StreamView::kKeysOnly);
    context_->catalog.put(transaction, table_);
  });
  EXPECT_NE(table_.latest_stream_arn, first);
  EXPECT_EQ(latestStreamArn(*store_->snapshot(), "log"), table_.latest_stream_arn);
  append("a", 3);
  EXPECT_THAT(readAll(), ElementsAre("3"));
  const auto old_shards = listShards(*store_->snapshot(), first);
  ASSERT_EQ(old_shards.size(), 1u);
  EXPECT_NE(old_shards[0].ending_sequence_number, "");
  EXPECT_EQ(readRecords(*store_->snapshot(), first, old_shards[0].id, "", 10, 1000, clock_.now()).size(), 1u);

  clock_.move(std::chrono::hours(24));
  Retention::sweep(*context_);
  EXPECT_THROW(listShards(*store_->snapshot(), first), ApiError);
}

TEST_F(StreamReaderTest, ACommandThatIsRefusedLeavesNoRecordAndNoGap) {
  append("a", 1);
  EXPECT_THROW(write([&](Transaction& transaction) {
                 dynamodb::appendChangeRecord(transaction, *context_, table_, event("a", 2), {},
                                              encodeItem(event("a", 2)));
                 throw validationError("no");
               }),
               ApiError);
  append("a", 3);
  EXPECT_THAT(readAll(), ElementsAre("1", "3"));
}

TEST_F(StreamReaderTest, RefusesUnknownStreamsAndShards) {
  const auto snapshot = store_->snapshot();
  EXPECT_THROW(listShards(*snapshot, "arn:aws:dynamodb:eu-west-1:000000000000:table/log/stream/1"), ApiError);
  EXPECT_THROW(read("shardId-00000000000000000000-00000001"), ApiError);
  EXPECT_THROW(read(""), ApiError);
}

TEST(ShardIteratorTest, ComesBackWholeUntilItExpires) {
  const Timestamp made(Duration(1'767'225'600'000));
  const ShardIterator iterator{"arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/x", true, 3, 17, made};
  const std::string text = iterator.toText();
  const ShardIterator back = ShardIterator::parse(text, made + std::chrono::minutes(14));
  EXPECT_EQ(back.stream_arn, iterator.stream_arn);
  EXPECT_TRUE(back.from_horizon);
  EXPECT_EQ(back.shard_number, 3u);
  EXPECT_EQ(back.next_sequence, 17u);
  try {
    ShardIterator::parse(text, made + std::chrono::minutes(15));
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "ExpiredIteratorException");
  }
}

TEST(ShardIteratorTest, RefusesWhatIsMangled) {
  const Timestamp made(Duration(1'767'225'600'000));
  const std::string text = ShardIterator{"arn:t", false, 3, 17, made}.toText();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string mangled = text;
    mangled[i] = mangled[i] == 'A' ? 'B' : 'A';
    EXPECT_THROW(ShardIterator::parse(mangled, made), ApiError) << mangled;
    EXPECT_THROW(ShardIterator::parse(text.substr(0, i), made), ApiError);
  }
}

}  // namespace
}  // namespace ddblog::streams
