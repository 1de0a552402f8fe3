#include "services/lambda/mappings/batch.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace ddblog::lambda {
namespace {

std::vector<Record> threeRecords() {
  std::vector<Record> records;
  for (const char* sequence_number : {"100", "200", "300"}) {
    Record record;
    record.position = sequence_number;
    record.json = R"({"eventID":")" + std::string(sequence_number) + R"("})";
    record.created_at = Timestamp(Duration(1'767'225'600'000));
    records.push_back(record);
  }
  return records;
}

TEST(BatchPayload, HasTheRecordsAsTheyAreAndTheStreamsArn) {
  auto records = threeRecords();
  records.pop_back();
  EXPECT_EQ(batchPayload(records, "arn:x"),
            R"({"Records":[{"eventID":"100","eventSourceARN":"arn:x"},{"eventID":"200","eventSourceARN":"arn:x"}]})");
}

TEST(BatchItemFailures, TheLowestOneCounts) {
  const auto records = threeRecords();
  const auto failure = [&](const char* answer) { return firstFailure(records, answer); };
  EXPECT_EQ(failure(R"({"batchItemFailures":[{"itemIdentifier":"300"},{"itemIdentifier":"200"}]})"), 1u);
  EXPECT_EQ(failure(R"({"batchItemFailures":[{"itemIdentifier":"300"}]})"), 2u);
}

TEST(BatchItemFailures, NothingReportedIsSuccess) {
  const auto records = threeRecords();
  for (const char* answer : {"null", "{}", R"("")", "", R"({"batchItemFailures":[]})", R"({"batchItemFailures":null})",
                             R"({"statusCode":200})"}) {
    EXPECT_EQ(firstFailure(records, answer), std::nullopt) << answer;
  }
}

TEST(BatchItemFailures, WhatCannotBeUnderstoodFailsAll) {
  const auto records = threeRecords();
  for (const char* answer :
       {"no json", R"({"batchItemFailures":[{"itemIdentifier":""}]})",
        R"({"batchItemFailures":[{"itemIdentifier":null}]})", R"({"batchItemFailures":[{"identifier":"200"}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"200"},{}]})", R"({"batchItemFailures":[{"itemIdentifier":"999"}]})",
        R"({"batchItemFailures":"200"})", R"("done")", "17"}) {
    EXPECT_EQ(firstFailure(records, answer), 0u) << answer;
  }
}

TEST(DiscardedBatches, AreDescribedWithoutTheirRecords) {
  const DiscardedBatch batch{"request",
                             "arn:function",
                             "RetryAttemptsExhausted",
                             3,
                             true,
                             "shard",
                             "arn:stream",
                             "DDBStreamBatchInfo",
                             Timestamp(Duration(1'767'225'600'123))};
  EXPECT_EQ(parseJson(toJson(batch, threeRecords())), parseJson(R"({
    "requestContext": {"requestId": "request", "functionArn": "arn:function", "condition": "RetryAttemptsExhausted",
                       "approximateInvokeCount": 3},
    "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
    "version": "1.0", "timestamp": "2026-01-01T00:00:00.123Z",
    "DDBStreamBatchInfo": {"shardId": "shard", "startSequenceNumber": "100", "endSequenceNumber": "300",
      "approximateArrivalOfFirstRecord": "2026-01-01T00:00:00Z", "approximateArrivalOfLastRecord": "2026-01-01T00:00:00Z",
      "batchSize": 3, "streamArn": "arn:stream"}})"));
}

}  // namespace
}  // namespace ddblog::lambda
