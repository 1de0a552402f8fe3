// Schedules of EventBridge Scheduler in templates, also as SAM's event ScheduleV2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/support/temporary_directory.h"
#include "unit/template/read_template.h"

namespace ddblog::templates {
namespace {

using testing::HasSubstr;

class SchedulesOfTemplates : public testing::Test {
 protected:
  SchedulesOfTemplates() { temporary_.write("node/index.js", ""); }

  App read(const std::string& resources) {
    std::ofstream(directory_ / "template.yaml") << "Resources:\n" << resources;
    return readTemplate(directory_ / "template.yaml", {}, {});
  }

  TemporaryDirectory temporary_;
  const std::filesystem::path directory_ = temporary_.path();
};

TEST_F(SchedulesOfTemplates, AreRequestsToCreateThem) {
  const App app = read(R"(
  Mornings:
    Type: AWS::Scheduler::ScheduleGroup
    Properties: {Tags: [{Key: team, Value: shop}]}
  Report:
    Type: AWS::Scheduler::Schedule
    Properties:
      GroupName: !Ref Mornings
      ScheduleExpression: cron(0 9 ? * MON-FRI *)
      ScheduleExpressionTimezone: Europe/Berlin
      StartDate: "2026-02-01T00:00:00.000Z"
      FlexibleTimeWindow: {Mode: FLEXIBLE, MaximumWindowInMinutes: "15"}
      State: DISABLED
      Target:
        Arn: !GetAtt Reports.Arn
        RoleArn: arn:aws:iam::000000000000:role/reports
        Input: '{"a": 1}'
        RetryPolicy: {MaximumRetryAttempts: "3"}
  Reports: {Type: AWS::SQS::Queue}
)");
  ASSERT_EQ(app.schedule_groups.size(), 1u);
  EXPECT_EQ(json::serialize(app.schedule_groups[0]), R"({"Name":"Mornings","Tags":[{"Key":"team","Value":"shop"}]})");
  ASSERT_EQ(app.schedules.size(), 1u);
  EXPECT_EQ(app.schedules[0], parseJson(R"json({
    "Name": "Report", "GroupName": "Mornings", "ScheduleExpression": "cron(0 9 ? * MON-FRI *)",
    "ScheduleExpressionTimezone": "Europe/Berlin", "State": "DISABLED", "StartDate": 1769904000.0,
    "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
    "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:Reports", "RoleArn": "arn:aws:iam::000000000000:role/reports",
               "Input": "{\"a\": 1}", "RetryPolicy": {"MaximumRetryAttempts": 3}}})json"));
  EXPECT_EQ(app.places.at("schedule Report"), (directory_ / "template.yaml").string() + ":6: ");
}

TEST_F(SchedulesOfTemplates, OfSamInvokeTheirFunction) {
  const App app = read(R"(
  Tidy:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      Handler: index.handler
      CodeUri: node
      Events:
        Nightly:
          Type: ScheduleV2
          Properties:
            ScheduleExpression: rate(1 day)
            Input: '{"deep": true}'
            DeadLetterConfig: {Arn: !GetAtt Failed.Arn}
        Once:
          Type: ScheduleV2
          Properties: {Name: once, ScheduleExpression: at(2030-01-01T00:00:00), ActionAfterCompletion: DELETE}
  Failed: {Type: AWS::SQS::Queue}
)");
  ASSERT_EQ(app.schedules.size(), 2u);
  EXPECT_EQ(app.schedules[0], parseJson(R"json({
    "Name": "TidyNightly", "ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:Tidy", "Input": "{\"deep\": true}",
               "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:000000000000:Failed"},
               "RoleArn": "arn:aws:iam::000000000000:role/TidyNightly"}})json"));
  EXPECT_EQ(app.schedules[1].at("Name"), json::value("once"));
  EXPECT_EQ(app.schedules[1].at("ActionAfterCompletion"), json::value("DELETE"));
  EXPECT_TRUE(app.notes.empty());
}

TEST_F(SchedulesOfTemplates, MustHaveATargetAndRealDates) {
  const auto refusal = [&](const std::string& resources) {
    try {
      read(resources);
      return std::string();
    } catch (const TemplateError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_THAT(refusal(R"(
  S: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 day)}}
)"),
              HasSubstr("resource S: a schedule must have a Target"));
  EXPECT_THAT(refusal(R"(
  S: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 day), EndDate: tomorrow, Target: {Arn: a}}}
)"),
              HasSubstr("EndDate tomorrow is not a date like 2026-11-29T09:30:00Z"));
}

}  // namespace
}  // namespace ddblog::templates
