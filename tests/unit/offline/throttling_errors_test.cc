// How each service says that it throttles a request: what the SDKs retry.
#include <gtest/gtest.h>

#include "services/dynamodb/operations.h"
#include "services/eventbridge/operations.h"
#include "services/lambda/operations.h"
#include "services/sqs/operations.h"
#include "services/streams/operations.h"

namespace ddblog::offline {
namespace {

rpc::Response throttled(const rpc::Protocol& protocol, const char* operation) {
  return protocol.encodeError(protocol.throttlingError(operation).value());
}

TEST(ThrottlingErrors, OfDynamoDbAreThoseOfATableOrOfTheAccount) {
  const rpc::Response item = throttled(dynamodb::protocol(), "PutItem");
  EXPECT_EQ(item.status, 400);
  EXPECT_EQ(item.body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":)"
            R"("The level of configured provisioned throughput for the table was exceeded. Consider increasing your )"
            R"(provisioning level with the UpdateTable API."})");
  EXPECT_EQ(throttled(dynamodb::protocol(), "ListTables").body,
            R"({"__type":"com.amazon.coral.availability#ThrottlingException","message":)"
            R"("Rate of requests exceeds the allowed throughput."})");
  EXPECT_EQ(throttled(streams::protocol(), "GetRecords").body,
            R"({"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate exceeded"})");
}

TEST(ThrottlingErrors, OfEventBridge) {
  const rpc::Response response = throttled(eventbridge::protocol(), "PutEvents");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"__type":"ThrottlingException","message":"Rate exceeded"})");
}

TEST(ThrottlingErrors, OfLambdaSayWhenToTryAgain) {
  const rpc::Response response = throttled(lambda::protocol(), "Invoke");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.body, R"({"Type":"User","message":"Rate exceeded","Reason":"CallerRateLimitExceeded"})");
  const Headers expected = {{"Retry-After", "1"}, {"x-amzn-ErrorType", "TooManyRequestsException"}};
  EXPECT_EQ(response.headers, expected);
}

TEST(ThrottlingErrors, OfSqsInBothProtocols) {
  const rpc::Response response = throttled(sqs::protocol(), "SendMessage");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.body, R"({"__type":"com.amazonaws.sqs#RequestThrottled","message":"Rate exceeded"})");
  const Headers expected = {{"x-amzn-query-error", "RequestThrottled;Sender"}};
  EXPECT_EQ(response.headers, expected);
  EXPECT_EQ(sqs::queryProtocol().throttlingError("")->type(), "RequestThrottled");
}

}  // namespace
}  // namespace ddblog::offline
