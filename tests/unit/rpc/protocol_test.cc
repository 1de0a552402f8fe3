// How each protocol encodes errors.
#include <gtest/gtest.h>

#include "base/json.h"
#include "rpc/protocol.h"

namespace ddblog::rpc {
namespace {

const JsonProtocol kDynamoDb({.target_prefix = "DynamoDB_20120810",
                              .content_type = "application/x-amz-json-1.0",
                              .signing_name = "dynamodb",
                              .has_crc32 = true,
                              .error_namespace = "com.amazonaws.dynamodb.v20120810#",
                              .capital_messages = {"TransactionCanceledException"}});
const JsonProtocol kEvents({.target_prefix = "AWSEvents",
                            .content_type = "application/x-amz-json-1.1",
                            .signing_name = "events",
                            .internal_error = {"InternalException", "An unknown error.", 500}});
const RestProtocol kLambda({.signing_name = "lambda", .small_messages = {"InvalidParameterValueException"}});

std::string encoded(const ApiError& error, const Protocol& protocol = kDynamoDb) {
  return protocol.encodeError(error).body;
}

TEST(Protocol, NamespacesTellWhoRejects) {
  EXPECT_EQ(encoded(validationError("no")),
            R"({"__type":"com.amazon.coral.validate#ValidationException","message":"no"})");
  EXPECT_EQ(encoded(serializationError("no")),
            R"({"__type":"com.amazon.coral.service#SerializationException","Message":"no"})");
  EXPECT_EQ(encoded({"ThrottlingException", "slow"}),
            R"({"__type":"com.amazon.coral.availability#ThrottlingException","message":"slow"})");
  EXPECT_EQ(encoded({"ResourceInUseException", "in use"}),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceInUseException","message":"in use"})");
  EXPECT_EQ(encoded(validationError("no"), kEvents), R"({"__type":"ValidationException","message":"no"})");
}

TEST(Protocol, FurtherMembersFollowTheMessage) {
  const ApiError error("TransactionCanceledException", "cancelled", 400,
                       {{"CancellationReasons", json::array{json::object{{"Code", "None"}}}}});
  EXPECT_EQ(encoded(error),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled",)"
            R"("CancellationReasons":[{"Code":"None"}]})");
}

TEST(Protocol, MessagesAreEscaped) {
  EXPECT_EQ(encoded({"X", "a\"b\n"}), R"({"__type":"com.amazonaws.dynamodb.v20120810#X","message":"a\"b\n"})");
}

TEST(Protocol, LambdaSpellsItsShapesOneByOne) {
  EXPECT_EQ(encoded({"ResourceNotFoundException", "no", 404}, kLambda), R"({"Type":"User","Message":"no"})");
  EXPECT_EQ(encoded({"InvalidParameterValueException", "no", 400}, kLambda), R"({"Type":"User","message":"no"})");
  EXPECT_EQ(encoded({"ServiceException", "no", 500}, kLambda), R"({"Type":"Service","Message":"no"})");
  EXPECT_EQ(encoded(validationError("no"), kLambda), R"({"message":"no"})");
  EXPECT_EQ(kLambda.encodeError({"InvalidSignatureException", "no"}).status, 403);
}

TEST(Protocol, SomeServicesErrorsHaveOnlyAMessage) {
  const RestProtocol scheduler({.signing_name = "scheduler", .bare_errors = true});
  EXPECT_EQ(encoded({"ConflictException", "no", 409}, scheduler), R"({"Message":"no"})");
  EXPECT_EQ(encoded(validationError("no"), scheduler), R"({"Message":"no"})");
  EXPECT_EQ(encoded({"InvalidSignatureException", "no"}, scheduler), R"({"message":"no"})");
}

TEST(Protocol, ErrorsKeepTheirHeaders) {
  const ApiError throttled("TooManyRequestsException", "slow", 429, {}, {{"Retry-After", "1"}});
  const Headers retry_after{{"Retry-After", "1"}};
  EXPECT_EQ(kDynamoDb.encodeError(throttled).headers, retry_after);
  const Headers with_type{{"Retry-After", "1"}, {"x-amzn-ErrorType", "TooManyRequestsException"}};
  EXPECT_EQ(kLambda.encodeError(throttled).headers, with_type);
}

// As SQS does, whose JSON errors repeat what they were called in the query protocol.
TEST(Protocol, AServiceCanAddHeadersToItsErrors) {
  const JsonProtocol queues({.target_prefix = "AmazonSQS",
                             .content_type = "application/x-amz-json-1.0",
                             .signing_name = "sqs",
                             .error_namespace = "com.amazonaws.sqs#",
                             .error_headers = [](const ApiError& error) {
                               return Headers{{"x-amzn-query-error", error.type() + ";Sender"}};
                             }});
  const Response response = queues.encodeError({"QueueDoesNotExist", "no"});
  EXPECT_EQ(response.headers, (Headers{{"x-amzn-query-error", "QueueDoesNotExist;Sender"}}));
  EXPECT_EQ(response.body, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"})");
  EXPECT_FALSE(queues.hasCrc32());
}

TEST(Protocol, ContentTypesOfRequests) {
  EXPECT_TRUE(kDynamoDb.takes("application/x-amz-json-1.0"));
  EXPECT_TRUE(kDynamoDb.takes("application/json"));
  EXPECT_FALSE(kDynamoDb.takes("application/x-amz-json-1.1"));
  EXPECT_TRUE(kEvents.takes("application/x-amz-json-1.0"));
  EXPECT_FALSE(kEvents.takes("text/plain"));
}

TEST(Protocol, EachHasItsOwnInternalError) {
  std::string logged;
  const auto log = [&](const std::string& line) { logged += line; };
  const auto bug = std::make_exception_ptr(std::runtime_error("oops"));
  EXPECT_NE(encodeException(kEvents, bug, log).body.find("InternalException"), std::string::npos);
  EXPECT_EQ(encodeException(kLambda, bug, log).status, 500);
  EXPECT_EQ(encodeException(kLambda, std::make_exception_ptr(1), log).status, 500);
  EXPECT_NE(logged.find("oops"), std::string::npos);
}

}  // namespace
}  // namespace ddblog::rpc
