#include "template/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/support/temporary_directory.h"

namespace ddblog::templates {
namespace {

using ::testing::HasSubstr;

class TemplateTest : public ::testing::Test {
 protected:
  TemplateTest() { std::filesystem::create_directory(directory_ / "node"); }

  App read(const std::string& text, std::map<std::string, std::string> parameters = {}) {
    std::ofstream(directory_ / "template.yaml") << text;
    return readTemplate(directory_ / "template.yaml", std::move(parameters), {});
  }

  std::string refusal(const std::string& text) {
    try {
      read(text);
    } catch (const TemplateError& e) {
      return e.what();
    }
    return "not refused";
  }

  TemporaryDirectory temporary_;
  const std::filesystem::path directory_ = temporary_.path();
};

constexpr char kUsers[] = R"(
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: local}
Globals:
  Function:
    Timeout: 10
    Environment: {Variables: {STAGE: !Ref Stage}}
Resources:
  Logs:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${Stage}-dynamodb-logs"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: sk, AttributeType: N}
      KeySchema:
        - {AttributeName: pk, KeyType: HASH}
        - {AttributeName: sk, KeyType: RANGE}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
  Bus:
    Type: AWS::Events::EventBus
    Properties: {Name: dynamodb-log}
  Trigger:
    Type: AWS::Serverless::Function
    Metadata: {DynamodbLog: {BuiltIn: trigger}}
    Properties:
      FunctionName: !Sub "${Stage}-trigger"
      Events:
        Stream:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Logs.StreamArn, StartingPosition: TRIM_HORIZON, BatchSize: 100}
  Users:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      Handler: index.handler
      CodeUri: node/
      ReservedConcurrentExecutions: 5
      Environment: {Variables: {TABLE: !Ref Logs}}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnFailure: {Type: Lambda, Destination: !GetAtt Failed.Arn}}
      Events:
        Changed:
          Type: EventBridgeRule
          Properties:
            EventBusName: !Ref Bus
            Pattern: {source: [dynamodb-log], detail: {log: [users]}}
  Failed:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs20.x, Handler: index.onFailure, CodeUri: node/}
  Role:
    Type: AWS::IAM::Role
    Properties: {}
)";

TEST_F(TemplateTest, ASamTemplateBecomesTheServicesOwnRequests) {
  const App app = read(kUsers);
  ASSERT_EQ(app.tables.size(), 1u);
  EXPECT_EQ(app.tables[0].create_table.at("TableName"), "local-dynamodb-logs");
  EXPECT_EQ(app.tables[0].create_table.at("StreamSpecification").at("StreamEnabled"), true);
  EXPECT_FALSE(app.tables[0].create_table.contains("TimeToLiveSpecification"));
  EXPECT_EQ(app.tables[0].update_time_to_live->at("TimeToLiveSpecification").at("AttributeName"), "ttl");
  ASSERT_EQ(app.event_buses.size(), 1u);
  EXPECT_EQ(app.event_buses[0].at("Name"), "dynamodb-log");
  ASSERT_EQ(app.rules.size(), 1u);
  EXPECT_EQ(app.rules[0].put_rule.at("EventBusName"), "dynamodb-log");
  EXPECT_EQ(app.rules[0].put_rule.at("EventPattern"), R"({"source":["dynamodb-log"],"detail":{"log":["users"]}})");
  EXPECT_EQ(app.rules[0].put_targets.at("Targets").at(0).at("Arn"),
            "arn:aws:lambda:us-east-1:000000000000:function:Users");
  ASSERT_EQ(app.event_source_mappings.size(), 1u);
  EXPECT_EQ(app.event_source_mappings[0].at("EventSourceArn"),
            "arn:aws:dynamodb:us-east-1:000000000000:table/local-dynamodb-logs/stream/latest");
  EXPECT_EQ(app.event_source_mappings[0].at("FunctionName"), "local-trigger");
  EXPECT_TRUE(app.notes.empty());
}

TEST_F(TemplateTest, AFunctionHasItsOwnSettingsOverTheGlobalOnes) {
  const App app = read(kUsers, {{"Stage", "test"}});
  ASSERT_EQ(app.functions.size(), 3u);
  EXPECT_EQ(app.functions[0].name, "test-trigger");
  EXPECT_EQ(app.functions[0].built_in, "trigger");
  const App::Function& users = app.functions[1];
  EXPECT_EQ(users.handler, "index.handler");
  EXPECT_EQ(users.code_directory, directory_ / "node/");
  EXPECT_EQ(users.timeout, std::chrono::seconds(10));
  EXPECT_EQ(users.reserved_concurrency, 5);
  EXPECT_EQ(users.environment.at("STAGE"), "test");
  EXPECT_EQ(users.environment.at("TABLE"), "test-dynamodb-logs");
  EXPECT_EQ(users.invoke_config.maximum_retry_attempts, 1);
  EXPECT_EQ(users.invoke_config.on_failure, "arn:aws:lambda:us-east-1:000000000000:function:Failed");
}

TEST_F(TemplateTest, ConditionsChooseResourcesAndValues) {
  const App app = read(R"(
Parameters: {Stage: {Type: String, Default: local}}
Conditions:
  InAws: !Not [!Equals [!Ref Stage, local]]
Resources:
  A: {Type: AWS::Events::EventBus, Condition: InAws, Properties: {Name: a}}
  B: {Type: AWS::Events::EventBus, Properties: {Name: !If [InAws, b-aws, !Join ["-", [b, !Ref "AWS::Region"]]]}}
)");
  ASSERT_EQ(app.event_buses.size(), 1u);
  EXPECT_EQ(app.event_buses[0].at("Name"), "b-us-east-1");
}

