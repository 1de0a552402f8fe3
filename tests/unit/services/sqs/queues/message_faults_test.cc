// Faults of standard queues: messages that are overtaken, and messages that come again.
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

}  // namespace
}  // namespace ddblog::sqs
