#include "rpc/request_reader.h"

#include <gtest/gtest.h>

#include "base/api_error.h"

namespace ddblog::rpc {
namespace {

// What `read` of the request's fields, and then finish(), refuse: "Type: message"; empty: nothing.
std::string refusal(const std::string& body, const std::function<void(ObjectReader&)>& read) {
  Request request;
  request.body = body;
  try {
    RequestReader reader(request);
    read(reader.fields());
    reader.finish();
  } catch (const ApiError& error) {
    return error.type() + ": " + error.message();
  }
  return "";
}

TEST(RequestReaderTest, ReadsWhatIsThere) {
  const std::string body = R"({"Text": "a", "Number": 3, "Truth": true, "Spelled": "TRUE", "Null": null, "List": [],
      "Zero": 0e400, "Large": 1e400})";
  EXPECT_EQ(refusal(body,
                    [](ObjectReader& fields) {
                      EXPECT_EQ(fields.string("Text"), "a");
                      EXPECT_EQ(fields.integer("Number"), 3);
                      EXPECT_EQ(fields.integer("Zero"), 0);
                      EXPECT_EQ(fields.integer("Large"), std::numeric_limits<std::int64_t>::max());
                      EXPECT_EQ(fields.boolean("Truth"), true);
                      EXPECT_EQ(fields.boolean("Spelled"), true);
                      EXPECT_EQ(fields.string("Null"), std::nullopt);
                      EXPECT_EQ(fields.string("Missing"), std::nullopt);
                      EXPECT_TRUE(fields.objects("List")->empty());
                      EXPECT_FALSE(fields.objects("Missing").has_value());
                    }),
            "");
}

TEST(RequestReaderTest, CollectsBrokenConstraintsInTheOrderOfReading) {
  EXPECT_EQ(refusal(R"({"TableName": "a;", "Limit": 500})",
                    [](ObjectReader& fields) {
                      fields.integer("Limit", {.min = 1, .max = 100});
                      fields.string("TableName", {.min = 3, .pattern = "[a-z]+"});
                      fields.string("Key", {.required = true});
                    }),
            "ValidationException: 4 validation errors detected: Value '500' at 'limit' failed to satisfy constraint: "
            "Member must have value less than or equal to 100; Value 'a;' at 'tableName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-z]+; Value 'a;' at 'tableName' failed to satisfy "
            "constraint: Member must have length greater than or equal to 3; Value null at 'key' failed to satisfy "
            "constraint: Member must not be null");
}

TEST(RequestReaderTest, NamesPlacesInListsAndStructures) {
  EXPECT_EQ(refusal(R"({"KeySchema": [{"KeyType": "HASH"}, {"KeyType": "WHAT"}]})",
                    [](ObjectReader& fields) {
                      auto elements = fields.objects("KeySchema");
                      for (ObjectReader& element : *elements) {
                        element.string("KeyType", {.one_of = {"HASH", "RANGE"}});
                      }
                    }),
            "ValidationException: 1 validation error detected: Value 'WHAT' at 'keySchema.2.member.keyType' failed to "
            "satisfy constraint: Member must satisfy enum value set: [HASH, RANGE]");
}

TEST(RequestReaderTest, ShowsTenBrokenConstraintsAtMost) {
  const std::string message = refusal("{}", [](ObjectReader& fields) {
    for (int i = 0; i < 12; ++i) fields.string("Field" + std::to_string(i), {.required = true});
  });
  EXPECT_TRUE(message.starts_with("ValidationException: 10 validation errors detected: "));
  EXPECT_NE(message.find("'field9'"), std::string::npos);
  EXPECT_EQ(message.find("'field10'"), std::string::npos);
}

TEST(RequestReaderTest, RefusesWrongTypesAtOnce) {
  const auto readText = [](ObjectReader& fields) { fields.string("F"); };
  const auto readNumber = [](ObjectReader& fields) { fields.integer("F", {.type = "Long"}); };
  const auto readTruth = [](ObjectReader& fields) { fields.boolean("F"); };
  const auto readObject = [](ObjectReader& fields) { fields.object("F", false, "com.x.F"); };
  const auto readObjects = [](ObjectReader& fields) { fields.objects("F", {.element = "com.x.E"}); };
  const std::string type = "SerializationException: ";
  EXPECT_EQ(refusal(R"({"F": 1})", readText), type + "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(refusal(R"({"F": 1.5})", readText), type + "DECIMAL_VALUE cannot be converted to String");
  EXPECT_EQ(refusal(R"({"F": false})", readText), type + "FALSE_VALUE cannot be converted to String");
  EXPECT_EQ(refusal(R"({"F": []})", readText), type + "Unrecognized collection type class java.lang.String");
  EXPECT_EQ(refusal(R"({"F": {}})", readText), type + "Start of structure or map found where not expected");
  EXPECT_EQ(refusal(R"({"F": "1"})", readNumber), type + "STRING_VALUE cannot be converted to Long");
  EXPECT_EQ(refusal(R"({"F": "2"})", readTruth), type + "Unexpected token received from parser");
  EXPECT_EQ(refusal(R"({"F": 1})", readTruth), type + "NUMBER_VALUE cannot be converted to Boolean");
  EXPECT_EQ(refusal(R"({"F": 1})", readObject), type + "Unexpected field type");
  EXPECT_EQ(refusal(R"({"F": []})", readObject), type + "Unrecognized collection type class com.x.F");
  EXPECT_EQ(refusal(R"({"F": 1})", readObjects), type + "Unexpected field type");
  EXPECT_EQ(refusal(R"({"F": {}})", readObjects), type + "Start of structure or map found where not expected");
  EXPECT_EQ(refusal(R"({"F": [1]})", readObjects), type + "Unexpected value type in payload");
  EXPECT_EQ(refusal(R"({"F": [[]]})", readObjects), type + "Unrecognized collection type class com.x.E");
}

TEST(RequestReaderTest, RefusesWhatIsNoJsonObject) {
  const auto nothing = [](ObjectReader&) {};
  for (const char* body : {"", "{", "[]", "null", "{\"a\": }", "{} x", "\xff"}) {
    EXPECT_TRUE(refusal(body, nothing).starts_with("SerializationException")) << body;
  }
}

}  // namespace
}  // namespace ddblog::rpc
