#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/services/sqs/queue_cloud.h"

namespace ddblog::sqs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kRule[] = "arn:aws:events:us-east-1:000000000000:rule/r";

rpc::Message fromRule(const std::string& queue, const std::string& body) {
  rpc::Message message{QueueCloud::arn(queue), body};
  message.sender_service = "events.amazonaws.com";
  message.sender_arn = kRule;
  return message;
}

std::optional<rpc::DeliveryFailure> deliver(QueueCloud& cloud, const rpc::Message& message) {
  std::optional<rpc::DeliveryFailure> failure;
  cloud.store().writeAndWait(
      [&](Transaction& transaction) { failure = cloud.recipients().deliver(transaction, message); });
  return failure;
}

void allowRule(QueueCloud& cloud, const std::string& queue, const std::string& rule) {
  const json::object statement{{"Effect", "Allow"},
                               {"Principal", json::object{{"Service", "events.amazonaws.com"}}},
                               {"Action", "sqs:SendMessage"},
                               {"Resource", QueueCloud::arn(queue)},
                               {"Condition", json::object{{"ArnEquals", json::object{{"aws:SourceArn", rule}}}}}};
  cloud.ask(
      "SetQueueAttributes",
      {{"QueueUrl", queue},
       {"Attributes", json::object{{"Policy", json::serialize(json::object{{"Statement", json::array{statement}}})}}}});
}

TEST(QueueRecipient, TakesWhatThePolicyAllows) {
  QueueCloud cloud;
  cloud.create("q");
  allowRule(cloud, "q", kRule);
  rpc::Message message = fromRule("q", R"({"id":"1"})");
  message.attributes = {{"RULE_ARN", kRule}};
  EXPECT_FALSE(deliver(cloud, message));
  const json::array received = cloud.receive("q", 10, {{"MessageAttributeNames", json::array{"All"}}});
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(QueueCloud::text(received.at(0), "Body"), R"({"id":"1"})");
  EXPECT_EQ(received.at(0).at("MessageAttributes").at("RULE_ARN").at("StringValue").as_string(), kRule);
}

TEST(QueueRecipient, RefusesARuleThatThePolicyDoesNotAllow) {
  QueueCloud cloud;
  cloud.create("q");
  for (const bool has_policy : {false, true}) {
    if (has_policy) allowRule(cloud, "q", "arn:aws:events:us-east-1:000000000000:rule/another");
    const auto failure = deliver(cloud, fromRule("q", "{}"));
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, "NO_PERMISSIONS");
    EXPECT_THAT(failure->message, HasSubstr("the policy of the queue q does not allow events.amazonaws.com"));
    EXPECT_THAT(failure->message, HasSubstr(kRule));
  }
  EXPECT_THAT(cloud.bodies("q"), IsEmpty());
}

TEST(QueueRecipient, TakesWhatLambdaSendsUnlessThePolicyDeniesIt) {
  QueueCloud cloud;
  cloud.create("q");
  rpc::Message message{QueueCloud::arn("q"), "record"};
  message.sender_service = "lambda.amazonaws.com";
  EXPECT_FALSE(deliver(cloud, message));
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("record"));
  cloud.ask("SetQueueAttributes",
            {{"QueueUrl", "q"},
             {"Attributes",
              json::object{{"Policy", R"({"Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*"}]})"}}}});
  const auto failure = deliver(cloud, message);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, "NO_PERMISSIONS");
}

TEST(QueueRecipient, SaysWhatIsMissing) {
  QueueCloud cloud;
  cloud.create("q.fifo");
  EXPECT_EQ(cloud.recipients().find("arn:aws:sqs:eu-west-1:000000000000:q"), nullptr);
  rpc::Message message{QueueCloud::arn("nobody"), "a"};
  EXPECT_EQ(deliver(cloud, message).value().code, "NO_RESOURCE");
  message.recipient_arn = QueueCloud::arn("q.fifo");
  EXPECT_EQ(deliver(cloud, message).value().code, "INVALID_PARAMETER");
  message.group_id = "g";
  EXPECT_EQ(deliver(cloud, message).value().code, "INVALID_PARAMETER");
  cloud.ask("SetQueueAttributes",
            {{"QueueUrl", "q.fifo"}, {"Attributes", json::object{{"ContentBasedDeduplication", "true"}}}});
  EXPECT_FALSE(deliver(cloud, message));
  EXPECT_THAT(cloud.bodies("q.fifo"), ElementsAre("a"));
}

}  // namespace
}  // namespace ddblog::sqs
