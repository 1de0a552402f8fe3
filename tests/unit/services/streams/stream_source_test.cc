#include "services/streams/stream_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/api_error.h"
#include "base/json.h"
#include "item/stored_item.h"
#include "services/dynamodb/changes/change_records.h"
#include "services/dynamodb/core/limits.h"
#include "services/streams/retention.h"
#include "services/streams/shard_iterator.h"

namespace ddblog::streams {
namespace {

using Record = rpc::EventSource::Record;
using Shard = rpc::EventSource::Shard;
using testing::ElementsAre;
using testing::IsEmpty;

Item event(const std::string& stream, int version) {
  return {{"pk", AttributeValue(stream)}, {"sk", AttributeValue(Decimal(version))}};
}

// A table "log" with a stream; shards are closed after three records.
class StreamSourceTest : public testing::Test {
 protected:
  StreamSourceTest() {
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
    return source().read(*store_->snapshot(), table_.latest_stream_arn, shard, after, most, 1u << 20,
                         clock_.runningTime());
  }

  StreamSource source() { return {*context_, table_.arn + "/stream/latest"}; }
  std::vector<Shard> shards() { return source().shards(*store_->snapshot(), table_.latest_stream_arn).value(); }

  // The versions of all events, read shard after shard as a consumer does.
  std::vector<std::string> readAll() {
    std::vector<std::string> versions;
    for (const Shard& shard : shards()) {
      std::string after;
      for (auto records = read(shard.id, after, 2); !records.empty(); records = read(shard.id, after, 2)) {
        for (const Record& record : records) versions.push_back(versionOf(record));
        after = records.back().position;
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

TEST_F(StreamSourceTest, GivesEachRecordOnceInOrderAcrossShards) {
  for (int version = 1; version <= 8; ++version) append("users#1#stream", version);
  ASSERT_EQ(shards().size(), 3u);
  EXPECT_EQ(shards()[0].parent_id, "");
  EXPECT_EQ(shards()[1].parent_id, shards()[0].id);
  EXPECT_TRUE(shards()[0].is_closed);
  EXPECT_FALSE(shards()[2].is_closed);
  EXPECT_THAT(readAll(), ElementsAre("1", "2", "3", "4", "5", "6", "7", "8"));
}

TEST_F(StreamSourceTest, SequenceNumbersGrowAndAreLongEnough) {
  append("a", 1);
  append("a", 2);
  const auto records = read(shards()[0].id);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_LT(records[0].position, records[1].position);
  EXPECT_GE(records[0].position.size(), 21u);
  EXPECT_EQ(source().lastPosition(*store_->snapshot(), table_.latest_stream_arn, shards()[0].id), records[1].position);
}

TEST_F(StreamSourceTest, RecordsOfOneItemShareTheirOrderKey) {
  append("a", 1);
  append("b", 1);
  append("a", 1);
  const auto records = read(shards()[0].id);
  EXPECT_EQ(records[0].order_key, records[2].order_key);
  EXPECT_NE(records[0].order_key, records[1].order_key);
}

TEST_F(StreamSourceTest, ARecordIsWhatALambdaFunctionGets) {
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

TEST_F(StreamSourceTest, AWriteThatChangesNothingLeavesNoRecord) {
  const Item item = event("a", 1);
  write([&](Transaction& transaction) {
    dynamodb::appendChangeRecord(transaction, *context_, table_, item, encodeItem(item), encodeItem(item));
  });
  EXPECT_THAT(read(shards()[0].id), IsEmpty());
  EXPECT_EQ(source().lastPosition(*store_->snapshot(), table_.latest_stream_arn, shards()[0].id), "");
}

TEST_F(StreamSourceTest, StopsAtTheBytesButGivesAtLeastOneRecord) {
  append("a", 1);
  append("a", 2);
  const auto snapshot = store_->snapshot();
  EXPECT_EQ(source().read(*snapshot, table_.latest_stream_arn, shards()[0].id, "", 10, 1, clock_.runningTime()).size(),
            1u);
}

TEST_F(StreamSourceTest, AnOldShardIsClosedByTheNextRecord) {
  append("a", 1);
  clock_.move(limits::kShardAge);
  EXPECT_EQ(shards().size(), 1u);
  append("a", 2);
  EXPECT_EQ(shards().size(), 2u);
  EXPECT_THAT(readAll(), ElementsAre("1", "2"));
}

TEST_F(StreamSourceTest, WhatIsPastItsRetentionIsNotGivenAndIsErased) {
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
  EXPECT_GT(Retention::sweep(*context_), clock_.runningTime());
}

TEST_F(StreamSourceTest, CountsWhatFollowsAPosition) {
  const auto count = [this](const std::string& shard, const std::string& after) {
    return source().count(*store_->snapshot(), table_.latest_stream_arn, shard, after, clock_.runningTime());
  };
  EXPECT_EQ(count(shards()[0].id, ""), 0u);
  append("a", 1);
  clock_.move(std::chrono::hours(1));
  for (int version = 2; version <= 5; ++version) append("a", version);
  const auto first = read(shards()[0].id);
  EXPECT_EQ(count(shards()[0].id, ""), 3u);
  EXPECT_EQ(count(shards()[0].id, first[0].position), 2u);
  EXPECT_EQ(count(shards()[0].id, first[2].position), 0u);
  EXPECT_EQ(count(shards()[1].id, ""), 2u);
  clock_.move(std::chrono::hours(23));
  EXPECT_EQ(count(shards()[0].id, ""), 2u) << "the first is past its retention";
}

TEST_F(StreamSourceTest, TheTimeOfDayDoesNotEndARetention) {
  append("a", 1);
  const RunningTime stopped = clock_.runningTime();
  clock_.move(std::chrono::hours(25));
  clock_.continueFrom(stopped);
  Retention::sweep(*context_);
  EXPECT_THAT(readAll(), ElementsAre("1"));
  clock_.move(std::chrono::hours(24));
  EXPECT_THAT(readAll(), IsEmpty());
}

TEST_F(StreamSourceTest, AStreamThatIsOffStaysReadableAndAnotherOneFollows) {
  append("a", 1);
  const std::string first = table_.latest_stream_arn;
  write([&](Transaction& transaction) {
    dynamodb::turnStreamOff(transaction, *context_, table_);
    context_->catalog.put(transaction, table_);
  });
  EXPECT_EQ(source().currentArn(*store_->snapshot()), std::nullopt);
  append("a", 2);  // nobody's stream
  write([&](Transaction& transaction) {
    dynamodb::turnStreamOn(transaction, *context_, table_, dynamodb::StreamView::kKeysOnly);
    context_->catalog.put(transaction, table_);
  });
  EXPECT_NE(table_.latest_stream_arn, first);
  EXPECT_EQ(source().currentArn(*store_->snapshot()), table_.latest_stream_arn);
  append("a", 3);
  EXPECT_THAT(readAll(), ElementsAre("3"));
  const auto old_shards = source().shards(*store_->snapshot(), first).value();
  ASSERT_EQ(old_shards.size(), 1u);
  EXPECT_TRUE(old_shards[0].is_closed);
  EXPECT_EQ(source().read(*store_->snapshot(), first, old_shards[0].id, "", 10, 1000, clock_.runningTime()).size(), 1u);

  clock_.move(std::chrono::hours(24));
  Retention::sweep(*context_);
  EXPECT_EQ(source().shards(*store_->snapshot(), first), std::nullopt);
}

TEST_F(StreamSourceTest, ACommandThatIsRefusedLeavesNoRecordAndNoGap) {
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

TEST_F(StreamSourceTest, RefusesUnknownStreamsAndShards) {
  const std::string unknown = table_.arn + "/stream/1";
  EXPECT_EQ(source().shards(*store_->snapshot(), unknown), std::nullopt);
  EXPECT_THROW(source().read(*store_->snapshot(), unknown, shards()[0].id, "", 1, 1, clock_.runningTime()), ApiError);
  EXPECT_THROW(read("shardId-00000000000000000000-00000001"), ApiError);
  EXPECT_THROW(read(""), ApiError);
}

TEST_F(StreamSourceTest, IsFoundByTheArnOfAStream) {
  StreamSources provider(*context_);
  rpc::EventSources sources;
  sources.add(provider);
  const auto latest = sources.open(table_.arn + "/stream/latest");
  ASSERT_NE(latest, nullptr);
  EXPECT_TRUE(latest->follows());
  EXPECT_EQ(latest->name(), "log");
  const auto fixed = sources.open(table_.latest_stream_arn);
  ASSERT_NE(fixed, nullptr);
  EXPECT_FALSE(fixed->follows());
  EXPECT_EQ(fixed->currentArn(*store_->snapshot()), table_.latest_stream_arn);
  for (const char* other :
       {"logs", "arn:aws:dynamodb:eu-west-1:000000000000:table/log", "arn:aws:sqs:eu-west-1:000000000000:q",
        "arn:aws:dynamodb:eu-west-1:1:index/log/stream/1"}) {
    EXPECT_EQ(sources.open(other), nullptr) << other;
  }
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
