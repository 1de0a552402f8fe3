// How refusals are spelt, protocol by protocol, and what gzip makes of bad bytes.
#include <gtest/gtest.h>

#include "base/gzip.h"
#include "base/json.h"
#include "server/error_wording.h"
#include "server/reply.h"

namespace ddblog::server {
namespace {

const rpc::JsonProtocol kDynamoDbProtocol{"DynamoDB_20120810", "application/x-amz-json-1.0",
                                          "com.amazonaws.dynamodb.v20120810#"};
const rpc::JsonProtocol kEventsProtocol{"AWSEvents", "application/x-amz-json-1.1", ""};

std::string worded(const ApiError& refused, const rpc::JsonProtocol* protocol = &kDynamoDbProtocol) {
  return wordRefusal({protocol, "application/json"}, refused).body;
}

TEST(Wording, NamespacesTellWhoRefuses) {
  EXPECT_EQ(worded(validationError("no")),
            R"({"__type":"com.amazon.coral.validate#ValidationException","message":"no"})");
  EXPECT_EQ(worded(serializationError("no")),
            R"({"__type":"com.amazon.coral.service#SerializationException","Message":"no"})");
  EXPECT_EQ(worded({"ThrottlingException", "slow"}),
            R"({"__type":"com.amazon.coral.availability#ThrottlingException","message":"slow"})");
  EXPECT_EQ(worded({"ResourceInUseException", "in use"}),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceInUseException","message":"in use"})");
  EXPECT_EQ(worded(validationError("no"), &kEventsProtocol), R"({"__type":"ValidationException","message":"no"})");
}

TEST(Wording, FurtherMembersFollowTheMessage) {
  const ApiError refused("TransactionCanceledException", "cancelled", 400,
                         {{"CancellationReasons", json::array{json::object{{"Code", "None"}}}}});
  EXPECT_EQ(worded(refused),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled",)"
            R"("CancellationReasons":[{"Code":"None"}]})");
}

TEST(Wording, MessagesAreEscaped) {
  EXPECT_EQ(worded({"X", "a\"b\n"}), R"({"__type":"com.amazonaws.dynamodb.v20120810#X","message":"a\"b\n"})");
}

TEST(Wording, LambdaSpellsItsShapesOneByOne) {
  EXPECT_EQ(worded({"ResourceNotFoundException", "no", 404}, nullptr), R"({"Type":"User","Message":"no"})");
  EXPECT_EQ(worded({"InvalidParameterValueException", "no", 400}, nullptr), R"({"Type":"User","message":"no"})");
  EXPECT_EQ(worded({"ServiceException", "no", 500}, nullptr), R"({"Type":"Service","Message":"no"})");
  EXPECT_EQ(worded(validationError("no"), nullptr), R"({"message":"no"})");
  EXPECT_EQ(wordRefusal({}, {"InvalidSignatureException", "no"}).status, 403);
}

TEST(Wording, EachProtocolHasItsOwnInternalError) {
  std::string logged;
  const auto log = [&](const std::string& line) { logged += line; };
  const auto mistake = std::make_exception_ptr(std::runtime_error("oops"));
  EXPECT_NE(wordException({&kEventsProtocol, ""}, mistake, log).body.find("InternalException"), std::string::npos);
  EXPECT_EQ(wordException({}, mistake, log).status, 500);
  EXPECT_EQ(wordException({}, std::make_exception_ptr(1), log).status, 500);
  EXPECT_NE(logged.find("oops"), std::string::npos);
}

TEST(Gzip, GivesBackWhatItWasGiven) {
  for (const std::size_t size : {0u, 1u, 100u, 16384u, 100'000u}) {
    const std::string text(size, 'a');
    std::string inflated;
    EXPECT_EQ(gunzip(gzip(text), size, inflated), std::nullopt);
    EXPECT_EQ(inflated, text);
  }
  std::string inflated;
  EXPECT_EQ(gunzip(gzip("two ") + gzip("members"), 100, inflated), std::nullopt);
  EXPECT_EQ(inflated, "two members");
}

TEST(Gzip, RefusesWhatIsCutOffMalformedOrTooLarge) {
  const std::string zipped = gzip(std::string(1000, 'a'));
  std::string inflated;
  EXPECT_EQ(gunzip("", 1000, inflated), GunzipFailure::kMalformed);
  EXPECT_EQ(gunzip("{}", 1000, inflated), GunzipFailure::kMalformed);
  EXPECT_EQ(gunzip(zipped + "x", 1000, inflated), GunzipFailure::kMalformed);
  for (std::size_t size = 1; size < zipped.size(); ++size) {
    EXPECT_EQ(gunzip(std::string_view(zipped).substr(0, size), 1000, inflated), GunzipFailure::kMalformed) << size;
  }
  EXPECT_EQ(gunzip(zipped, 999, inflated), GunzipFailure::kTooLarge);
}

TEST(AcceptingGzip, IsSaidInSeveralWays) {
  for (const char* accepts : {"gzip", "gzip, deflate, br", "deflate , gzip;q=0.5", "gzip;q=1"}) {
    EXPECT_TRUE(acceptsGzip(accepts)) << accepts;
  }
  for (const char* refuses : {"", "identity", "gzip;q=0", "gzip; q=0.0", "xgzip", "deflate"}) {
    EXPECT_FALSE(acceptsGzip(refuses)) << refuses;
  }
}

}  // namespace
}  // namespace ddblog::server
