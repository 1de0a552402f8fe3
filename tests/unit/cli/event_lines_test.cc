#include "cli/event_lines.h"

#include <gtest/gtest.h>

#include <istream>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <vector>

namespace ddblog::cli {
namespace {

std::string errorOf(const std::string& line) {
  try {
    parseEventLine(line);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(EventLine, IsWhatReadPrints) {
  const EventLine line = parseEventLine(
      R"({"log":"users","id":"42","version":3,"type":"moved","payload":{"id":"42","long":1.000000000000000000000000001},)"
      R"("eventId":"e3","createdAt":"2026-11-22T09:00:00.000Z","metadata":{"by":"me"},"ttl":1800000000})");
  EXPECT_EQ(line.log, "users");
  EXPECT_EQ(line.id, "42");
  EXPECT_EQ(line.event.type, "moved");
  EXPECT_EQ(line.event.payload, R"({"id":"42","long":1.000000000000000000000000001})");
  EXPECT_EQ(line.event.event_id, "e3");
  EXPECT_EQ(line.event.metadata, R"({"by":"me"})");
  EXPECT_EQ(line.event.ttl, 1'800'000'000u);
  EXPECT_EQ(line.expected.text(), Expected::version(2).text());
}

TEST(EventLine, NeedsOnlyALogAnIdAndAType) {
  const EventLine line = parseEventLine(R"({"log": "users", "id": "42", "type": "left"})");
  EXPECT_EQ(line.event.payload, "{}");
  EXPECT_EQ(line.event.event_id, "");
  EXPECT_EQ(line.expected.text(), Expected::any().text());
}

TEST(EventLine, SaysWhatItExpects) {
  const auto expected = [](const std::string& member) {
    return parseEventLine(R"({"log":"users","id":"42","type":"t",)" + member + "}").expected.text();
  };
  EXPECT_EQ(expected(R"("expected":7)"), Expected::version(7).text());
  EXPECT_EQ(expected(R"("expected":"none")"), Expected::none().text());
  EXPECT_EQ(expected(R"("expected":"exists")"), Expected::exists().text());
  EXPECT_EQ(expected(R"("version":1)"), Expected::version(0).text());
}

TEST(EventLine, IsRefusedWithTheReason) {
  EXPECT_EQ(errorOf("[1]"), "an event must be a JSON object");
  EXPECT_EQ(errorOf(R"({"log":"users","id":"42"})"), R"("type" is missing or not a string)");
  EXPECT_EQ(errorOf(R"({"log":"users","id":42,"type":"t"})"), R"("id" is missing or not a string)");
  EXPECT_EQ(errorOf(R"({"log":"users","id":"42","type":"t","playload":{}})"),
            R"(an event has no member "playload"; did you mean "payload"?)");
  EXPECT_EQ(errorOf(R"({"log":"users","id":"42","type":"t","payload":[]})"), R"("payload" must be a JSON object)");
  EXPECT_EQ(errorOf(R"({"log":"users","id":"42","type":"t","version":0})"), R"("version" must be 1 or more)");
  EXPECT_EQ(errorOf(R"({"log":"users","id":"42","type":"t","version":1,"expected":0})"),
            R"(either "expected" or "version", not both)");
  EXPECT_EQ(errorOf(R"({"log":"users","id":"42","type":"t","ttl":1.5})"), R"("ttl" must be a whole number)");
  EXPECT_EQ(errorOf(R"({"log":"users","id":"42","type":"t","expected":"soon"})"),
            R"("expected" must be a version (0, 1, 2 …), "none", "exists" or "any", not "soon")");
}

TEST(EventLineReader, SkipsBlankLinesAndCountsThem) {
  std::istringstream in(
      "\n{\"log\":\"a\",\"id\":\"1\",\"type\":\"t\"}\r\n  \n{\"log\":\"b\",\"id\":\"1\",\"type\":\"t\"}");
  EventLineReader reader(in);
  EXPECT_EQ(reader.next()->log, "a");
  EXPECT_EQ(reader.line(), 2u);
  EXPECT_EQ(reader.next()->log, "b");
  EXPECT_EQ(reader.line(), 4u);
  EXPECT_FALSE(reader.next());
}

TEST(EventLineReader, ReadsLinesThatAreLongerThanItsPieces) {
  const std::string text(200'000, 'x');
  std::istringstream in(R"({"log":"a","id":"1","type":"t","payload":{"text":")" + text + "\"}}\n");
  EventLineReader reader(in);
  EXPECT_EQ(reader.next()->event.payload, "{\"text\":\"" + text + "\"}");
  EXPECT_FALSE(reader.next());
}

TEST(EventLineReader, DoesNotEndALineAtAZeroByte) {
  std::istringstream in(R"({"log":"a","id":"1","type":"t"})" + std::string("\0more\n", 6));
  EventLineReader reader(in);
  EXPECT_THROW(reader.next(), std::invalid_argument);
}

// A file whose disk fails after the first line.
class FailingFile : public std::streambuf {
 public:
  FailingFile() { setg(line_.data(), line_.data(), line_.data() + line_.size()); }

 protected:
  int_type underflow() override { throw std::runtime_error("the disk failed"); }

 private:
  std::string line_ = "{\"log\":\"a\",\"id\":\"1\",\"type\":\"t\"}\n";
};

TEST(EventLineReader, DoesNotTakeAnErrorForTheEnd) {
  FailingFile file;
  std::istream in(&file);
  EventLineReader reader(in);
  EXPECT_EQ(reader.next()->log, "a");
  EXPECT_THROW(reader.next(), std::runtime_error);
}

TEST(EventLineReader, RefusesALineThatIsTooLong) {
  std::istringstream in("\n" + std::string(EventLineReader::kLongestLine + 200'000, 'x'));
  EventLineReader reader(in);
  EXPECT_THROW(reader.next(), std::invalid_argument);
  EXPECT_EQ(reader.line(), 2u);
}

}  // namespace
}  // namespace ddblog::cli
