// What happens with time, or after a commit, without a request: long polls, visibility, message move
// tasks. The clock stands still; the tests wait for what the timer's thread does.
#include "services/sqs/queues/timer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

#include "unit/services/sqs/queue_cloud.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::sqs {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// A receive that waits for 20 seconds of the clock. It has looked for messages when it is made.
class LongPoll {
 public:
  LongPoll(QueueCloud& cloud, const std::string& queue) {
    rpc::Request request;
    request.body = json::serialize(json::object{{"QueueUrl", queue}, {"WaitTimeSeconds", 20}});
    (*cloud.apis().json().front()->find("ReceiveMessage"))(
        std::move(request), [this](rpc::Outcome outcome) { outcome_.set_value(std::move(outcome)); });
    cloud.store().drain();
  }

  Answered answer() {
    try {
      return {outcome_.get_future().get().response().body, "", ""};
    } catch (const ApiError& error) {
      return {"", error.type(), error.message()};
    }
  }

 private:
  std::promise<rpc::Outcome> outcome_;
};

std::string bodyIn(const Answered& answered) {
  const json::object answer = answered.json();
  return answer.contains("Messages") ? QueueCloud::text(answer.at("Messages").at(0), "Body") : "nothing";
}

// Returns when the timer has nothing to do, after something that it had to do was added.
void settle(QueueCloud& cloud) {
  cloud.store().drain();
  while (!cloud.service().activity().busy_with.empty()) std::this_thread::yield();
}

TEST(Timer, ALongPollIsWokenByASend) {
  QueueCloud cloud;
  cloud.service().start();
  cloud.create("q");
  LongPoll poll(cloud, "q");
  cloud.send("q", "a");
  EXPECT_EQ(bodyIn(poll.answer()), "a");
}

TEST(Timer, ALongPollEndsWithNothing) {
  QueueCloud cloud;
  cloud.service().start();
  cloud.create("q");
  LongPoll poll(cloud, "q");
  cloud.move(seconds(20));
  EXPECT_EQ(bodyIn(poll.answer()), "nothing");
}

TEST(Timer, ALongPollGetsWhatBecomesVisible) {
  QueueCloud cloud;
  cloud.service().start();
  cloud.create("q");
  cloud.send("q", "later", {{"DelaySeconds", 10}});
  LongPoll poll(cloud, "q");
  settle(cloud);
  cloud.move(seconds(10));
  EXPECT_EQ(bodyIn(poll.answer()), "later");
}

TEST(Timer, ALongPollOfADeletedQueueEnds) {
  QueueCloud cloud;
  cloud.service().start();
  cloud.create("q");
  LongPoll poll(cloud, "q");
  cloud.ask("DeleteQueue", {{"QueueUrl", "q"}});
  EXPECT_EQ(poll.answer().error, "QueueDoesNotExist");
}

TEST(Timer, LongPollsEndWhenTheServiceStops) {
  QueueCloud cloud;
  cloud.service().start();
  cloud.create("q");
  LongPoll poll(cloud, "q");
  cloud.service().stop();
  EXPECT_EQ(bodyIn(poll.answer()), "nothing");
  EXPECT_EQ(bodyIn(cloud.call("ReceiveMessage", {{"QueueUrl", "q"}, {"WaitTimeSeconds", 20}})), "nothing");
}

// An event source mapping waits like this.
TEST(Timer, TellsThatAMessageBecameVisible) {
  QueueCloud cloud;
  cloud.service().start();
  cloud.create("q");
  cloud.send("q", "a");
  cloud.receive("q");
  settle(cloud);
  EXPECT_EQ(cloud.service().activity().next_due, cloud.clock().runningTime() + seconds(30));
  std::promise<void> visible;
  std::once_flag once;
  const auto subscription = cloud.service().context().messages.becameVisible().listen(
      [&] { std::call_once(once, [&] { visible.set_value(); }); });
  cloud.move(seconds(30));
  visible.get_future().wait();
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("a"));
}

class MoveTask : public testing::Test {
 protected:
  MoveTask() {
    cloud_.service().start();
    cloud_.create("dead");
    cloud_.create("q", {{"VisibilityTimeout", "0"},
                        {"RedrivePolicy",
                         R"({"deadLetterTargetArn":")" + QueueCloud::arn("dead") + R"(","maxReceiveCount":1})"}});
  }

  void makeDeadLetters(int count) {
    for (int i = 0; i < count; ++i) cloud_.send("q", std::to_string(i));
    while (!cloud_.bodies("q").empty()) continue;
  }
  json::object task() {
    const json::object answer = cloud_.ask("ListMessageMoveTasks", {{"SourceArn", QueueCloud::arn("dead")}});
    return answer.at("Results").at(0).as_object();
  }
  std::string status() { return QueueCloud::text(task(), "Status"); }

  QueueCloud cloud_;
};

TEST_F(MoveTask, BringsTheMessagesBack) {
  makeDeadLetters(3);
  EXPECT_EQ(cloud_.counts("dead"), "3 0 0");
  cloud_.ask("StartMessageMoveTask", {{"SourceArn", QueueCloud::arn("dead")}});
  while (status() == "RUNNING") std::this_thread::yield();
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_EQ(task().at("ApproximateNumberOfMessagesMoved"), json::value(3));
  EXPECT_EQ(task().at("ApproximateNumberOfMessagesToMove"), json::value(3));
  EXPECT_EQ(cloud_.counts("dead"), "0 0 0");
  const json::array back = cloud_.receive("q");
  ASSERT_EQ(back.size(), 3u);
  EXPECT_EQ(QueueCloud::text(back.at(0), "Body"), "0");
  EXPECT_EQ(QueueCloud::attribute(back.at(0), "ApproximateReceiveCount"), "1");  // it is a new message
  EXPECT_FALSE(back.at(0).at("Attributes").as_object().contains("DeadLetterQueueSourceArn"));
}

