#include "services/sqs/queues/policy.h"

#include <gtest/gtest.h>

#include <string>

namespace ddblog::sqs {
namespace {

constexpr char kRule[] = "arn:aws:events:us-east-1:000000000000:rule/bus/rule";

PolicyRequest fromEvents() {
  return {"sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:q", "events.amazonaws.com", kRule, "000000000000"};
}

std::string policyWith(const std::string& statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

PolicyDecision decided(const std::string& statements) { return decide(policyWith(statements), fromEvents()); }

std::string allow(const std::string& more) {
  return R"({"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage",)"
         R"("Resource":"arn:aws:sqs:us-east-1:000000000000:q")" +
         more + "}";
}

std::string allowIf(const std::string& condition) { return allow(R"(,"Condition":{)" + condition + "}"); }

constexpr auto kAllowed = PolicyDecision::kAllowed;
constexpr auto kDenied = PolicyDecision::kDenied;
constexpr auto kNotMentioned = PolicyDecision::kNotMentioned;

TEST(Policy, AllowsWhatAStatementNames) {
  EXPECT_EQ(decided(allow("")), kAllowed);
  EXPECT_EQ(decided(R"({"Effect":"Allow","Principal":"*","Action":"SQS:*"})"), kAllowed);
  EXPECT_EQ(
      decided(
          R"({"Effect":"Allow","Principal":{"Service":["a","events.amazonaws.com"]},"Action":["sqs:Get*","sqs:Send*"]})"),
      kAllowed);
  EXPECT_EQ(decided(R"({"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*","Resource":"arn:aws:sqs:*:*:q"})"),
            kAllowed);
  EXPECT_EQ(decided(R"({"Effect":"Allow","NotPrincipal":{"Service":"sns.amazonaws.com"},"NotAction":"sqs:Delete*"})"),
            kAllowed);
}

TEST(Policy, DoesNotAllowAnythingElse) {
  EXPECT_EQ(decided(R"({"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage"})"),
            kNotMentioned);
  EXPECT_EQ(decided(R"({"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sqs:SendMessage"})"),
            kNotMentioned);
  EXPECT_EQ(decided(R"({"Effect":"Allow","Principal":"*","Action":"sqs:ReceiveMessage"})"), kNotMentioned);
  EXPECT_EQ(
      decided(
          R"({"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:000000000000:other"})"),
      kNotMentioned);
  EXPECT_EQ(decided(R"({"Effect":"Allow","Principal":"*","Action":"sqs:*","NotResource":"arn:aws:sqs:*"})"),
            kNotMentioned);
}

TEST(Policy, ADenialWins) {
  const std::string deny = R"({"Effect":"Deny","Principal":"*","Action":"sqs:SendMessage"})";
  EXPECT_EQ(decided(allow("") + "," + deny), kDenied);
  EXPECT_EQ(decided(deny + "," + allow("")), kDenied);
}

TEST(Policy, ConditionsCompareTheSource) {
  const std::string arn = std::string("\"") + kRule + "\"";
  EXPECT_EQ(decided(allowIf(R"("ArnEquals":{"aws:SourceArn":)" + arn + "}")), kAllowed);
  EXPECT_EQ(decided(allowIf(R"("ArnLike":{"AWS:SourceArn":"arn:aws:events:*:*:rule/bus/*"})")), kAllowed);
  EXPECT_EQ(decided(allowIf(R"("ArnLike":{"aws:SourceArn":"arn:aws:*:rule/bus/*"})")), kNotMentioned);
  EXPECT_EQ(
      decided(allowIf(R"("ArnEquals":{"aws:SourceArn":["arn:aws:events:us-east-1:000000000000:rule/x",)" + arn + "]}")),
      kAllowed);
  EXPECT_EQ(decided(allowIf(R"("StringEquals":{"aws:SourceArn":"arn:aws:events:us-east-1:000000000000:rule/other"})")),
            kNotMentioned);
  EXPECT_EQ(decided(allowIf(
                R"("StringLike":{"aws:SourceArn":"*rule/*"},"StringEquals":{"aws:SourceAccount":"000000000000"})")),
            kAllowed);
  EXPECT_EQ(decided(allowIf(R"("StringEquals":{"aws:SourceAccount":"111111111111"})")), kNotMentioned);
  EXPECT_EQ(decided(allowIf(R"("ArnNotEquals":{"aws:SourceArn":)" + arn + "}")), kNotMentioned);
  EXPECT_EQ(decided(allowIf(R"("ArnNotLike":{"aws:SourceArn":"arn:aws:sns:*"})")), kAllowed);
  EXPECT_EQ(decided(allowIf(R"("Bool":{"aws:PrincipalIsAWSService":"true"})")), kAllowed);
}

TEST(Policy, AKeyThatIsAbsentMatchesNothing) {
  EXPECT_EQ(decided(allowIf(R"("StringEquals":{"aws:PrincipalOrgID":"o-1"})")), kNotMentioned);
  EXPECT_EQ(decided(allowIf(R"("StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"})")), kAllowed);
  EXPECT_EQ(decided(allowIf(R"("StringNotEquals":{"aws:PrincipalOrgID":"o-1"})")), kAllowed);
  EXPECT_EQ(decided(allowIf(R"("Null":{"aws:PrincipalOrgID":"true"})")), kAllowed);
  EXPECT_EQ(decided(allowIf(R"("Null":{"aws:SourceArn":"true"})")), kNotMentioned);
  EXPECT_EQ(decided(allowIf(R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"})")), kNotMentioned);
}

TEST(Policy, KnowsItsForm) {
  EXPECT_TRUE(isPolicy(policyWith(allow(""))));
  EXPECT_TRUE(isPolicy(R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"*"}})"));
  for (const char* text :
       {"", "[]", "{}", R"({"Statement":[]})", R"({"Statement":[{"Effect":"Maybe","Principal":"*","Action":"*"}]})",
        R"({"Statement":[{"Effect":"Allow","Action":"*"}]})"}) {
    EXPECT_FALSE(isPolicy(text)) << text;
  }
}

}  // namespace
}  // namespace ddblog::sqs
