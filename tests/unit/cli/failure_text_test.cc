#include "cli/output/failure_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddblog::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;

constexpr const char* kSummary =
    R"("id":"17","kind":"invocation","at":"2026-11-22T09:00:00.000Z","source":"arn:aws:lambda:r:a:function:users",)"
    R"("place":"arn:aws:lambda:r:a:function:users","condition":"RetriesExhausted","errorLine":"E: no",)"
    R"("requestId":"r-1","attemptCount":1,"payloadBytes":2,"destinations":[])";

TEST(FailureText, IsALineInLists) {
  const std::string line = "17  2026-11-22T09:00:00.000Z  users  RetriesExhausted after 1 attempt  E: no";
  EXPECT_EQ(summaryLine(parseJson("{" + std::string(kSummary) + "}").as_object()), line);
  const std::string redriven = std::string(kSummary) + R"(,"redriven":{"count":2,"at":"2026-11-22T10:00:00.000Z"})";
  EXPECT_EQ(summaryLine(parseJson("{" + redriven + "}").as_object()), line + "  (redriven)");
}

TEST(FailureText, HasTheStackTheLogAndThePayloadAsItIs) {
  const std::string body =
      "{" + std::string(kSummary) +
      R"(,"redriven":{"count":2,"at":"2026-11-22T10:00:00.000Z"},"attempts":[{"at":"T","error":"E: no"}],)"
      R"("error":{"errorType":"E","errorMessage":"no","payload":1,"stackTrace":["E: no","  File \"a\"\n    raise\n"]},)"
      R"("log":"a,\"payload\":{\nb\n","payload":{"payload":[1.50,"}"]}})";
  EXPECT_THAT(
      failureLines(body),
      ElementsAre("Failure 17: invocation for users, RetriesExhausted after 1 attempt",
                  "  at            2026-11-22T09:00:00.000Z", "  place         arn:aws:lambda:r:a:function:users",
                  "  request id    r-1", "  redriven      2 times, last at 2026-11-22T10:00:00.000Z",
                  "Attempts:", "  T  E: no", "Error:", "  E: no", "    File \"a\"", "      raise",
                  "Log:", "  a,\"payload\":{", "  b", "Payload:", R"(  {"payload":[1.50,"}"]})"));
}

TEST(FailureText, SaysWhoGaveUpAndWhoElseWasTold) {
  const std::string body =
      R"({"id":"1","kind":"delivery","at":"T","source":"arn:aws:events:r:a:rule/orders","place":"arn:aws:sqs:r:a:q",)"
      R"("condition":"EventAgeExceeded","errorLine":"","requestId":"r","attemptCount":0,"payloadBytes":2,)"
      R"("destinations":["arn:aws:sqs:r:a:dead"],"attempts":[],"error":"","log":"","payload":"text"})";
  const std::vector<std::string> lines = failureLines(body);
  EXPECT_EQ(lines[0], "Failure 1: delivery for q, EventAgeExceeded, never attempted");
  EXPECT_THAT(lines, Contains("  given up by   arn:aws:events:r:a:rule/orders"));
  EXPECT_THAT(lines, Contains("  destination   arn:aws:sqs:r:a:dead"));
  EXPECT_EQ(lines.back(), "  \"text\"");
}

}  // namespace
}  // namespace ddblog::cli
