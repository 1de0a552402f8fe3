#include "services/dynamodb/changes/stored_streams.h"

#include <gtest/gtest.h>

namespace ddblog::dynamodb {
namespace {

TEST(StoredStreamsTest, AStreamComesBackWhole) {
  StreamDescription stream;
  stream.id = 9;
  stream.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-01-01T00:00:00.000";
  stream.label = "2026-01-01T00:00:00.000";
  stream.table_id = 3;
  stream.table_name = "t";
  stream.view = StreamView::kOldImage;
  stream.key = {{{"pk", AttributeValue::Type::kString}}, {{"sk", AttributeValue::Type::kNumber}}};
  stream.created_at = Timestamp(Duration(5));
  stream.enabled = false;
  stream.disabled_at = RunningTime(Duration(6));
  const StreamDescription back = decodeStream(encodeStream(stream));
  EXPECT_EQ(encodeStream(back), encodeStream(stream));
  EXPECT_EQ(back.key.range, stream.key.range);
  EXPECT_FALSE(back.enabled);
}

TEST(StoredStreamsTest, AHeadAndAShardComeBackWhole) {
  const StreamHead head{1, 2, 300, 250, 77, RunningTime(Duration(5))};
  EXPECT_EQ(encodeHead(decodeHead(encodeHead(head))), encodeHead(head));
  const ShardRow open{250, 0, Timestamp(Duration(5)), std::nullopt};
  EXPECT_FALSE(decodeShard(encodeShard(open)).closed_at);
  const ShardRow closed{250, 299, Timestamp(Duration(5)), RunningTime(Duration(9))};
  EXPECT_EQ(decodeShard(encodeShard(closed)).last_sequence, 299u);
  EXPECT_EQ(decodeShard(encodeShard(closed)).closed_at, closed.closed_at);
}

TEST(StoredStreamsTest, AChangeComesBackWholeAndNoPartOfItDoes) {
  StoredChange change;
  change.event = ChangeEvent::kModify;
  change.view = StreamView::kNewAndOldImages;
  change.changed_by = ChangedBy::kTimeToLive;
  change.created_at = Timestamp(Duration(1'767'225'600'123));
  change.added_at = RunningTime(Duration(77));
  change.size_bytes = 42;
  change.keys = "keys";
  change.old_image = "old";
  change.new_image = "new";
  const std::string stored = encodeChange(change);
  const StoredChange back = decodeChange(stored);
  EXPECT_EQ(back.event, ChangeEvent::kModify);
  EXPECT_EQ(back.changed_by, ChangedBy::kTimeToLive);
  EXPECT_EQ(back.created_at, change.created_at);
  EXPECT_EQ(back.added_at, change.added_at);
  EXPECT_EQ(back.keys, "keys");
  EXPECT_EQ(back.old_image, "old");
  EXPECT_EQ(back.new_image, "new");
  for (std::size_t size = 0; size < stored.size(); ++size) {
    EXPECT_THROW(decodeChange(std::string_view(stored).substr(0, size)), std::runtime_error) << size;
  }
}

TEST(StoredStreamsTest, KeysSortAsTheirNumbersDo) {
  EXPECT_LT(recordKey(1, 255), recordKey(1, 256));
  EXPECT_LT(recordKey(1, std::uint64_t(-1)), recordKey(2, 0));
  EXPECT_EQ(sequenceOfRecordKey(recordKey(7, 123456)), 123456u);
  EXPECT_EQ(numberOfShardKey(shardKey(7, 12)), 12u);
}

}  // namespace
}  // namespace ddblog::dynamodb
