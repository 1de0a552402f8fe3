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

class RestRequests : public ::testing::Test {
 protected:
  RestRequests() {
    request_.method = "GET";
    request_.body = "not json";
    request_.parameters = {{"FunctionName", "users"}};
    request_.query = {{"MaxItems", "50"}, {"Qualifier", ""}};
    request_.headers = {{"x-amz-log-type", "Tail"}};
  }
  static std::string refusal(RequestReader& reader) {
    try {
      reader.finish();
    } catch (const ApiError& error) {
      return error.message();
    }
    return "";
  }
  Request request_;
};

TEST_F(RestRequests, HaveFieldsInTheirPathQueryAndHeaders) {
  RequestReader reader(request_);
  EXPECT_EQ(reader.pathParameter("FunctionName"), "users");
  EXPECT_EQ(reader.queryInteger("MaxItems", {.min = 1, .max = 100}), 50);
  EXPECT_EQ(reader.query("Qualifier"), std::nullopt);
  EXPECT_EQ(reader.query("Marker"), std::nullopt);
  EXPECT_EQ(reader.header("x-amz-log-type", "LogType", {.one_of = {"None", "Tail"}}), "Tail");
  EXPECT_EQ(refusal(reader), "");
  EXPECT_THROW(reader.fields(), ApiError);  // the body need not be JSON until it is asked for
}

TEST_F(RestRequests, AreRejectedForAllBrokenConstraintsAtOnce) {
  request_.query["MaxItems"] = "0";
  request_.headers["x-amz-log-type"] = "All";
  RequestReader reader(request_);
  reader.pathParameter("FunctionName", {.max = 4});
  reader.queryInteger("MaxItems", {.min = 1});
  reader.header("x-amz-log-type", "LogType", {.one_of = {"None", "Tail"}});
  EXPECT_EQ(
      refusal(reader),
      "3 validation errors detected: Value 'users' at 'functionName' failed to satisfy constraint: Member must have "
      "length less than or equal to 4; Value '0' at 'maxItems' failed to satisfy constraint: Member must have value "
      "greater than or equal to 1; Value 'All' at 'logType' failed to satisfy constraint: Member must satisfy enum "
      "value set: [None, Tail]");
}

TEST_F(RestRequests, HaveIntegersThatAreIntegers) {
  request_.query["MaxItems"] = "5x";
  RequestReader reader(request_);
  EXPECT_EQ(reader.queryInteger("MaxItems"), std::nullopt);
  EXPECT_EQ(
      refusal(reader),
      "1 validation error detected: Value '5x' at 'maxItems' failed to satisfy constraint: Member must be an integer");
}

}  // namespace
}  // namespace ddblog::rpc
