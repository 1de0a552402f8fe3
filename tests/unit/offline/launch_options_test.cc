#include "offline/launch_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/support/temporary_directory.h"

namespace ddblog::offline {
namespace {

using ::testing::ElementsAre;

constexpr const char* kService = R"(
service: users
provider: {name: aws, stage: "${opt:stage, 'beta'}", region: eu-north-1}
custom:
  dynamodb: {start: {port: 8123}}
  serverless-offline: {lambdaPort: 3002}
  serverless-offline-aws-eventbridge: {account: "111122223333", retryDelayMs: 5}
)";

class LaunchOptionsTest : public ::testing::Test {
 protected:
  OfflineOptions optionsOf(LaunchOptions given) {
    given.template_file = file_;
    OfflineOptions options;
    applyLaunchOptions(given, options);
    return options;
  }

  TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_.write("serverless.yml", kService);
};

TEST_F(LaunchOptionsTest, AreThoseOfTheFile) {
  const OfflineOptions options = optionsOf({});
  EXPECT_EQ(options.stage, "beta");
  EXPECT_EQ(options.region, "eu-north-1");
  EXPECT_EQ(options.account_id, "111122223333");
  EXPECT_EQ(options.retry_delay, Duration(5));
  EXPECT_THAT(options.ports, ElementsAre(8123, 4010, 3002));
}

TEST_F(LaunchOptionsTest, OfTheCommandLineGoFirst) {
  LaunchOptions given;
  given.stage = "local";
  given.region = "us-west-2";
  given.ports = {0};
  given.retry_delay = Duration(7);
  const OfflineOptions options = optionsOf(given);
  EXPECT_EQ(options.stage, "local");
  EXPECT_EQ(options.region, "us-west-2");
  EXPECT_EQ(options.retry_delay, Duration(7));
  EXPECT_THAT(options.ports, ElementsAre(0));
}

TEST_F(LaunchOptionsTest, OfATemplateAreTheUsualOnes) {
  file_ = directory_.write("template.yaml", "Resources: {Queue: {Type: AWS::SQS::Queue}}");
  const OfflineOptions options = optionsOf({});
  EXPECT_EQ(options.stage, "local");
  EXPECT_EQ(options.region, "us-east-1");
  EXPECT_THAT(options.ports, ElementsAre(8000, 4010));
}

}  // namespace
}  // namespace ddblog::offline