TEST_F(TemplateTest, WhatHasNoMeaningOfflineIsANote) {
  const App app = read("Resources:\n  Q: {Type: AWS::SNS::Topic}\n");
  ASSERT_EQ(app.notes.size(), 1u);
  EXPECT_EQ(app.notes[0], "Q (AWS::SNS::Topic) has no meaning offline");
}

TEST_F(TemplateTest, RefusalsSayWhereAndWhat) {
  EXPECT_THAT(refusal("Resources:\n  A: [\n"), HasSubstr("template.yaml:3: "));
  EXPECT_THAT(refusal("just text"), HasSubstr("is not a template"));
  EXPECT_THAT(refusal("Resources: {}"), HasSubstr("there are no Resources"));
  EXPECT_THAT(refusal("Resources:\n  A: {Type: DynamoTable}"),
              HasSubstr("resource A: there is no resource type DynamoTable"));
  EXPECT_THAT(refusal("Resources:\n  A: {Type: AWS::Events::EventBus, Properties: {Name: !Ref Nothing}}"),
              HasSubstr("resource A: there is no parameter or resource Nothing"));
  EXPECT_THAT(refusal("Resources:\n  A: {Type: AWS::Events::EventBus, Properties: {Name: !Ref A}}"),
              HasSubstr("circular references"));
  EXPECT_THAT(
      refusal("Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs20.x, CodeUri: gone}}"),
      HasSubstr("gone does not exist"));
  EXPECT_THAT(refusal("Parameters: {P: {Type: String}}\nResources: {A: {Type: AWS::Events::EventBus}}"),
              HasSubstr("the parameter P has neither a value nor a Default"));
  EXPECT_THAT(refusal("Resources:\n  A: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: nobody}}"),
              HasSubstr("names the function nobody, which does not exist"));
  EXPECT_THAT(refusal("Resources:\n  A: {Type: AWS::Events::EventBus, Type: AWS::Events::EventBus}"),
              HasSubstr("appears twice"));
}

TEST_F(TemplateTest, ABillionLaughsEnds) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int j = 0; j < 8; ++j) text += ", " + below;
    text += "]\n";
  }
  EXPECT_THAT(refusal(text), HasSubstr("too large"));
}

TEST_F(TemplateTest, AMissingFileIsSaidSo) {
  EXPECT_THROW(readTemplate(directory_ / "none.yaml", {}, {}), TemplateError);
}

TEST_F(TemplateTest, HasArchivesAndSchedules) {
  const App app = read(R"(
Transform: AWS::Serverless-2016-10-31
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  Kept:
    Type: AWS::Events::Archive
    Properties:
      ArchiveName: kept
      SourceArn: !GetAtt Bus.Arn
      EventPattern: {source: [shop]}
      RetentionDays: 7
  Ticker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: ticker
      Runtime: nodejs20.x
      Handler: index.handler
      CodeUri: node
      Events:
        Often:
          Type: Schedule
          Properties:
            Schedule: rate(5 minutes)
            Enabled: false
            Input: '{"a": 1}'
            RetryPolicy: {MaximumRetryAttempts: "3"}
            DeadLetterConfig: {Arn: "arn:aws:sqs:us-east-1:000000000000:dead"}
        Order:
          Type: EventBridgeRule
          Properties:
            EventBusName: shop
            Pattern: {source: [shop]}
            DeadLetterConfig: {Type: SQS}
)");
  ASSERT_EQ(app.archives.size(), 1u);
  EXPECT_EQ(app.archives[0], parseJson(R"({"ArchiveName": "kept", "RetentionDays": 7,
      "EventSourceArn": "arn:aws:events:us-east-1:000000000000:event-bus/shop",
      "EventPattern": "{\"source\":[\"shop\"]}"})")
                                 .as_object());
  ASSERT_EQ(app.rules.size(), 2u);
  EXPECT_EQ(app.rules[0].put_rule, parseJson(R"json({"Name": "TickerOften", "State": "DISABLED",
      "ScheduleExpression": "rate(5 minutes)"})json")
                                       .as_object());
  EXPECT_EQ(app.rules[0].put_targets, parseJson(R"json({"Rule": "TickerOften", "Targets": [{
      "Id": "TickerOftenLambdaTarget", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:ticker",
      "Input": "{\"a\": 1}", "RetryPolicy": {"MaximumRetryAttempts": 3},
      "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:000000000000:dead"}}]})json")
                                          .as_object());
  EXPECT_FALSE(app.rules[1].put_targets.at("Targets").at(0).as_object().contains("DeadLetterConfig"));
  EXPECT_THAT(app.notes, testing::Contains(HasSubstr("has no dead-letter queue offline")));
}

TEST(Yaml, KeepsTextsThatOnlyLookLikeNumbers) {
  const json::value value =
      parseYaml("{a: 012345678901, b: 2010-09-09, c: 12, d: '12', e: 1.5, f: !Ref X, g: 1e3, h: .5}", "t");
  EXPECT_EQ(value.at("a"), "012345678901");
  EXPECT_EQ(value.at("b"), "2010-09-09");
  EXPECT_EQ(value.at("c"), 12);
  EXPECT_EQ(value.at("d"), "12");
  EXPECT_EQ(value.at("e"), 1.5);
  EXPECT_EQ(value.at("f").at("Ref"), "X");
  EXPECT_EQ(value.at("g"), "1e3");
}

TEST(DefaultApp, HasTheTablesTheBusAndTheTrigger) {
  const App app = defaultApp("local", "us-east-1", "000000000000");
  EXPECT_EQ(app.tables.at(0).create_table.at("TableName"), "local-dynamodb-logs");
  EXPECT_EQ(app.tables.at(1).create_table.at("TableName"), "local-core");
  EXPECT_EQ(app.functions.at(0).name, "local-trigger");
}

}  // namespace
}  // namespace ddblog::templates