TEST_F(MoveTask, HasARateAndCanBeCancelled) {
  makeDeadLetters(5);
  cloud_.create("elsewhere");
  const json::object started = cloud_.ask("StartMessageMoveTask", {{"SourceArn", QueueCloud::arn("dead")},
                                                                   {"DestinationArn", QueueCloud::arn("elsewhere")},
                                                                   {"MaxNumberOfMessagesPerSecond", 2}});
  while (cloud_.counts("elsewhere") != "2 0 0") std::this_thread::yield();
  settle(cloud_);
  EXPECT_EQ(cloud_.counts("elsewhere"), "2 0 0");
  cloud_.move(seconds(1));
  while (cloud_.counts("elsewhere") != "4 0 0") std::this_thread::yield();
  cloud_.ask("CancelMessageMoveTask", {{"TaskHandle", started.at("TaskHandle")}});
  while (status() == "CANCELLING") std::this_thread::yield();
  EXPECT_EQ(status(), "CANCELLED");
  EXPECT_EQ(cloud_.counts("dead"), "1 0 0");
}

TEST(MoveTaskOfADirectory, GoesOnAfterARestart) {
  const TemporaryDirectory directory;
  QueueCloud cloud(directory.path());
  cloud.service().start();
  const std::string dead = QueueCloud::arn("dead");
  cloud.create("dead");
  cloud.create("q", {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + dead + R"(","maxReceiveCount":1})"}});
  for (const char* body : {"1", "2", "3"}) cloud.send("dead", body);
  cloud.ask("StartMessageMoveTask",
            {{"SourceArn", dead}, {"DestinationArn", QueueCloud::arn("q")}, {"MaxNumberOfMessagesPerSecond", 1}});
  while (cloud.counts("q") != "1 0 0") std::this_thread::yield();
  cloud.reopen();
  cloud.service().start();
  const auto status = [&] {
    const json::object answer = cloud.ask("ListMessageMoveTasks", {{"SourceArn", dead}});
    return QueueCloud::text(answer.at("Results").at(0), "Status");
  };
  while (status() == "RUNNING") {
    cloud.move(seconds(1));
    std::this_thread::yield();
  }
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("1", "2", "3"));
}

TEST_F(MoveTask, FailsIfAMessageCameFromNowhere) {
  cloud_.send("dead", "sent here");
  cloud_.ask("StartMessageMoveTask", {{"SourceArn", QueueCloud::arn("dead")}});
  while (status() == "RUNNING") std::this_thread::yield();
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(task().at("FailureReason").as_string(), "CouldNotDetermineMessageSource");
  EXPECT_THAT(cloud_.bodies("dead"), ElementsAre("sent here"));
}

TEST_F(MoveTask, FailsIfTheDestinationIsGone) {
  makeDeadLetters(1);
  cloud_.send("dead", "from nowhere");
  cloud_.ask("DeleteQueue", {{"QueueUrl", "q"}});
  cloud_.create(
      "r", {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + QueueCloud::arn("dead") + R"(","maxReceiveCount":1})"}});
  cloud_.ask("StartMessageMoveTask", {{"SourceArn", QueueCloud::arn("dead")}});
  while (status() == "RUNNING") std::this_thread::yield();
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(task().at("FailureReason").as_string(), "AWS.SimpleQueueService.NonExistentQueue");
  EXPECT_EQ(cloud_.counts("dead"), "2 0 0");
}

// A command skips a thousand messages at most. Nothing else removes them here: the service was not started.
TEST(MoveTaskOfOldMessages, GoesOnBehindThem) {
  QueueCloud cloud;
  Context& context = cloud.service().context();
  const std::string dead = QueueCloud::arn("dead");
  cloud.create("dead", {{"MessageRetentionPeriod", "60"}});
  cloud.create("q", {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + dead + R"(","maxReceiveCount":1})"}});
  cloud.store().writeAndWait([&](Transaction& transaction) {
    const Queue queue = context.catalog.get(transaction, "dead");
    for (int i = 0; i < 2'500; ++i) {
      Message message;
      message.body = "old";
      context.messages.send(transaction, queue, message);
    }
  });
  cloud.move(seconds(61));
  cloud.send("dead", "live");
  cloud.ask("StartMessageMoveTask", {{"SourceArn", dead}, {"DestinationArn", QueueCloud::arn("q")}});
  while (context.move_tasks.step() <= cloud.clock().runningTime()) continue;
  EXPECT_THAT(cloud.bodies("q"), ElementsAre("live"));
  const json::object answer = cloud.ask("ListMessageMoveTasks", {{"SourceArn", dead}});
  EXPECT_EQ(QueueCloud::text(answer.at("Results").at(0), "Status"), "COMPLETED");
}

// The running time goes on where it was; the time of day is a minute later.
TEST(NameOfADeletedQueue, IsFreeAfterAMinuteOfTheTimeOfDay) {
  const TemporaryDirectory directory;
  QueueCloud cloud(directory.path());
  cloud.create("q");
  cloud.ask("DeleteQueue", {{"QueueUrl", "q"}});
  cloud.reopen();
  EXPECT_EQ(cloud.call("CreateQueue", {{"QueueName", "q"}}).error, "QueueDeletedRecently");
  const RunningTime reached = cloud.clock().runningTime();
  cloud.move(seconds(60));
  cloud.clock().continueFrom(reached);
  EXPECT_EQ(cloud.call("CreateQueue", {{"QueueName", "q"}}).error, "");
}

}  // namespace
}  // namespace ddblog::sqs
