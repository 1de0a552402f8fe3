// Policies of queues that keep EventBridge from sending, and what is said of them.
#include "deploy/replays/queue_policy.h"

#include <gtest/gtest.h>

namespace ddblog::replays {
namespace {

constexpr const char* kQueue = "arn:aws:sqs:eu-north-1:111122223333:q";
constexpr const char* kRule = "arn:aws:events:eu-north-1:111122223333:rule/bus/r";

std::string policyWith(const std::string& what, const std::string& instead) {
  std::string policy = policyFor(kQueue, kRule);
  return policy.replace(policy.find(what), what.size(), instead);
}

std::string faultWith(const std::string& what, const std::string& instead) {
  return faultOf(policyWith(what, instead), kQueue, kRule);
}

TEST(QueuePolicy, OursHasNoFault) { EXPECT_EQ(faultOf(policyFor(kQueue, kRule), kQueue, kRule), ""); }

TEST(QueuePolicy, SaysWhatIsWrong) {
  EXPECT_EQ(faultOf("", kQueue, kRule), "it has no policy");
  EXPECT_EQ(faultOf("{", kQueue, kRule), "its policy is not JSON");
  EXPECT_EQ(faultOf(R"({"Statement":[]})", kQueue, kRule), "its policy has no statement that allows");
  EXPECT_EQ(faultWith("rule/bus/r", "rule/bus/other"),
            "its condition ArnEquals allows aws:SourceArn arn:aws:events:eu-north-1:111122223333:rule/bus/other, and "
            "not the rule arn:aws:events:eu-north-1:111122223333:rule/bus/r");
  EXPECT_EQ(faultWith("events.amazonaws.com", "sns.amazonaws.com"),
            "its principal is not the service events.amazonaws.com");
  EXPECT_EQ(faultWith("sqs:SendMessage", "sqs:ReceiveMessage"), "its action is not sqs:SendMessage");
  EXPECT_EQ(faultWith(":q\"", ":other\""), "its resource is not the queue arn:aws:sqs:eu-north-1:111122223333:q");
  EXPECT_EQ(faultWith("aws:SourceArn", "aws:SourceVpc"), "its condition asks for aws:SourceVpc");
  EXPECT_EQ(faultWith("\"Allow\"", "\"Deny\""), "a statement of its policy denies");
}

TEST(QueuePolicy, OneStatementThatAllowsIsEnough) {
  const std::string other = R"({"Effect":"Allow","Principal":{"AWS":"1"},"Action":"sqs:*","Resource":"*"},)";
  EXPECT_EQ(faultWith("\"Statement\":[", "\"Statement\":[" + other), "");
  EXPECT_EQ(faultWith("sqs:SendMessage", "SQS:*"), "");
  EXPECT_EQ(faultWith("{\"Service\":\"events.amazonaws.com\"}", "\"*\""), "");
}

TEST(QueuePolicy, ConditionsAreUnderstoodByTheirOperator) {
  EXPECT_EQ(faultWith("ArnEquals", "ArnNotEquals"), "its condition ArnNotEquals is not one that is understood here");
  EXPECT_EQ(faultWith("ArnEquals", "StringEquals"), "");
  EXPECT_EQ(faultWith("\"ArnEquals\":{\"aws:SourceArn\":\"" + std::string(kRule) + "\"",
                      "\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:events:*:111122223333:rule/bus/?\""),
            "");
  EXPECT_EQ(faultWith("rule/bus/r", "rule/bus/*"), "");  // ArnEquals and ArnLike are the same
  const std::string account = R"("Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"},)";
  EXPECT_EQ(faultWith("\"Condition\":{", account), "");
  EXPECT_EQ(faultWith("\"Condition\":{", R"("Condition":{"StringEquals":{"aws:SourceAccount":"1"},)"),
            "its condition StringEquals allows aws:SourceAccount 1, and not 111122223333");
}

TEST(QueuePolicy, ADenialOfPlainHttpDeniesEventBridgeNothing) {
  const auto denied = [](const std::string& condition) {
    return faultWith("\"Statement\":[", R"("Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*",)"
                                        R"("Resource":"*","Condition":)" +
                                            condition + "},");
  };
  EXPECT_EQ(denied(R"({"Bool":{"aws:SecureTransport":"false"}})"), "");
  EXPECT_EQ(denied(R"({"Bool":{"aws:SecureTransport":"true"}})"), "a statement of its policy denies");
  EXPECT_EQ(denied("{}"), "a statement of its policy denies");
}

}  // namespace
}  // namespace ddblog::replays
