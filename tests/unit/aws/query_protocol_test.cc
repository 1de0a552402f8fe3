// The AWS query protocol: forms out, XML in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/query_client.h"
#include "base/xml_text.h"
#include "unit/aws/scripted_server.h"

namespace ddblog::aws {
namespace {

TEST(Xml, IsATreeWithEntitiesDecoded) {
  const XmlElement document = parseXml(
      "<?xml version=\"1.0\"?>\n<a:Response xmlns:a=\"x\"><List>\n <member><Name>didn&apos;t "
      "&lt;&#xe5;&gt;</Name></member>"
      "<member/></List></a:Response>");
  EXPECT_EQ(document.name, "Response");
  ASSERT_EQ(document.listOf("List").size(), 2u);
  EXPECT_EQ(document.listOf("List").front().textOf("Name"), "didn't <å>");
  EXPECT_EQ(document.textOf("Nothing"), "");
  EXPECT_TRUE(document.listOf("Nothing").empty());
  EXPECT_EQ(document.find("Nothing"), nullptr);
}

TEST(Xml, ThatIsNoneIsRejected) {
  for (const char* text : {"", "no xml", "<a><b></a>", "{}"})
    EXPECT_THROW(parseXml(text), std::invalid_argument) << text;
}

TEST(Xml, IsNotFollowedIntoItsDepths) {
  std::string text;
  for (int depth = 0; depth < 10'000; ++depth) text += "<a>";
  for (int depth = 0; depth < 10'000; ++depth) text += "</a>";
  EXPECT_EQ(parseXml(text).name, "a");
}

TEST(Xml, TextIsEscaped) { EXPECT_EQ(parseXml("<a>" + escapeXml("<&>\r\"'") + "</a>").text, "<&>\r\"'"); }

TEST(QueryForms, EncodeEachNameAndValue) {
  EXPECT_EQ(encodeQuery("CreateChangeSet", "2010-05-15",
                        {{"Capabilities.member.1", "CAPABILITY_IAM"}, {"TemplateBody", "{\"a b\": 1+2&3}"}}),
            "Action=CreateChangeSet&Version=2010-05-15&Capabilities.member.1=CAPABILITY_IAM&"
            "TemplateBody=%7B%22a%20b%22%3A%201%2B2%263%7D");
}

TEST(QueryAnswers, HoldAResult) {
  EXPECT_EQ(resultOf("A", "<AResponse><AResult><Id>1</Id></AResult></AResponse>").textOf("Id"), "1");
  EXPECT_TRUE(resultOf("A", "<AResponse><ResponseMetadata/></AResponse>").children.empty());
  EXPECT_THROW(resultOf("A", "<BResponse/>"), std::runtime_error);
  EXPECT_THROW(resultOf("A", "{}"), std::runtime_error);
}

TEST(QueryClients, PostAForm) {
  ScriptedServer server({{200,
                          "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackStatus>CREATE_COMPLETE"
                          "</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"}});
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  Ids ids(1);
  Session session({.endpoint_url = server.url(), .region = {}, .profile = {}}, clock, ids,
                  [](const std::string&) { return std::nullopt; });
  const XmlElement result = QueryClient(session, kCloudFormation).call("DescribeStacks", {{"StackName", "users-dev"}});
  EXPECT_EQ(result.listOf("Stacks").at(0).textOf("StackStatus"), "CREATE_COMPLETE");
  const std::string request = server.requests().at(0);
  EXPECT_THAT(request, testing::StartsWith("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(request, testing::HasSubstr("Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"));
  EXPECT_THAT(request, testing::EndsWith("\r\n\r\nAction=DescribeStacks&Version=2010-05-15&StackName=users-dev"));
}

}  // namespace
}  // namespace ddblog::aws
