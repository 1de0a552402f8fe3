// The operations of S3: paths, headers, redirects to a bucket's region, pages.
#include "aws/s3.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/aws/scripted_server.h"

namespace ddblog::aws {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Buckets : public testing::Test {
 protected:
  S3& at(const std::string& url, const std::string& region = "eu-north-1") {
    const auto environment = [](const std::string& name) -> std::optional<std::string> {
      if (name == "AWS_ACCESS_KEY_ID" || name == "AWS_SECRET_ACCESS_KEY") return "test";
      return std::nullopt;
    };
    session_ = std::make_unique<Session>(
        ClientOptions{.endpoint_url = url, .region = region, .profile = {}, .attempts = 1}, clock_, ids_, environment);
    s3_ = std::make_unique<S3>(*session_, "111122223333");
    return *s3_;
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Session> session_;
  std::unique_ptr<S3> s3_;
};

TEST_F(Buckets, AreMadeInTheRegionAndTheAccountsNamespace) {
  ScriptedServer server({{200, ""}, {409, "<Error><Code>BucketAlreadyOwnedByYou</Code></Error>"}, {200, ""}});
  at(server.url()).createBucket("b", true);
  at(server.url()).createBucket("b", false);
  at(server.url(), "us-east-1").createBucket("b", false);
  const auto requests = server.requests();
  EXPECT_THAT(requests[0], StartsWith("PUT /b HTTP/1.1\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("x-amz-bucket-namespace: account-regional\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("<LocationConstraint>eu-north-1</LocationConstraint>"));
  EXPECT_THAT(requests[0], HasSubstr("X-Amz-Content-Sha256: "));
  EXPECT_THAT(requests[1], Not(HasSubstr("x-amz-bucket-namespace")));
  EXPECT_THAT(requests[2], testing::EndsWith("\r\n\r\n"));
}

TEST_F(Buckets, ThatAreOthersAreNotUsed) {
  ScriptedServer server({{404, ""}, {403, ""}});
  S3& s3 = at(server.url());
  EXPECT_EQ(s3.bucketRegion("b"), std::nullopt);
  EXPECT_THROW(s3.bucketRegion("b"), std::runtime_error);
}

TEST_F(Buckets, WhoseListDoesNotEndAreAnError) {
  const std::string page =
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>"
      "<Contents><Key>k</Key></Contents></ListBucketResult>";
  ScriptedServer server({{200, page}, {200, page}});
  EXPECT_THROW(at(server.url()).keys("b", ""), std::runtime_error);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(Buckets, HoldObjects) {
  ScriptedServer server({{404, ""}, {200, ""}, {200, ""}});
  S3& s3 = at(server.url());
  EXPECT_FALSE(s3.hasObject("b", "users/a b.zip"));
  s3.putObject("b", "users/a b.zip", "PK");
  EXPECT_TRUE(s3.hasObject("b", "users/a b.zip"));
  EXPECT_THAT(server.requests()[1], StartsWith("PUT /b/users/a%20b.zip HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests()[1], HasSubstr("x-amz-expected-bucket-owner: 111122223333\r\n"));
}

TEST_F(Buckets, ElsewhereAreAskedThere) {
  ScriptedServer server({{301, "", "x-amz-bucket-region: us-west-2\r\n"}, {200, ""}, {200, ""}});
  S3& s3 = at(server.url());
  s3.putObject("b", "k", "1");
  s3.putObject("b", "k", "2");
  EXPECT_THAT(server.requests()[0], HasSubstr("/eu-north-1/s3/aws4_request"));
  EXPECT_THAT(server.requests()[1], HasSubstr("/us-west-2/s3/aws4_request"));
  EXPECT_THAT(server.requests()[2], HasSubstr("/us-west-2/s3/aws4_request"));
}

TEST_F(Buckets, MaySayTheirRegionInAnError) {
  ScriptedServer server(
      {{400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-south-1</Region></Error>"}, {200, ""}});
  at(server.url()).putObject("b", "k", "1");
  EXPECT_THAT(server.requests()[1], HasSubstr("/ap-south-1/s3/aws4_request"));
}

TEST_F(Buckets, ThatRedirectToThemselvesAreAnError) {
  ScriptedServer server({{301, "", "x-amz-bucket-region: eu-north-1\r\n"}, {301, ""}});
  S3& s3 = at(server.url());
  EXPECT_THROW(s3.putObject("b", "k", "1"), std::runtime_error);
  EXPECT_THROW(s3.putObject("b", "k", "1"), std::runtime_error);
}

TEST_F(Buckets, ListTheirKeysPageByPage) {
  ScriptedServer server({{200,
                          "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>u/1</Key></Contents>"
                          "<NextContinuationToken>t=</NextContinuationToken></ListBucketResult>"},
                         {200,
                          "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>u/&amp;</Key>"
                          "</Contents></ListBucketResult>"}});
  EXPECT_THAT(at(server.url()).keys("b", "u/"), ElementsAre("u/1", "u/&"));
  EXPECT_THAT(server.requests()[0], StartsWith("GET /b?list-type=2&prefix=u%2F HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests()[1], HasSubstr("continuation-token=t%3D"));
}

TEST_F(Buckets, DeleteAThousandObjectsAtATime) {
  ScriptedServer server(
      {{200, "<DeleteResult/>"},
       {200, "<DeleteResult><Error><Key>k&amp;</Key><Message>locked</Message></Error></DeleteResult>"}});
  std::vector<std::string> keys(1001, "k&");
  try {
    at(server.url()).deleteObjects("b", keys);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "S3 keeps k& in the bucket b: locked");
  }
  EXPECT_THAT(server.requests()[0], StartsWith("POST /b?delete= HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests()[1], HasSubstr("<Object><Key>k&amp;</Key></Object></Delete>"));
  EXPECT_THAT(server.requests()[1], HasSubstr("Content-MD5: "));
}

}  // namespace
}  // namespace ddblog::aws
