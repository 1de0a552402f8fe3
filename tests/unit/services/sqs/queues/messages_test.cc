#include "services/sqs/queues/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <stdexcept>

#include "services/sqs/queues/key_spaces.h"
#include "services/sqs/queues/sweep.h"
#include "store/key_space.h"
#include "unit/services/sqs/queue_cloud.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::sqs {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Messages, AreInFlightUntilTheirTimeIsOver) {
  QueueCloud cloud;
  cloud.create("q", {{"VisibilityTimeout", "30"}});
  cloud.send("q", "a");
  cloud.send("q", "b");
  EXPECT_EQ(cloud.counts("q"), "2 0 0");
  EXPECT_THAT(cloud.bodies("q", 1), ElementsAre("a"));
  EXPECT_EQ(cloud.counts("q"), "1 1 0");
  cloud.move(seconds(30) - milliseconds(1));
  EXPECT_THAT(cloud.bodies("q", 10), ElementsAre("b"));
  EXPECT_THAT(cloud.bodies("q"), IsEmpty());
  cloud.move(milliseconds(1));
  EXPECT_EQ(cloud.counts("q"), "1 1 0");
  const json::array again = cloud.receive("q");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(QueueCloud::text(again[0], "Body"), "a");
  EXPECT_EQ(QueueCloud::attribute(again[0], "ApproximateReceiveCount"), "2");
  EXPECT_EQ(QueueCloud::attribute(again[0], "ApproximateFirstReceiveTimestamp"),
            QueueCloud::attribute(again[0], "SentTimestamp"));
}

TEST(Messages, AreDeletedByTheLatestReceiptHandleOnly) {
  QueueCloud cloud;
  cloud.create("q");
  cloud.send("q", "a");
  const json::value first = cloud.receive("q").at(0);
  cloud.move(seconds(30));
  const json::value second = cloud.receive("q").at(0);
  cloud.remove("q", first);  // no error, and no effect
  EXPECT_EQ(cloud.counts("q"), "0 1 0");
  cloud.move(seconds(30));
  EXPECT_EQ(cloud.counts("q"), "1 0 0");
  cloud.remove("q", second);  // although the message is visible again
  EXPECT_EQ(cloud.counts("q"), "0 0 0");
  cloud.remove("q", second);
  EXPECT_THAT(cloud.bodies("q"), IsEmpty());
}

TEST(Messages, AreDelayedByTheQueueOrByThemselves) {
  QueueCloud cloud;
  cloud.create("q", {{"DelaySeconds", "10"}});
  cloud.send("q", "queue's");
  cloud.send("q", "own", {{"DelaySeconds", 20}});
  cloud.send("q", "none", {{"DelaySeconds", 0}});
  EXPECT_EQ(cloud.counts("q"), "1 0 2");
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("none"));
  cloud.move(seconds(10));
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("queue's"));
  cloud.move(seconds(9));
  EXPECT_THAT(cloud.bodies("q"), IsEmpty());
  cloud.move(seconds(1));
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("own"));
}

TEST(Messages, CanChangeTheirVisibility) {
  QueueCloud cloud;
  cloud.create("q");
  cloud.send("q", "a");
  const json::value message = cloud.receive("q").at(0);
  const auto change = [&](int timeout) {
    return cloud.call(
        "ChangeMessageVisibility",
        {{"QueueUrl", "q"}, {"ReceiptHandle", message.at("ReceiptHandle")}, {"VisibilityTimeout", timeout}});
  };
  EXPECT_EQ(change(100).error, "");
  cloud.move(seconds(99));
  EXPECT_THAT(cloud.bodies("q"), IsEmpty());
  EXPECT_EQ(
      change(43'200).message,
      "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is "
      "beyond the limit [43200 seconds]");
  EXPECT_EQ(change(0).error, "");
  const json::value again = cloud.receive("q").at(0);
  EXPECT_EQ(QueueCloud::text(again, "Body"), "a");
  EXPECT_EQ(QueueCloud::attribute(again, "ApproximateReceiveCount"), "2");  // also of one that was given back
  EXPECT_EQ(change(10).error, "InvalidParameterValueException");            // it was received again
}

TEST(Messages, AreNotReceivedWhenTheyAreTooOld) {
  QueueCloud cloud;
  cloud.create("q", {{"MessageRetentionPeriod", "60"}});
  cloud.send("q", "old");
  cloud.move(seconds(30));
  cloud.send("q", "younger");
  cloud.move(seconds(30));
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("younger"));
  EXPECT_EQ(cloud.counts("q"), "0 1 0");
  cloud.move(seconds(30));
  EXPECT_THAT(cloud.bodies("q"), IsEmpty());
  EXPECT_EQ(cloud.counts("q"), "0 0 0");
}

