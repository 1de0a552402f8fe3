// What the bucket of uploads is called, and how CloudFormation finds what is in it.
#include "deploy/aws/artifact_bucket.h"

#include <gtest/gtest.h>

#include "deploy/aws/artifacts.h"

namespace ddblog::deploy {
namespace {

std::string nameIn(const std::string& region, const std::string& partition) {
  return artifactBucketName("", {"111122223333", "", region, partition});
}

TEST(ArtifactBucketName, IsInTheAccountsNamespaceWhereThereIsOne) {
  EXPECT_EQ(nameIn("eu-north-1", "aws"), "dynamodb-log-111122223333-eu-north-1-an");
  EXPECT_EQ(nameIn("me-south-1", "aws"), "dynamodb-log-111122223333-me-south-1");
  EXPECT_EQ(nameIn("me-central-1", "aws"), "dynamodb-log-111122223333-me-central-1");
  EXPECT_EQ(nameIn("us-iso-east-1", "aws-iso"), "dynamodb-log-111122223333-us-iso-east-1");
  EXPECT_EQ(artifactBucketName("mine", {"111122223333", "", "eu-north-1", "aws"}), "mine");
}

TEST(ArtifactUrl, IsTheRegionsUnlessTheRequestSaysAnother) {
  PackageRequest request;
  request.region = "cn-north-1";
  request.bucket = "artifacts";
  EXPECT_EQ(Artifacts(request).url("a/b.template"), "https://s3.cn-north-1.amazonaws.com.cn/artifacts/a/b.template");
  request.region = "us-iso-east-1";
  EXPECT_EQ(Artifacts(request).url("a.template"), "https://s3.us-iso-east-1.c2s.ic.gov/artifacts/a.template");
  request.url = [](const std::string& key) { return "http://localhost:1/" + key; };
  EXPECT_EQ(Artifacts(request).url("a.template"), "http://localhost:1/a.template");
}

}  // namespace
}  // namespace ddblog::deploy
