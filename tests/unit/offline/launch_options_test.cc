#include "offline/launch_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "offline/template_check.h"
#include "template/template.h"
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
  EXPECT_FALSE(options.is_stage_given);
}

TEST_F(LaunchOptionsTest, OfTheCommandLineGoFirst) {
  LaunchOptions given;
  given.stage = "local";
  given.region = "us-west-2";
  given.ports = {0};
  given.retry_delay = Duration(7);
  const OfflineOptions options = optionsOf(given);
  EXPECT_EQ(options.stage, "local");
  EXPECT_TRUE(options.is_stage_given);
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

// The stage is the file's, but nobody gave it: ${opt:stage} has no value, here as in the settings.
TEST_F(LaunchOptionsTest, OfTheFileAreNoOptions) {
  file_ = directory_.write("serverless.yml", R"(
service: users
provider: {name: aws, stage: dev}
resources: {Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: "q-${opt:stage, 'none'}"}}}}
)");
  const auto queueOf = [&](const LaunchOptions& given) {
    const OfflineOptions options = optionsOf(given);
    const templates::App app = options.application->read(pseudoParametersOf(options, ""), outsideOf(options));
    return std::string(app.queues.at(0).at("QueueName").as_string());
  };
  EXPECT_EQ(queueOf({}), "q-none");
  LaunchOptions given;
  given.stage = "prod";
  EXPECT_EQ(queueOf(given), "q-prod");
}

TEST_F(LaunchOptionsTest, OfAServiceAreCheckedWithTheirLines) {
  directory_.write("index.js", "");
  file_ = directory_.write("serverless.yml", R"(service: users
provider: {name: aws, runtime: nodejs22.x}
functions:
  a: {handler: index.handler}
  b: {handler: none.handler}
resources: {Resources: {Topic: {Type: AWS::SNS::Topic}}}
)");
  std::vector<std::string> lines;
  for (const CheckedLine& line : checkTemplate(optionsOf({}))) {
    const std::string text = line.place + line.text;
    lines.push_back(text.substr(directory_.path().string().size() + 1));
  }
  EXPECT_THAT(lines, ElementsAre("serverless.yml:5: function b: there is no none.js for the handler none.handler",
                                 "serverless.yml:4: ALambdaFunction (AWS::Lambda::Function)",
                                 "serverless.yml:5: BLambdaFunction (AWS::Lambda::Function)",
                                 "serverless.yml:6: Topic (AWS::SNS::Topic) does not run offline"));
}

TEST_F(LaunchOptionsTest, AResourceThatAServiceRefusesDoesNotRun) {
  file_ = directory_.write("template.yaml",
                           "Resources:\n  A: {Type: AWS::SQS::Queue}\n"
                           "  B: {Type: AWS::SQS::Queue, Properties: {QueueName: bad!}}\n");
  std::vector<std::string> lines;
  for (const CheckedLine& line : checkTemplate(optionsOf({}))) {
    lines.push_back(line.text.substr(0, line.text.find(':')) +
                    (line.kind == CheckedLine::Kind::kRuns ? " runs" : " does not run"));
  }
  EXPECT_THAT(lines, ElementsAre("A (AWS runs", "queue bad! does not run"));
}

TEST_F(LaunchOptionsTest, EveryRefusalOfAServiceIsAnError) {
  file_ = directory_.write("template.yaml", R"yaml(Parameters: {Mode: {Type: String}}
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5000}}
  Good: {Type: AWS::SQS::Queue}
  R: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: every day}}
  S: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: !Sub "rate(${Mode})"}}
)yaml");
  std::vector<std::string> errors, notes, runs;
  for (const CheckedLine& line : checkTemplate(optionsOf({}))) {
    const std::string number = line.place.substr(line.place.rfind(':', line.place.size() - 3) + 1);
    (line.kind == CheckedLine::Kind::kRuns   ? runs
     : line.kind == CheckedLine::Kind::kNote ? notes
                                             : errors)
        .push_back(number + line.text.substr(0, line.text.find(':')));
  }
  EXPECT_THAT(errors, ElementsAre("3: queue Q", "5: rule R"));
  EXPECT_THAT(runs, ElementsAre("4: Good (AWS"));
  EXPECT_THAT(notes, ElementsAre("1: the parameter Mode has no value",
                                 "6: rule S does not run offline, because \"rate(Mode)\" has no value"));
}

// Its scripts run once, whatever is read of it.
TEST_F(LaunchOptionsTest, AServiceIsTranslatedOnce) {
  directory_.write("count.js", "require('fs').appendFileSync('count', 'x'); module.exports = 'q';");
  file_ = directory_.write("serverless.yml", R"(
service: users
provider: {name: aws}
resources: {Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: "${file(./count.js)}"}}}}
)");
  checkTemplate(optionsOf({}));
  EXPECT_EQ(std::filesystem::file_size(directory_.path() / "count"), 1u);
}

// A layer of a plugin, a topic of an event that does not run here.
TEST_F(LaunchOptionsTest, AServiceMayReferToWhatOthersAdd) {
  directory_.write("app.js", "");
  file_ = directory_.write("serverless.yml", R"(service: users
provider: {name: aws, runtime: nodejs22.x}
functions:
  a:
    handler: app.handler
    environment: {TOPIC: !Ref SNSTopicNews, BUCKET: !GetAtt S3BucketPhotos.Arn}
)");
  const OfflineOptions options = optionsOf({});
  const templates::App app = options.application->read(pseudoParametersOf(options, ""), outsideOf(options));
  EXPECT_THAT(app.functions.at(0).environment,
              ElementsAre(std::pair("BUCKET", "S3BucketPhotos.Arn"), std::pair("TOPIC", "SNSTopicNews")));
  EXPECT_THAT(app.notes, ElementsAre(testing::HasSubstr("the file has no resource SNSTopicNews"),
                                     testing::HasSubstr("the file has no resource S3BucketPhotos")));
}

TEST_F(LaunchOptionsTest, AServiceMayHaveNothingThatRuns) {
  file_ = directory_.write("serverless.yml", "service: users\nprovider: {name: aws}\n");
  EXPECT_TRUE(checkTemplate(optionsOf({})).empty());
}

}  // namespace
}  // namespace ddblog::offline