TEST(Messages, AreSweptWhenTheyAreTooOld) {
  QueueCloud cloud;
  cloud.create("q", {{"MessageRetentionPeriod", "60"}});
  cloud.create("f.fifo", {{"MessageRetentionPeriod", "60"}});
  cloud.send("q", "ready");
  cloud.send("q", "in flight");
  cloud.sendTo("f.fifo", "g", "ordered");
  EXPECT_EQ(cloud.receive("q", 1).size(), 1u);
  cloud.move(minutes(1));
  while (sweepQueues(cloud.service().context()) <= cloud.clock().runningTime()) continue;
  EXPECT_EQ(cloud.counts("q"), "0 0 0");
  EXPECT_EQ(cloud.counts("f.fifo"), "0 0 0");
  cloud.sendTo("f.fifo", "g", "next");
  EXPECT_THAT(cloud.bodies("f.fifo"), ElementsAre("next"));
}

TEST(Messages, GoToTheDeadLetterQueueWhenTheyWereReceivedTooOften) {
  QueueCloud cloud;
  cloud.create("dead");
  cloud.create(
      "q", {{"VisibilityTimeout", "1"},
            {"RedrivePolicy", R"({"deadLetterTargetArn":")" + QueueCloud::arn("dead") + R"(","maxReceiveCount":2})"}});
  cloud.send("q", "poison");
  for (int times = 0; times < 2; ++times) {
    EXPECT_THAT(cloud.bodies("q"), ElementsAre("poison"));
    cloud.move(seconds(1));
  }
  cloud.send("q", "good");
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("good"));
  EXPECT_EQ(cloud.counts("dead"), "1 0 0");
  const json::value dead = cloud.receive("dead").at(0);
  EXPECT_EQ(QueueCloud::attribute(dead, "DeadLetterQueueSourceArn"), QueueCloud::arn("q"));
  EXPECT_EQ(QueueCloud::attribute(dead, "ApproximateReceiveCount"), "3");
}

TEST(Messages, OfAStandardQueueKeepTheirAgeInTheDeadLetterQueue) {
  QueueCloud cloud;
  cloud.create("dead", {{"MessageRetentionPeriod", "100"}});
  cloud.create("q", {{"VisibilityTimeout", "0"},
                     {"RedrivePolicy",
                      R"({"deadLetterTargetArn":")" + QueueCloud::arn("dead") + R"(","maxReceiveCount":"1"})"}});
  cloud.send("q", "a");
  cloud.move(seconds(60));
  EXPECT_EQ(cloud.receive("q").size(), 1u);
  EXPECT_EQ(cloud.receive("q").size(), 0u);
  EXPECT_EQ(cloud.counts("dead"), "1 0 0");
  cloud.move(seconds(40));
  EXPECT_THAT(cloud.bodies("dead"), IsEmpty());
}

TEST(Messages, InFlightSurviveARestartWithTheirVisibility) {
  const TemporaryDirectory directory;
  QueueCloud cloud(directory.path());
  cloud.create("q");
  cloud.create("f.fifo");
  cloud.send("q", "in flight");
  cloud.send("q", "ready");
  cloud.send("q", "delayed", {{"DelaySeconds", 60}});
  cloud.sendTo("f.fifo", "g", "1");
  cloud.sendTo("f.fifo", "g", "2");
  const json::value received = cloud.receive("q", 1).at(0);
  EXPECT_THAT(cloud.bodies("f.fifo", 1), ElementsAre("1"));
  cloud.reopen();
  EXPECT_EQ(cloud.counts("q"), "1 1 1");
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("ready"));
  EXPECT_THAT(cloud.bodies("f.fifo"), IsEmpty());
  cloud.remove("q", received);
  cloud.move(seconds(30));
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("ready"));
  EXPECT_THAT(cloud.bodies("f.fifo"), ElementsAre("1", "2"));
  cloud.move(seconds(30));
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("ready", "delayed"));
}

