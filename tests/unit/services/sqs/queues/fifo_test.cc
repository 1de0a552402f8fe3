#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "unit/services/sqs/queue_cloud.h"

namespace ddblog::sqs {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kQueue[] = "q.fifo";

TEST(Fifo, AGroupIsClosedWhileOneOfItsMessagesIsInFlight) {
  QueueCloud cloud;
  cloud.create(kQueue);
  for (const char* body : {"a1", "b1", "a2", "b2"}) cloud.sendTo(kQueue, std::string(body, 1), body);
  const json::array first = cloud.receive(kQueue, 1);
  EXPECT_EQ(QueueCloud::text(first.at(0), "Body"), "a1");
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("b1", "b2"));
  cloud.sendTo(kQueue, "a", "a3");
  EXPECT_THAT(cloud.bodies(kQueue), IsEmpty());
  cloud.remove(kQueue, first.at(0));
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("a2", "a3"));
}

TEST(Fifo, MessagesThatComeBackKeepTheirPlace) {
  QueueCloud cloud;
  cloud.create(kQueue, {{"VisibilityTimeout", "10"}});
  for (const char* body : {"1", "2", "3", "4"}) cloud.sendTo(kQueue, "g", body);
  const json::array received = cloud.receive(kQueue, 3);
  ASSERT_EQ(received.size(), 3u);
  cloud.remove(kQueue, received.at(1));
  cloud.ask("ChangeMessageVisibility",
            {{"QueueUrl", kQueue}, {"ReceiptHandle", received.at(0).at("ReceiptHandle")}, {"VisibilityTimeout", 0}});
  EXPECT_THAT(cloud.bodies(kQueue), IsEmpty());  // 3 is in flight
  cloud.move(seconds(10));
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("1", "3", "4"));
}

TEST(Fifo, AnExpiredReceiptHandleDeletesNothing) {
  QueueCloud cloud;
  cloud.create(kQueue);
  cloud.sendTo(kQueue, "g", "1");
  const json::value message = cloud.receive(kQueue).at(0);
  cloud.move(seconds(30));
  const std::string handle = QueueCloud::text(message, "ReceiptHandle");
  const Answered answered = cloud.call("DeleteMessage", {{"QueueUrl", kQueue}, {"ReceiptHandle", handle}});
  EXPECT_EQ(answered.error, "InvalidParameterValueException");
  EXPECT_EQ(answered.message,
            "Value " + handle + " for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.");
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("1"));
}

TEST(Fifo, TheQueuesDelayKeepsTheOrder) {
  QueueCloud cloud;
  cloud.create(kQueue, {{"DelaySeconds", "10"}});
  cloud.sendTo(kQueue, "g", "1");
  cloud.ask("SetQueueAttributes", {{"QueueUrl", kQueue}, {"Attributes", json::object{{"DelaySeconds", "0"}}}});
  cloud.sendTo(kQueue, "g", "2");
  cloud.sendTo(kQueue, "h", "3");
  EXPECT_EQ(cloud.counts(kQueue), "2 0 1");
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("3"));
  cloud.move(seconds(10));
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("1", "2"));
}

TEST(Fifo, AnIdHoldsForFiveMinutes) {
  QueueCloud cloud;
  cloud.create(kQueue, {{"ContentBasedDeduplication", "true"}});
  const auto send = [&](json::object more) {
    more["QueueUrl"] = kQueue;
    more["MessageBody"] = "same";
    return cloud.ask("SendMessage", more);
  };
  const json::object first = send({{"MessageGroupId", "g"}});
  const json::object second = send({{"MessageGroupId", "h"}});
  EXPECT_EQ(first.at("MessageId"), second.at("MessageId"));
  EXPECT_EQ(first.at("SequenceNumber"), second.at("SequenceNumber"));
  cloud.remove(kQueue, cloud.receive(kQueue).at(0));
  send({{"MessageGroupId", "g"}});
  EXPECT_THAT(cloud.bodies(kQueue), IsEmpty());  // although it was deleted
  send({{"MessageGroupId", "g"}, {"MessageDeduplicationId", "another"}});
  EXPECT_EQ(cloud.counts(kQueue), "1 0 0");
  cloud.move(minutes(5));
  const json::object later = send({{"MessageGroupId", "g"}});
  EXPECT_GT(later.at("SequenceNumber").as_string(), first.at("SequenceNumber").as_string());
  EXPECT_EQ(cloud.counts(kQueue), "2 0 0");
}

TEST(Fifo, TheScopeOfAnIdCanBeTheGroup) {
  QueueCloud cloud;
  cloud.create(kQueue, {{"DeduplicationScope", "messageGroup"}, {"FifoThroughputLimit", "perMessageGroupId"}});
  for (const char* group : {"g", "h", "g"}) {
    cloud.send(kQueue, group, {{"MessageGroupId", group}, {"MessageDeduplicationId", "id"}});
  }
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("g", "h"));
}

TEST(Fifo, AReceiveIsRepeatedByItsAttemptId) {
  QueueCloud cloud;
  cloud.create(kQueue);
  for (const char* body : {"1", "2", "3"}) cloud.sendTo(kQueue, "g", body);
  const json::object attempt{{"ReceiveRequestAttemptId", "try"}};
  const json::array first = cloud.receive(kQueue, 2, attempt);
  cloud.move(seconds(20));
  const json::array again = cloud.receive(kQueue, 2, attempt);
  EXPECT_EQ(first, again);
  cloud.move(seconds(20));  // the visibility began anew
  EXPECT_THAT(cloud.bodies(kQueue), IsEmpty());
  cloud.remove(kQueue, again.at(0));
  cloud.remove(kQueue, again.at(1));
  EXPECT_THAT(cloud.bodies(kQueue, 2, attempt), ElementsAre("3"));
}

TEST(Fifo, TheOrderGoesOnAfterAMessageWentToTheDeadLetterQueue) {
  QueueCloud cloud;
  cloud.create("dead.fifo");
  cloud.create(kQueue, {{"VisibilityTimeout", "1"},
                        {"RedrivePolicy",
                         R"({"deadLetterTargetArn":")" + QueueCloud::arn("dead.fifo") + R"(","maxReceiveCount":1})"}});
  cloud.sendTo(kQueue, "g", "1");
  cloud.sendTo(kQueue, "g", "2");
  EXPECT_THAT(cloud.bodies(kQueue, 1), ElementsAre("1"));
  cloud.move(seconds(1));
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("2"));
  const json::value dead = cloud.receive("dead.fifo").at(0);
  EXPECT_EQ(QueueCloud::text(dead, "Body"), "1");
  EXPECT_EQ(QueueCloud::attribute(dead, "MessageGroupId"), "g");
}

// All groups but one are closed: the open one is found, however many there are.
TEST(Fifo, ManyGroups) {
  QueueCloud cloud;
  cloud.create(kQueue);
  for (int i = 0; i < 30; ++i) cloud.sendTo(kQueue, "g" + std::to_string(i), std::to_string(i));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(cloud.receive(kQueue).size(), 10u);
  EXPECT_THAT(cloud.bodies(kQueue), IsEmpty());
  cloud.sendTo(kQueue, "g3", "closed");
  cloud.sendTo(kQueue, "new", "open");
  EXPECT_THAT(cloud.bodies(kQueue), ElementsAre("open"));
  cloud.move(seconds(30));
  std::set<std::string> bodies;
  for (int i = 0; i < 5; ++i) {
    for (std::string& body : cloud.bodies(kQueue)) bodies.insert(std::move(body));
  }
  EXPECT_EQ(bodies.size(), 32u);
}

}  // namespace
}  // namespace ddblog::sqs
