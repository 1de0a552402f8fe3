#include "services/dynamodb/core/catalog.h"

#include <gtest/gtest.h>

#include "base/api_error.h"
#include "services/dynamodb/core/stored_table.h"

namespace ddblog::dynamodb {
namespace {

Table tableNamed(const std::string& name) {
  Table table;
  table.name = name;
  table.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/" + name;
  table.uuid = "11111111-2222-3333-4444-555555555555";
  table.key = {{{"pk", AttributeValue::Type::kString}}, {{"sk", AttributeValue::Type::kNumber}}};
  table.attribute_definitions = {{"pk", AttributeValue::Type::kString}, {"sk", AttributeValue::Type::kNumber}};
  return table;
}

class CatalogTest : public testing::Test {
 protected:
  CatalogTest() {
    StoreOptions options;
    options.in_memory = true;
    store_ = Store::open(options);
  }

  void put(Table table) {
    store_->writeAndWait([&](Transaction& transaction) {
      if (table.id == 0) table.id = catalog_.nextTableId(transaction);
      catalog_.put(transaction, table);
    });
  }

  std::shared_ptr<const Table> find(std::string_view name) { return catalog_.find(*store_->snapshot(), name); }

  std::unique_ptr<Store> store_;
  Catalog catalog_;
};

TEST_F(CatalogTest, FindsATableByNameAndByArn) {
  put(tableNamed("users"));
  ASSERT_TRUE(find("users"));
  EXPECT_EQ(find("users")->name, "users");
  EXPECT_TRUE(find("arn:aws:dynamodb:us-east-1:000000000000:table/users"));
  EXPECT_FALSE(find("arn:aws:dynamodb:eu-west-1:000000000000:table/users"));
  EXPECT_FALSE(find("user"));
}

TEST_F(CatalogTest, RefusesWhatThereIsNot) {
  try {
    catalog_.get(*store_->snapshot(), "users");
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "ResourceNotFoundException");
    EXPECT_EQ(error.message(), "Requested resource not found");
  }
}

TEST_F(CatalogTest, SeesEachSnapshotsOwnState) {
  put(tableNamed("users"));
  const auto before = store_->snapshot();
  Table changed = *find("users");
  changed.ttl_attribute = "ttl";
  put(changed);
  EXPECT_EQ(find("users")->ttl_attribute, "ttl");
  EXPECT_EQ(catalog_.find(*before, "users")->ttl_attribute, "");
  EXPECT_EQ(find("users")->ttl_attribute, "ttl");
}

TEST_F(CatalogTest, ForgetsAnErasedTable) {
  put(tableNamed("users"));
  const Table table = *find("users");
  store_->writeAndWait([&](Transaction& transaction) { catalog_.erase(transaction, table); });
  EXPECT_FALSE(find("users"));
}

TEST_F(CatalogTest, ListsNamesInOrderAndInPages) {
  for (const char* name : {"b.b", "aaa", "b-b", "bbb", "b"}) put(tableNamed(name));
  const auto snapshot = store_->snapshot();
  using Names = std::vector<std::string>;
  EXPECT_EQ(catalog_.names(*snapshot, "", 10), (Names{"aaa", "b", "b-b", "b.b", "bbb"}));
  EXPECT_EQ(catalog_.names(*snapshot, "b", 2), (Names{"b-b", "b.b"}));
  EXPECT_EQ(catalog_.names(*snapshot, "abc", 1), (Names{"b"}));
}

TEST_F(CatalogTest, NeverGivesAnIdTwice) {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  store_->writeAndWait([&](Transaction& transaction) { first = catalog_.nextTableId(transaction); });
  store_->writeAndWait([&](Transaction& transaction) { second = catalog_.nextTableId(transaction); });
  EXPECT_LT(first, second);
}

TEST(StoredTableTest, ComesBackWhole) {
  Table table = tableNamed("users");
  table.id = 7;
  table.on_demand = false;
  table.throughput = {3, 4};
  table.created_at = Timestamp(Duration(1'767'225'600'123));
  table.stream = StreamView::kNewAndOldImages;
  table.latest_stream_label = "2026-01-01T00:00:00.000";
  table.latest_stream_arn = table.arn + "/stream/" + table.latest_stream_label;
  table.ttl_attribute = "ttl";
  table.deletion_protection = true;
  table.table_class = "STANDARD";
  table.sse_specification = R"({"Status":"ENABLED"})";
  table.next_index_id = 5;
  Index index;
  index.id = 4;
  index.name = "by-type";
  index.key = {{{"type", AttributeValue::Type::kString}, {"log", AttributeValue::Type::kBinary}}, {}};
  index.projection = ProjectionType::kInclude;
  index.non_key_attributes = {"a", "b"};
  index.throughput = {1, 2};
  table.indexes.push_back(index);

  const std::string stored = encodeTable(table);
  const Table back = decodeTable(stored);
  EXPECT_EQ(encodeTable(back), stored);
  EXPECT_EQ(back.key.range, table.key.range);
  EXPECT_EQ(back.created_at, table.created_at);
  EXPECT_EQ(back.stream, table.stream);
  EXPECT_EQ(back.indexes.at(0).key.hash, index.key.hash);
  EXPECT_EQ(back.indexes.at(0).non_key_attributes, index.non_key_attributes);
}

TEST(StoredTableTest, RefusesOtherBytes) {
  for (const std::string& bytes : {std::string(), std::string("{}"), std::string("\x01"), std::string("\x01[]"),
                                   std::string("\x01{\"id\":1}"), std::string("\x02{}")}) {
    EXPECT_THROW(decodeTable(bytes), std::runtime_error) << bytes;
  }
}

}  // namespace
}  // namespace ddblog::dynamodb
