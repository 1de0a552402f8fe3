// Faults of queues: messages that are overtaken, and messages that come again (of standard queues), entries of
// batches that fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/faults.h"
#include "unit/services/sqs/queue_cloud.h"

namespace ddblog::sqs {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Faults always(Fault fault) {
  FaultSettings settings{.seed = 7};
  settings.rates[static_cast<std::size_t>(fault)] = 1;
  return Faults(settings);
}

std::vector<std::string> order() {
  Faults faults = always(Fault::kReorder);
  QueueCloud cloud({}, &faults);
  cloud.create("q");
  for (const char* body : {"a", "b", "c", "d", "e", "f"}) cloud.send("q", body);
  EXPECT_EQ(cloud.counts("q"), "0 0 6");
  std::vector<std::string> received;
  for (int i = 0; i < 100; ++i) {
    cloud.move(Duration(10));
    for (const std::string& body : cloud.bodies("q")) received.push_back(body);
  }
  EXPECT_THAT(received, UnorderedElementsAre("a", "b", "c", "d", "e", "f"));
  return received;
}

TEST(MessageFaults, LetMessagesBeOvertakenWithinASecond) {
  EXPECT_THAT(order(), testing::Not(ElementsAre("a", "b", "c", "d", "e", "f")));
  EXPECT_EQ(order(), order());
}

TEST(MessageFaults, DeliverAMessageOnceMoreAfterItWasRemoved) {
  Faults faults = always(Fault::kDuplicate);
  QueueCloud cloud({}, &faults);
  cloud.create("q");
  cloud.send("q", "a");
  cloud.remove("q", cloud.receive("q").at(0));
  EXPECT_EQ(cloud.counts("q"), "1 0 0");
  const json::array again = cloud.receive("q");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(QueueCloud::attribute(again[0], "ApproximateReceiveCount"), "2");
  cloud.remove("q", again[0]);
  EXPECT_EQ(cloud.counts("q"), "0 0 0");
  EXPECT_EQ(faults.count(Fault::kDuplicate).injected, 1u);
}

TEST(MessageFaults, MoveNoMessageToTheDeadLetterQueue) {
  Faults faults = always(Fault::kDuplicate);
  QueueCloud cloud({}, &faults);
  cloud.create("dead");
  cloud.create(
      "q", {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + QueueCloud::arn("dead") + R"(","maxReceiveCount":1})"}});
  cloud.send("q", "a");
  cloud.remove("q", cloud.receive("q").at(0));
  EXPECT_EQ(cloud.counts("q"), "0 0 0");
  EXPECT_THAT(cloud.bodies("dead"), IsEmpty());
}

TEST(MessageFaults, SpareFifoQueues) {
  for (const Fault fault : {Fault::kReorder, Fault::kDuplicate}) {
    Faults faults = always(fault);
    QueueCloud cloud({}, &faults);
    cloud.create("q.fifo");
    for (const char* body : {"a", "b", "c", "d"}) cloud.sendTo("q.fifo", "g", body);
    const json::array received = cloud.receive("q.fifo");
    ASSERT_EQ(received.size(), 4u);
    EXPECT_EQ(QueueCloud::text(received[3], "Body"), "d");
    for (const json::value& message : received) cloud.remove("q.fifo", message);
    EXPECT_EQ(cloud.counts("q.fifo"), "0 0 0");
  }
}

// The ids of the failed entries; all of a batch fail or succeed.
std::string failedIn(const json::object& answer) {
  std::string failed;
  if (!answer.contains("Failed")) return failed;
  for (const json::value& entry : answer.at("Failed").as_array()) {
    EXPECT_EQ(entry.at("Code").as_string(), "InternalError");
    EXPECT_FALSE(entry.at("SenderFault").as_bool());
    failed += entry.at("Id").as_string();
  }
  return failed;
}

TEST(MessageFaults, FailEntriesOfBatches) {
  Faults faults = always(Fault::kPartialFailure);
  QueueCloud cloud({}, &faults);
  cloud.create("q");
  const json::array two{json::object{{"Id", "1"}, {"MessageBody", "a"}},
                        json::object{{"Id", "2"}, {"MessageBody", "b"}}};
  EXPECT_EQ(failedIn(cloud.ask("SendMessageBatch", {{"QueueUrl", "q"}, {"Entries", two}})), "12");
  EXPECT_EQ(cloud.counts("q"), "0 0 0");
  cloud.send("q", "a");
  const json::value handle = cloud.receive("q").at(0).at("ReceiptHandle");
  json::array entries;
  entries.push_back(json::object{{"Id", "1"}, {"ReceiptHandle", handle}, {"VisibilityTimeout", 0}});
  EXPECT_EQ(failedIn(cloud.ask("ChangeMessageVisibilityBatch", {{"QueueUrl", "q"}, {"Entries", entries}})), "1");
  json::array removed;
  removed.push_back(json::object{{"Id", "1"}, {"ReceiptHandle", handle}});
  EXPECT_EQ(failedIn(cloud.ask("DeleteMessageBatch", {{"QueueUrl", "q"}, {"Entries", removed}})), "1");
  EXPECT_EQ(cloud.counts("q"), "0 1 0");
}

TEST(MessageFaults, FailTheSameEntriesWithTheSameSeed) {
  const auto failed = [] {
    FaultSettings settings{.seed = 7};
    settings.rates[static_cast<std::size_t>(Fault::kPartialFailure)] = 0.5;
    Faults faults(settings);
    QueueCloud cloud({}, &faults);
    cloud.create("q");
    json::array ten;
    for (int i = 0; i < 10; ++i) {
      ten.push_back(json::object{{"Id", std::to_string(i)}, {"MessageBody", std::to_string(i)}});
    }
    return failedIn(cloud.ask("SendMessageBatch", {{"QueueUrl", "q"}, {"Entries", ten}}));
  };
  EXPECT_THAT(failed(), testing::Not(testing::AnyOf("", "0123456789")));
  EXPECT_EQ(failed(), failed());
}

}  // namespace
}  // namespace ddblog::sqs
