#include "cli/query/item_output.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ddblog::cli {
namespace {

using Format = ItemOutput::Format;

constexpr const char* kAda = R"({"pk": {"S": "users#1"}, "sk": {"N": "1"}, "name": {"S": "Ada"},
                                 "tags": {"SS": ["b", "a"]}, "at": {"M": {"lat": {"N": "-0.1000"}}}})";
constexpr const char* kEve = R"({"pk": {"S": "users#22"}, "sk": {"N": "12"}, "name": {"S": "Zoë\u001b[31m"}})";

std::string printed(Format format, int width, const std::vector<std::string>& items) {
  std::ostringstream out;
  ItemOutput output(out, format, {"pk", "sk"}, width);
  for (const std::string& item : items) output.add(parseJson(item).as_object());
  std::string left_out;
  for (const std::string& name : output.finish()) left_out += " " + name;
  return out.str() + (left_out.empty() ? "" : "left out:" + left_out + "\n");
}

TEST(ItemOutput, PrintsJsonWithEveryDigit) {
  const std::string ada = R"({"pk":"users#1","sk":1,"name":"Ada","tags":["b","a"],"at":{"lat":-0.1000}})";
  EXPECT_EQ(printed(Format::kJsonLines, 0, {kAda, R"({"pk": {"S": "x"}})"}), ada + "\n{\"pk\":\"x\"}\n");
  EXPECT_EQ(printed(Format::kJson, 0, {kAda, R"({"pk": {"S": "x"}})"}), "[\n" + ada + ",\n{\"pk\":\"x\"}\n]\n");
  EXPECT_EQ(printed(Format::kJson, 0, {}), "[]\n");
  EXPECT_EQ(printed(Format::kJsonLines, 0, {}), "");
}

TEST(ItemOutput, PrintsATableWithTheKeysFirst) {
  EXPECT_EQ(printed(Format::kTable, 0, {kAda, kEve}),
            "pk        sk  at               name         tags\n"
            "users#1   1   {\"lat\":-0.1000}  Ada          [\"b\",\"a\"]\n"
            "users#22  12                   Zoë\\x1b[31m\n");
  EXPECT_EQ(printed(Format::kTable, 0, {}), "");
}

TEST(ItemOutput, FitsATableIntoTheTerminal) {
  EXPECT_EQ(printed(Format::kTable, 42, {kAda, kEve}),
            "pk        sk  at        name      tags\n"
            "users#1   1   {\"lat\":…  Ada       [\"b\",\"a…\n"
            "users#22  12            Zoë\\x1b…\n");
  EXPECT_EQ(printed(Format::kTable, 24, {kAda, kEve}),
            "pk        sk  at\n"
            "users#1   1   {\"lat\":…\n"
            "users#22  12\n"
            "left out: name tags\n");
}

}  // namespace
}  // namespace ddblog::cli
