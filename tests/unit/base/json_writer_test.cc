// JSON text written straight into a string.
#include "base/json_writer.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace ddblog {
namespace {

std::string jsonString(std::string_view text) {
  std::string out;
  appendJsonString(out, text);
  return out;
}

TEST(JsonWriter, EscapesWhatMustBeWhereverItStands) {
  EXPECT_EQ(jsonString("a\"b\\c\n\r\t\b\f\x01\x1F"), R"("a\"b\\c\n\r\t\b\f\u0001\u001f")");
  EXPECT_EQ(jsonString("hello wörld, 語 and 😀 without escapes"), "\"hello wörld, 語 and 😀 without escapes\"");
  for (int byte = 0; byte < 0x80; ++byte) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, '~');
      text[at] = static_cast<char>(byte);
      const json::value back = parseJson(jsonString(text));
      ASSERT_EQ(std::string(back.get_string()), text) << byte << " at " << at;
    }
  }
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("a").value(1).key("b").beginArray().value("x").raw("{}").value(true).endArray().key("c");
  json.raw() += "[1,2]";
  json.key("d").null().endObject();
  EXPECT_EQ(out, R"({"a":1,"b":["x",{},true],"c":[1,2],"d":null})");
}

}  // namespace
}  // namespace ddblog
