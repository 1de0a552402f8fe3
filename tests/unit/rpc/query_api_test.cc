#include "rpc/query_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "rpc/call.h"
#include "rpc/synchronous.h"

namespace ddblog::rpc {
namespace {

using Kind = QueryMember::Kind;
using testing::HasSubstr;

// An API with one operation, which answers what it was asked, or with an error.
class QueryApiTest : public testing::Test {
 protected:
  QueryApiTest()
      : json_(JsonProtocol(
            {.target_prefix = "Echoes", .content_type = "application/x-amz-json-1.0", .signing_name = "e"})),
        api_(
            QueryProtocol({.signing_name = "e",
                           .xml_namespace = "urn:e",
                           .describe =
                               [](const ApiError& error) {
                                 return QueryError{"Code." + error.type(), error.message()};
                               }}),
            json_, [](std::string_view path) { return path == "/" || path == "/q"; },
            [](const Request& request, json::object& fields) { fields["Path"] = request.path; }) {
    json_.add("Echo", synchronous([](const Request& request) {
                if (request.body.find("refuse") != std::string::npos) throw ApiError("Refused", "no <&>", 403);
                return request.body;
              }));
    const std::vector<QueryMember> members = {
        {"Path", "Path"},
        {"Text", "Text"},
        {"Number", "Number", Kind::kNumber},
        {"Names", "Name", Kind::kTexts},
        {"Map", "Attribute", Kind::kTextMap},
        {"Tags", "Tag", Kind::kTextMap, {}, "Key"},
        {"Entries", "Entry", Kind::kStructures, {{"Id", "Id"}, {"Names", "Name", Kind::kTexts}}},
        {"Values", "Value", Kind::kStructureMap, {{"Type", "Type"}}}};
    api_.add("Echo", {members, members, true});
  }

  Response send(const std::string& form, const std::string& query = "") {
    Request request;
    request.body = form;
    request.raw_query = query;
    request.path = "/q";
    request.request_id = "ID";
    return callAndWait(api_.handler(), std::move(request)).response();
  }
  // What the echo has of it, without the frame.
  std::string echo(const std::string& form) {
    const std::string body = send("Action=Echo&" + form).body;
    const std::string begin = "<EchoResult><Path>/q</Path>";
    const std::size_t at = body.find(begin);
    return at == std::string::npos ? body
                                   : body.substr(at + begin.size(), body.find("</EchoResult>") - at - begin.size());
  }

  JsonApi json_;
  QueryApi api_;
};

TEST_F(QueryApiTest, TranslatesAFormAndBack) {
  EXPECT_EQ(
      send("Action=Echo&Text=a").body,
      "<?xml version=\"1.0\"?><EchoResponse xmlns=\"urn:e\"><EchoResult><Path>/q</Path><Text>a</Text></EchoResult>"
      "<ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></EchoResponse>");
  EXPECT_EQ(send("", "Text=a&Action=Echo").body, send("Action=Echo&Text=a").body);
  EXPECT_EQ(echo("Text=a+%2B%3C%26%22%0D%C3%BC"), "<Text>a +&lt;&amp;&quot;&#xD;\xC3\xBC</Text>");
  EXPECT_EQ(echo("Number=-12"), "<Number>-12</Number>");
  EXPECT_EQ(echo("Unknown=1&Text"), "<Text></Text>");
}

TEST_F(QueryApiTest, TakesListsMapsAndStructures) {
  EXPECT_EQ(echo("Name.2=b&Name.1=a&Name.4=d"), "<Name>a</Name><Name>b</Name>");
  EXPECT_EQ(
      echo("Attribute.1.Name=k&Attribute.1.Value=v&Attribute.2.Name=l"),
      "<Attribute><Name>k</Name><Value>v</Value></Attribute><Attribute><Name>l</Name><Value></Value></Attribute>");
  EXPECT_EQ(echo("Tag.1.Key=k&Tag.1.Value=v"), "<Tag><Key>k</Key><Value>v</Value></Tag>");
  EXPECT_EQ(echo("Entry.1.Id=x&Entry.1.Name.1=a&Entry.2.Id=y"),
            "<Entry><Id>x</Id><Name>a</Name></Entry><Entry><Id>y</Id></Entry>");
  EXPECT_EQ(echo("Value.1.Name=n&Value.1.Value.Type=String"),
            "<Value><Name>n</Name><Value><Type>String</Type></Value></Value>");
}

TEST_F(QueryApiTest, EncodesErrors) {
  const Response refused = send("Action=Echo&Text=refuse");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.content_type, "text/xml");
  EXPECT_EQ(refused.body,
            "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"urn:e\"><Error><Type>Sender</Type><Code>Code.Refused</Code>"
            "<Message>no &lt;&amp;&gt;</Message><Detail/></Error><RequestId>ID</RequestId></ErrorResponse>");
  const Response unknown =
      api_.protocol().encodeError(ApiError("UnrecognizedClientException", "The security token is invalid."));
  EXPECT_EQ(unknown.status, 403);
  EXPECT_THAT(unknown.body, HasSubstr("<Code>InvalidClientTokenId</Code>"));
  EXPECT_THAT(send("Action=Fly").body, HasSubstr("<Code>Code.InvalidAction</Code>"));
  EXPECT_THAT(send("Text=a").body, HasSubstr("<Code>Code.InvalidAction</Code>"));
  EXPECT_THAT(send("Action=Echo&Number=1x").body, HasSubstr("<Code>Code.MalformedQueryString</Code>"));
  std::string many = "Action=Echo";
  for (int i = 0; i < 20'000; ++i) many += "&P" + std::to_string(i) + "=";
  EXPECT_THAT(send(many).body, HasSubstr("<Code>Code.MalformedQueryString</Code>"));
}

TEST_F(QueryApiTest, KnowsItsRequests) {
  constexpr auto kForm = "application/x-www-form-urlencoded";
  EXPECT_TRUE(api_.takes("POST", "/", "", kForm));
  EXPECT_TRUE(api_.takes("GET", "/q", "Version=1&Action=Echo", ""));
  EXPECT_TRUE(api_.takes("GET", "/", "Action=Echo", ""));
  EXPECT_FALSE(api_.takes("GET", "/", "", ""));
  EXPECT_FALSE(api_.takes("GET", "/", "TransAction=1", ""));
  EXPECT_FALSE(api_.takes("POST", "/", "", "application/json"));
  EXPECT_FALSE(api_.takes("POST", "/other", "", kForm));
  EXPECT_FALSE(api_.takes("PUT", "/", "", kForm));
}

}  // namespace
}  // namespace ddblog::rpc
