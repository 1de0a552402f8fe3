#include "base/bytes.h"

#include <gtest/gtest.h>

namespace ddblog {
namespace {

TEST(Bytes, NumbersAreBigEndianAndComeBack) {
  std::string bytes;
  appendNumber<std::uint64_t>(bytes, 0x0102030405060708);
  appendNumber<std::uint32_t>(bytes, 0xFF000001);
  appendNumber<std::int64_t>(bytes, -2);
  appendNumber<std::uint8_t>(bytes, 255);
  EXPECT_EQ(bytes, std::string("\x01\x02\x03\x04\x05\x06\x07\x08\xFF\x00\x00\x01"
                               "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE\xFF",
                               21));
  std::string_view in = bytes;
  EXPECT_EQ(takeNumber<std::uint64_t>(in), 0x0102030405060708u);
  EXPECT_EQ(takeNumber<std::uint32_t>(in), 0xFF000001u);
  EXPECT_EQ(takeNumber<std::int64_t>(in), -2);
  EXPECT_EQ(takeNumber<std::uint8_t>(in), 255);
  EXPECT_TRUE(in.empty());
}

TEST(Bytes, TextsComeBackWhateverTheyHold) {
  const std::string odd("a\0b\xFF", 4);
  std::string bytes;
  appendText(bytes, odd);
  appendText(bytes, "");
  std::string_view in = bytes;
  EXPECT_EQ(takeText(in), odd);
  EXPECT_EQ(takeText(in), "");
  EXPECT_TRUE(in.empty());
}

TEST(Bytes, BytesThatEndTooEarlyAreAnError) {
  std::string bytes;
  appendText(bytes, "abc");
  std::string_view in = std::string_view(bytes).substr(0, 6);
  EXPECT_THROW(takeText(in), std::runtime_error);
  in = "abc";
  EXPECT_THROW(takeNumber<std::uint32_t>(in), std::runtime_error);
}

TEST(Bytes, EscapedBytesSortAsTheyDoPlain) {
  const auto escaped = [](std::string_view bytes) {
    std::string out;
    appendEscaped(out, bytes);
    return out.append(kEndOfEscaped);
  };
  EXPECT_EQ(escaped(std::string_view("a\0b\0", 4)), std::string("a\0\xFF"
                                                                "b\0\xFF\0\x01",
                                                                8));
  EXPECT_EQ(escaped(""), std::string("\0\x01", 2));
  const std::string_view in_order[] = {"",  std::string_view("\0", 1),  std::string_view("\0\0", 2), "\x01",
                                       "a", std::string_view("a\0", 2), std::string_view("a\0z", 3), "aa",
                                       "b"};
  for (std::size_t i = 1; i < std::size(in_order); ++i) EXPECT_LT(escaped(in_order[i - 1]), escaped(in_order[i])) << i;
}

}  // namespace
}  // namespace ddblog
