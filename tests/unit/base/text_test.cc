#include "base/text.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/digests.h"
#include "base/gzip.h"
#include "base/json_fields.h"

namespace ddblog {
namespace {

TEST(Text, IsTrimmedLoweredAndDecoded) {
  EXPECT_EQ(trim(" \t\r\n a b\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(lowerCase("AbZ\xc3\x84@["), "abz\xc3\x84@[");
  EXPECT_EQ(percentDecode("%41%zz%4"), "A%zz%4");
  EXPECT_EQ(percentDecode("a%2Fb%e2%82%AC%"), "a/b\xe2\x82\xac%");
}

TEST(Text, IsJoined) {
  EXPECT_EQ(joined(std::vector<std::string>{}), "");
  EXPECT_EQ(joined(std::vector<std::string_view>{"a"}), "a");
  EXPECT_EQ(joined(std::vector<std::string>{"a", "", "b"}), "a, , b");
  EXPECT_EQ(joined(std::set<std::string>{"b", "a"}, "|"), "a|b");
}

TEST(Text, MatchesAPatternWithWildcards) {
  EXPECT_TRUE(matchesGlob("", ""));
  EXPECT_TRUE(matchesGlob("*", ""));
  EXPECT_TRUE(matchesGlob("a*c?*", "abbcd"));
  EXPECT_TRUE(matchesGlob("*ab", "aab"));  // goes back to the last star
  EXPECT_FALSE(matchesGlob("", "a"));
  EXPECT_FALSE(matchesGlob("?", ""));
  EXPECT_FALSE(matchesGlob("a*c", "abcd"));
  EXPECT_FALSE(matchesGlob("A*", "ab"));
}

TEST(Digests, AreWhatEverybodyElseHas) {
  EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Md5 md5;
  md5.add("message ");
  md5.add("digest");
  EXPECT_EQ(toHex(bytesOf(md5.finish())), "f96b697d7cb7938d525a2f31aaf161d0");  // RFC 1321
}

TEST(JsonFields, AreThereOrNot) {
  const json::value value = parseJson(R"({"text": "a", "number": 1, "object": {"b": null}})");
  const json::object& object = value.as_object();
  EXPECT_EQ(textOf(object, "text"), "a");
  EXPECT_EQ(textOf(object, "number"), "");
  EXPECT_EQ(textOf(object, "none"), "");
  EXPECT_EQ(objectOf(object, "text"), nullptr);
  EXPECT_EQ(objectOf(object, "object")->size(), 1u);
  EXPECT_EQ(memberOf(object, "none"), nullptr);
}

TEST(Gzip, PieceByPieceIsTheSameAsInOnePiece) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919);
  std::string zipped;
  GzipEncoder encoder;
  for (std::size_t i = 0; i < text.size(); i += 1000) encoder.add(std::string_view(text).substr(i, 1000), zipped);
  encoder.finish(zipped);
  std::string inflated;
  EXPECT_EQ(gunzip(zipped, text.size(), inflated), std::nullopt);
  EXPECT_EQ(inflated, text);

  zipped += gzip("and another member");
  GzipDecoder decoder;
  inflated.clear();
  for (std::size_t i = 0; i < zipped.size(); i += 777) {
    EXPECT_FALSE(i > 0 && i < 1000 && decoder.isComplete());
    ASSERT_TRUE(decoder.add(std::string_view(zipped).substr(i, 777), inflated));
  }
  EXPECT_TRUE(decoder.isComplete());
  EXPECT_EQ(inflated, text + "and another member");
  EXPECT_FALSE(decoder.add("no gzip", inflated));
  EXPECT_FALSE(GzipDecoder().add("no gzip", inflated));
}

TEST(Text, GroupsDigitsByThousands) {
  EXPECT_EQ(withThousands(0), "0");
  EXPECT_EQ(withThousands(999), "999");
  EXPECT_EQ(withThousands(1000), "1,000");
  EXPECT_EQ(withThousands(12'345'678), "12,345,678");
}

}  // namespace
}  // namespace ddblog