// The start of the index of ready messages is remembered; a message that comes back is before it.
TEST(Messages, ThatComeBackAreFoundBeforeTheOnesThatCameLater) {
  QueueCloud cloud;
  cloud.create("q", {{"VisibilityTimeout", "10"}});
  for (int i = 0; i < 25; ++i) cloud.send("q", std::to_string(i));
  EXPECT_EQ(cloud.receive("q").size(), 10u);
  EXPECT_EQ(cloud.receive("q").size(), 10u);
  cloud.move(seconds(10));
  std::set<std::string> bodies;
  for (int i = 0; i < 3; ++i) {
    for (std::string& body : cloud.bodies("q")) bodies.insert(std::move(body));
  }
  EXPECT_EQ(bodies.size(), 25u);
  EXPECT_EQ(cloud.counts("q"), "0 25 0");
}

// A command that was rolled back, or whose commit failed, leaves nothing behind.
TEST(Messages, OfARolledBackReceiveAreReceivedAgain) {
  QueueCloud cloud;
  cloud.create("q");
  cloud.create("f.fifo");
  cloud.send("q", "a");
  cloud.sendTo("f.fifo", "g", "b");
  Context& context = cloud.service().context();
  for (const char* name : {"q", "f.fifo"}) {
    EXPECT_ANY_THROW(cloud.store().writeAndWait([&](Transaction& transaction) {
      EXPECT_EQ(context.messages.receive(transaction, context.catalog.get(transaction, name), {}).size(), 1u);
      throw std::runtime_error("the command fails");
    }));
    EXPECT_EQ(cloud.receive(name).size() + 0u, 1u) << name;
  }
}

TEST(Messages, BecomeVisibleThoughACommandThatMovedThemFails) {
  QueueCloud cloud;
  Context& context = cloud.service().context();
  cloud.create("q", {{"VisibilityTimeout", "10"}});
  cloud.send("q", "a");
  cloud.send("q", "b");
  cloud.bodies("q", 1);
  cloud.move(seconds(5));
  cloud.bodies("q", 1);
  std::promise<void> both_wait;
  cloud.store().write([&](Transaction&) { both_wait.get_future().wait(); }, [](std::exception_ptr) {});
  // Of the same batch: the first one succeeds, the second one does not.
  const auto settle = [&](Duration step, bool fails) {
    cloud.store().write(
        [&context, &cloud, step, fails](Transaction& transaction) {
          cloud.move(step);
          context.messages.settle(transaction);
          if (fails) throw std::runtime_error("the command fails");
        },
        [fails](std::exception_ptr error) { EXPECT_EQ(error != nullptr, fails); });
  };
  settle(seconds(6), false);
  settle(seconds(6), true);
  both_wait.set_value();
  cloud.store().drain();
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("a", "b"));
}

TEST(Messages, BehindManyOldOnesAreFoundByALaterReceive) {
  QueueCloud cloud;
  Context& context = cloud.service().context();
  cloud.create("q", {{"MessageRetentionPeriod", "60"}});
  cloud.store().writeAndWait([&](Transaction& transaction) {
    const Queue queue = context.catalog.get(transaction, "q");
    Message message;
    message.body = "old";
    for (int i = 0; i < 1500; ++i) context.messages.send(transaction, queue, message);
  });
  cloud.move(seconds(61));
  cloud.send("q", "new");
  cloud.store().drain();  // nobody hears of that message later
  int times = 0;
  const auto subscription = context.messages.becameVisible().listen([&] { ++times; });
  EXPECT_THAT(cloud.bodies("q"), IsEmpty());
  cloud.store().drain();
  EXPECT_EQ(times, 1);  // whoever waits looks again
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("new"));
}

TEST(Messages, OfAPurgedQueueAreGoneAndNewOnesAreNot) {
  QueueCloud cloud;
  cloud.create("q");
  for (int i = 0; i < 5; ++i) cloud.send("q", std::to_string(i));
  const json::value received = cloud.receive("q", 1).at(0);
  cloud.ask("PurgeQueue", {{"QueueUrl", "q"}});
  EXPECT_EQ(cloud.counts("q"), "0 0 0");
  cloud.remove("q", received);
  cloud.send("q", "new");
  cloud.move(minutes(2));
  while (sweepQueues(cloud.service().context()) <= cloud.clock().runningTime()) continue;
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("new"));
  // What was left behind is removed.
  const auto snapshot = cloud.store().snapshot();
  int messages = 0;
  const std::string all = KeyBuilder(key_spaces::kMessages).str();
  for (auto cursor = snapshot->cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) ++messages;
  EXPECT_EQ(messages, 1);
}

}  // namespace
}  // namespace ddblog::sqs
