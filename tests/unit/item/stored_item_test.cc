// Items as bytes in the store.
#include "item/stored_item.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "item/item_size.h"
#include "item/wire_json.h"

namespace ddblog {
namespace {

Item everyType() {
  return readItem(parseJson(R"({
    "pk": {"S": "users#1#stream"}, "sk": {"N": "12345678901234567890.123456"}, "zero": {"N": "0"},
    "bytes": {"B": "AAEC/w=="}, "texts": {"SS": ["a", "b"]}, "numbers": {"NS": ["-1", "2e100"]},
    "binaries": {"BS": ["AA==", "AQ=="]}, "yes": {"BOOL": true}, "no": {"BOOL": false}, "nothing": {"NULL": true},
    "map": {"M": {"list": {"L": [{"S": "x"}, {"M": {}}, {"L": []}]}, "text": {"S": "a \"quoted\" line\n"}}}
  })")
                      .as_object());
}

std::string jsonOf(const Item& item) {
  std::string text;
  JsonWriter json(text);
  writeItem(json, item);
  return text;
}

TEST(StoredItem, ComesBackAsItWas) {
  for (const Item& item : {everyType(), Item{}}) {
    const std::string stored = encodeItem(item);
    EXPECT_EQ(decodeItem(stored), item);
    EXPECT_EQ(storedItemSize(stored), itemSize(item));
  }
}

TEST(StoredItem, IsWrittenAsJsonWithoutAnItemInBetween) {
  std::string text;
  JsonWriter json(text);
  writeStoredItem(json, encodeItem(everyType()));
  EXPECT_EQ(text, jsonOf(everyType()));
  EXPECT_EQ(readItem(parseJson(text).as_object()), everyType());
}

TEST(StoredItem, EqualItemsHaveEqualBytes) {
  Item other = everyType();
  other["sk"] = AttributeValue(Decimal::parse("12345678901234567890.1234560"));
  EXPECT_EQ(encodeItem(other), encodeItem(everyType()));
}

TEST(StoredItem, SomeAttributesOfAnItemAreEncodedAsAnItemOfThem) {
  const Item item = everyType();
  const NamedValue key[] = {{"pk", &item.at("pk")}, {"sk", &item.at("sk")}};
  EXPECT_EQ(encodeItem(key), encodeItem(Item{*item.find("pk"), *item.find("sk")}));
  EXPECT_EQ(encodeItem(std::span<const NamedValue>()), encodeItem(Item{}));
}

TEST(StoredItem, DamagedBytesAreRefusedAndNeverReadPastTheirEnd) {
  const std::string stored = encodeItem(everyType());
  EXPECT_THROW(decodeItem(""), std::runtime_error);
  EXPECT_THROW(storedItemSize("\x02"), std::runtime_error);
  EXPECT_THROW(decodeItem(stored + "x"), std::runtime_error);
  for (std::size_t size = 0; size < stored.size(); ++size) {
    const std::string cut = stored.substr(0, size);
    EXPECT_THROW(decodeItem(cut), std::runtime_error) << size;
    std::string text;
    JsonWriter json(text);
    EXPECT_THROW(writeStoredItem(json, cut), std::runtime_error) << size;
  }
}

TEST(StoredItem, DamagedCountsAndDepthsAreRefused) {
  EXPECT_THROW(decodeItem(std::string("\x01\x00\xFF\xFF\xFF\xFF\x7F", 7)), std::runtime_error);
  std::string deep(
      "\x01\x00\x01\x01"
      "a",
      5);
  for (int i = 0; i < 100'000; ++i) deep += std::string("L\x01", 2);
  EXPECT_THROW(decodeItem(deep + "1"), std::runtime_error);
}

TEST(ItemSize, FollowsDynamoDbsArithmetic) {
  const auto size = [](const char* text) { return attributeValueSize(readAttributeValue(parseJson(text))); };
  EXPECT_EQ(size(R"({"S":"héllo"})"), 6u);
  EXPECT_EQ(size(R"({"B":"AAEC"})"), 3u);
  EXPECT_EQ(size(R"({"BOOL":true})"), 1u);
  EXPECT_EQ(size(R"({"NULL":true})"), 1u);
  EXPECT_EQ(size(R"({"N":"0"})"), 1u);
  EXPECT_EQ(size(R"({"N":"1"})"), 2u);
  EXPECT_EQ(size(R"({"N":"-1"})"), 3u);
  EXPECT_EQ(size(R"({"N":"1234"})"), 3u);
  EXPECT_EQ(size(R"({"N":"12345678901234567890123456789012345678"})"), 20u);
  EXPECT_EQ(size(R"({"SS":["ab","c"]})"), 3u);
  EXPECT_EQ(size(R"({"L":[]})"), 3u);
  EXPECT_EQ(size(R"({"L":[{"S":"xy"}]})"), 6u);
  EXPECT_EQ(size(R"({"M":{"a":{"S":"xy"}}})"), 7u);
  EXPECT_EQ(itemSize(readItem(parseJson(R"({"pk":{"S":"abc"},"n":{"N":"1"}})").as_object())), 8u);
}

TEST(ItemSize, KnowsHowDeepAnItemIs) {
  const auto depth = [](const char* text) { return itemDepth(readItem(parseJson(text).as_object())); };
  EXPECT_EQ(depth("{}"), 0);
  EXPECT_EQ(depth(R"({"a":{"S":"x"}})"), 1);
  EXPECT_EQ(depth(R"({"a":{"M":{}}})"), 1);
  EXPECT_EQ(depth(R"({"a":{"M":{"b":{"L":[{"S":"x"}]}}}})"), 3);
}

}  // namespace
}  // namespace ddblog
