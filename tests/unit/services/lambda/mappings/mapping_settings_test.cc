#include "services/lambda/mappings/mapping_settings.h"

#include <gtest/gtest.h>

#include "base/api_error.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kStream = "arn:aws:dynamodb:us-east-1:000000000000:table/logs/stream/latest";

json::object request(json::object more = {}) {
  json::object object = {
      {"FunctionName", "trigger"}, {"EventSourceArn", kStream}, {"StartingPosition", "TRIM_HORIZON"}};
  for (const auto& member : more) object[member.key()] = member.value();
  return object;
}

std::string refusal(json::object more) {
  try {
    readMappingSettings(request(std::move(more)));
  } catch (const ApiError& error) {
    return error.type() + ": " + error.message();
  }
  return "";
}

TEST(MappingSettingsOfARequest, HaveLambdasDefaults) {
  const MappingSettings settings = readMappingSettings(request());
  EXPECT_EQ(settings.event_source_arn, kStream);
  EXPECT_TRUE(settings.enabled);
  EXPECT_EQ(settings.batch_size, 100u);
  EXPECT_EQ(settings.window.count(), 0);
  EXPECT_EQ(settings.lanes, 1);
  EXPECT_FALSE(settings.maximum_retry_attempts);
  EXPECT_FALSE(settings.maximum_record_age);
  EXPECT_FALSE(settings.bisect);
  EXPECT_FALSE(settings.reports_item_failures);
}

TEST(MappingSettingsOfARequest, AreReadWhole) {
  const MappingSettings settings = readMappingSettings(request({
      {"StartingPosition", "LATEST"},
      {"BatchSize", 10'000},
      {"MaximumBatchingWindowInSeconds", 300},
      {"TumblingWindowInSeconds", 900},
      {"ParallelizationFactor", 10},
      {"MaximumRetryAttempts", 3},
      {"MaximumRecordAgeInSeconds", 60},
      {"BisectBatchOnFunctionError", true},
      {"FunctionResponseTypes", {"ReportBatchItemFailures"}},
      {"DestinationConfig", {{"OnFailure", {{"Destination", "arn:aws:sqs:us-east-1:000000000000:dead"}}}}},
      {"FilterCriteria", {{"Filters", json::array{json::object{{"Pattern", R"({"eventName":["INSERT"]})"}}}}}},
      {"Enabled", false},
  }));
  EXPECT_EQ(settings.starting_position, StartingPosition::kLatest);
  EXPECT_EQ(settings.batch_size, 10'000u);
  EXPECT_EQ(settings.window.count(), 300);
  EXPECT_EQ(settings.tumbling.count(), 900);
  EXPECT_EQ(settings.lanes, 10);
  EXPECT_EQ(settings.maximum_retry_attempts, 3);
  EXPECT_EQ(settings.maximum_record_age, std::chrono::seconds(60));
  EXPECT_TRUE(settings.bisect);
  EXPECT_TRUE(settings.reports_item_failures);
  EXPECT_EQ(settings.on_failure, "arn:aws:sqs:us-east-1:000000000000:dead");
  EXPECT_EQ(settings.filters.size(), 1u);
  EXPECT_FALSE(settings.enabled);
}

TEST(MappingSettingsOfARequest, MinusOneMeansWithoutEnd) {
  const MappingSettings settings =
      readMappingSettings(request({{"MaximumRetryAttempts", -1}, {"MaximumRecordAgeInSeconds", -1}}));
  EXPECT_FALSE(settings.maximum_retry_attempts);
  EXPECT_FALSE(settings.maximum_record_age);
}

TEST(MappingSettingsOfARequest, WhatIsOutOfLimitsIsRefused) {
  for (const json::object& more : std::vector<json::object>{{{"BatchSize", 0}},
                                                            {{"BatchSize", 10'001}},
                                                            {{"MaximumBatchingWindowInSeconds", 301}},
                                                            {{"ParallelizationFactor", 11}},
                                                            {{"MaximumRetryAttempts", 10'001}},
                                                            {{"MaximumRecordAgeInSeconds", 59}},
                                                            {{"StartingPosition", "AT_TIMESTAMP"}},
                                                            {{"StartingPosition", "NOW"}},
                                                            {{"EventSourceArn", nullptr}},
                                                            {{"FunctionResponseTypes", {"Everything"}}},
                                                            {{"FunctionName", nullptr}},
                                                            {{"StartingPosition", nullptr}}}) {
    EXPECT_NE(refusal(more), "") << json::serialize(more);
  }
}

TEST(MappingSettingsOfARequest, WhatIsNotDoneIsRefused) {
  EXPECT_NE(refusal({{"TumblingWindowInSeconds", 901}}), "");
  EXPECT_EQ(refusal({{"TumblingWindowInSeconds", 0}}), "");
  EXPECT_NE(refusal({{"Topics", {"t"}}}), "");
  EXPECT_NE(refusal({{"DestinationConfig", {{"OnSuccess", {{"Destination", "arn:x"}}}}}}), "");
}

}  // namespace
}  // namespace ddblog::lambda
