// Queues that feed functions: batches, windows, failures, filters. The queue is a simple one of the test's own.
#include "services/lambda/mappings/queue_reader.h"

#include <gmock/gmock.h>

#include "base/api_error.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kArn = "arn:aws:sqs:us-east-1:000000000000:orders";
constexpr std::chrono::seconds kVisibility{30};

// What is in it is not stored, but changes with the store's commits.
class TestQueue : public rpc::QueueSourceProvider {
 public:
  TestQueue(Store& store, Clock& clock) : store_(store), clock_(clock) {}

  std::unique_ptr<rpc::QueueSource> openQueue(const std::string& arn) override {
    return arn == kArn ? std::make_unique<Source>(*this) : nullptr;
  }
  void send(std::initializer_list<const char*> bodies) {
    store_.writeAndWait([&](Transaction& transaction) {
      std::lock_guard lock(mutex_);
      for (const char* body : bodies) messages_[body] = Entry();
      transaction.notifyAfterCommit(became_visible_);
    });
  }
  // The next receives fail.
  void fail(int receives) {
    std::lock_guard lock(mutex_);
    failing_ = receives;
  }
  // Each receive finds ten more messages, with the body "unwanted".
  void setEndless(bool is_endless) {
    std::lock_guard lock(mutex_);
    is_endless_ = is_endless;
  }
  // Somebody who watches the clock says that messages have become visible.
  void wake() { became_visible_.notify(); }
  std::string left() {
    std::lock_guard lock(mutex_);
    std::string all;
    for (const auto& [body, entry] : messages_) all += body + (entry.visible_at > clock_.runningTime() ? "*;" : ";");
    return all;
  }
  int receives(const std::string& body) {
    std::lock_guard lock(mutex_);
    return messages_[body].receives;
  }

 private:
  struct Entry {
    RunningTime visible_at = RunningTime::min();
    int receives = 0;
  };

  class Source : public rpc::QueueSource {
   public:
    explicit Source(TestQueue& queue) : queue_(queue) {}
    const std::string& arn() const override { return arn_; }
    std::string name() const override { return "orders"; }
    std::optional<Properties> properties(const Reader&) const override { return Properties{false, kVisibility}; }
    std::uint64_t count(const Reader&) const override {
      std::lock_guard lock(queue_.mutex_);
      if (queue_.is_endless_) return 10;
      return static_cast<std::uint64_t>(std::count_if(queue_.messages_.begin(), queue_.messages_.end(),
                                                      [this](const auto& one) { return isVisible(one.second); }));
    }
    std::vector<Message> receive(Transaction&, std::size_t most) override {
      std::lock_guard lock(queue_.mutex_);
      if (queue_.failing_ > 0 && queue_.failing_-- > 0) throw std::runtime_error("the store fails");
      std::vector<Message> received;
      for (auto& [body, entry] : queue_.messages_) {
        if (received.size() == most) break;
        if (!isVisible(entry)) continue;
        entry.visible_at = queue_.clock_.runningTime() + kVisibility;
        const std::string json = json::serialize(json::object{{"messageId", body}, {"body", body}});
        received.push_back({{body, json, {}, {}, {}}, std::to_string(++entry.receives)});
      }
      while (queue_.is_endless_ && received.size() < most) {
        received.push_back({{"unwanted", R"({"body":"unwanted"})", {}, {}, {}}, "1"});
      }
      return received;
    }
    void remove(Transaction&, const Message& message) override {
      std::lock_guard lock(queue_.mutex_);
      queue_.messages_.erase(message.record.position);
    }
    void giveBack(Transaction& transaction, const Message& message) override {
      std::lock_guard lock(queue_.mutex_);
      queue_.messages_[message.record.position].visible_at = RunningTime::min();
      transaction.notifyAfterCommit(queue_.became_visible_);
    }
    bool keep(Transaction&, const Message& message, Duration time) override {
      std::lock_guard lock(queue_.mutex_);
      queue_.messages_[message.record.position].visible_at = queue_.clock_.runningTime() + time;
      return true;
    }
    CommitNotifier& becameVisible() override { return queue_.became_visible_; }

   private:
    bool isVisible(const Entry& entry) const { return entry.visible_at <= queue_.clock_.runningTime(); }

    TestQueue& queue_;
    const std::string arn_ = kArn;
  };

  Store& store_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Entry> messages_;  // by body
  CommitNotifier became_visible_;
  int failing_ = 0;
  bool is_endless_ = false;
};

// Prints the batch: "batch a b"; cannot handle bodies that begin with "bad".
constexpr const char* kHandler = R"(
import os
def handler(event, context):
    bodies = [record['body'] for record in event['Records']]
    print('batch', *bodies)
    bad = [body for body in bodies if body.startswith('bad')]
    if bad and os.environ.get('REPORT'):
        return {'batchItemFailures': [{'itemIdentifier': body} for body in bad]}
    if bad:
        raise ValueError('bad order')
)";

class QueueMappings : public testing::Test {
 protected:
  QueueMappings() { cloud_.sources.add(queue_); }
  ~QueueMappings() override { cloud_.stop(); }

  void start(json::object more = {}) {
    Function function = cloud_.python("handler", kHandler);
    if (more.contains("FunctionResponseTypes")) function.environment = {{"REPORT", "1"}};
    cloud_.addFunction(function);
    json::object mapping{{"FunctionName", "handler"}, {"EventSourceArn", kArn}};
    for (const auto& member : more) mapping[member.key()] = member.value();
    cloud_.addMapping(mapping);
    cloud_.service->start();
  }
  void disable() {
    const json::value mappings = parseJson(cloud_.call("GET", "/2015-03-31/event-source-mappings").response().body);
    const std::string uuid = text(mappings.at("EventSourceMappings").at(0), "UUID");
    cloud_.call("PUT", "/2015-03-31/event-source-mappings/" + uuid, R"({"Enabled": false})").response();
  }
  // Whether the queue is so within real ten seconds.
  bool holds(const std::string& left) {
    for (int i = 0; i < 10'000 && queue_.left() != left; ++i) ::usleep(1000);
    return queue_.left() == left;
  }

  // Whether the service waits for its clock, and for nothing else, within real ten seconds.
  bool rests() {
    for (int i = 0; i < 10'000; ++i) {
      const rpc::Activity activity = cloud_.service->activity();
      if (activity.busy_with.empty() && activity.next_due < RunningTime::max()) return true;
      ::usleep(1000);
    }
    return false;
  }

  FunctionCloud cloud_;
  TestQueue queue_{*cloud_.store, cloud_.clock};
};

TEST_F(QueueMappings, HandOverMessagesAndRemoveThem) {
  queue_.send({"a", "b", "c"});
  start({{"BatchSize", 2}});
  EXPECT_TRUE(cloud_.log.has("handler: batch a b"));
  EXPECT_TRUE(cloud_.log.has("handler: batch c"));
  EXPECT_TRUE(holds(""));
  queue_.send({"d"});
  EXPECT_TRUE(cloud_.log.has("handler: batch d"));
  EXPECT_TRUE(holds(""));
}

TEST_F(QueueMappings, LeaveAFailedBatchInTheQueue) {
  queue_.send({"bad", "good"});
  start();
  EXPECT_TRUE(cloud_.log.has("2 of 2 messages failed"));
  EXPECT_EQ(queue_.left(), "bad*;good*;");
  cloud_.clock.move(kVisibility);
  queue_.wake();
  EXPECT_TRUE(cloud_.log.has("2 of 2 messages failed", 2));
  EXPECT_EQ(queue_.receives("good"), 2);
}

// Receives would count for the redrive policy.
TEST_F(QueueMappings, OfAFunctionThatIsGoneReceiveNothing) {
  start();
  cloud_.store->writeAndWait(
      [&](Transaction& transaction) { cloud_.service->functions().erase(transaction, "handler"); });
  queue_.send({"a"});
  ASSERT_TRUE(cloud_.log.has("there is no function handler"));
  for (int i = 0; i < 20; ++i) {  // several back-offs
    cloud_.clock.move(std::chrono::seconds(10));
    ::usleep(5000);
  }
  EXPECT_EQ(cloud_.log.countNow("there is no function handler"), 1);
  EXPECT_EQ(queue_.receives("a"), 0);
  cloud_.addFunction(cloud_.python("handler", kHandler));
  EXPECT_TRUE(cloud_.eventually("handler: batch a", 1, Duration(100)));
  EXPECT_TRUE(holds(""));
}

TEST_F(QueueMappings, RemoveAllButTheReportedMessages) {
  queue_.send({"a", "bad1", "bad2", "c"});
  start({{"FunctionResponseTypes", {"ReportBatchItemFailures"}}});
  EXPECT_TRUE(cloud_.log.has("2 of 4 messages failed"));
  EXPECT_TRUE(holds("bad1*;bad2*;"));
}

TEST_F(QueueMappings, WaitForTheirWindow) {
  start({{"MaximumBatchingWindowInSeconds", 5}, {"BatchSize", 3}});
  queue_.send({"a"});
  EXPECT_TRUE(holds("a*;"));
  queue_.send({"b"});
  EXPECT_TRUE(holds("a*;b*;"));
  EXPECT_EQ(cloud_.log.countNow("batch"), 0);
  // Not further: messages whose visibility timeout is over before they are removed would come again.
  cloud_.clock.move(std::chrono::seconds(5));
  EXPECT_TRUE(cloud_.log.has("handler: batch a b"));
  EXPECT_TRUE(holds(""));
  queue_.send({"c", "d", "e"});  // a full batch does not wait
  EXPECT_TRUE(cloud_.log.has("handler: batch c d e"));
}

TEST_F(QueueMappings, EndAWindowBeforeItsMessagesAreVisibleAgain) {
  start({{"MaximumBatchingWindowInSeconds", 300}, {"BatchSize", 100}});
  queue_.send({"a"});
  EXPECT_TRUE(holds("a*;"));
  cloud_.clock.move(kVisibility - std::chrono::seconds(1));
  EXPECT_TRUE(cloud_.log.has("handler: batch a"));
  EXPECT_TRUE(holds(""));
}

// Its messages were received, which counts for the redrive policy.
TEST_F(QueueMappings, EndTheirWindowWhenTheyChange) {
  start({{"MaximumBatchingWindowInSeconds", 20}, {"BatchSize", 100}});
  queue_.send({"a"});
  EXPECT_TRUE(holds("a*;"));
  disable();
  EXPECT_TRUE(cloud_.log.has("handler: batch a"));
  EXPECT_TRUE(holds(""));
}

TEST_F(QueueMappings, GiveAThrottledBatchBackWhenTheyChange) {
  Function function = cloud_.python("handler", kHandler);
  function.reserved_concurrency = 0;
  cloud_.addFunction(function);
  cloud_.addMapping({{"FunctionName", "handler"}, {"EventSourceArn", kArn}});
  queue_.send({"a"});
  cloud_.service->start();
  EXPECT_TRUE(holds("a*;"));
  disable();
  EXPECT_TRUE(holds("a;"));
}

// Another receive would count for the redrive policy.
TEST_F(QueueMappings, KeepTheMessagesOfAFunctionThatIsNotBuilt) {
  Function function = cloud_.function("handler", "provided.al2023", "main.go", "package main");
  cloud_.addFunction(function);
  cloud_.addMapping({{"FunctionName", "handler"}, {"EventSourceArn", kArn}});
  queue_.send({"a"});
  cloud_.service->start();
  ASSERT_TRUE(cloud_.log.has("handler/bootstrap: run"));
  for (int i = 0; i < 20; ++i) {  // the function is tried again, for 200 seconds
    ASSERT_TRUE(rests());
    cloud_.process_clock.move(std::chrono::seconds(10));
    cloud_.clock.move(std::chrono::seconds(10));
  }
  ASSERT_TRUE(rests());
  EXPECT_EQ(queue_.left(), "a*;");
  EXPECT_EQ(queue_.receives("a"), 1);
}

TEST_F(QueueMappings, GiveTheirWindowBackIfTheFunctionIsGone) {
  start({{"MaximumBatchingWindowInSeconds", 20}, {"BatchSize", 100}});
  queue_.send({"a"});
  EXPECT_TRUE(holds("a*;"));
  cloud_.store->writeAndWait(
      [this](Transaction& transaction) { cloud_.service->functions().erase(transaction, "handler"); });
  cloud_.clock.move(std::chrono::seconds(20));
  EXPECT_TRUE(holds("a;"));
}

TEST_F(QueueMappings, HandOverAMessageOnceThoughItBecameVisibleInTheWindow) {
  start({{"MaximumBatchingWindowInSeconds", 10},
         {"BatchSize", 100},
         {"FunctionResponseTypes", {"ReportBatchItemFailures"}}});
  queue_.send({"bad"});
  EXPECT_TRUE(holds("bad*;"));
  cloud_.clock.move(kVisibility + std::chrono::seconds(1));
  EXPECT_TRUE(cloud_.log.has("1 of 1 messages failed"));
  EXPECT_TRUE(holds("bad*;"));
  EXPECT_EQ(cloud_.log.countNow("batch bad bad"), 0);
}

TEST_F(QueueMappings, LookAgainAfterAReceiveThatFailed) {
  queue_.fail(2);
  queue_.send({"a"});
  start();
  EXPECT_TRUE(cloud_.log.has("the store fails"));
  EXPECT_TRUE(cloud_.eventually("handler: batch a", 1, Duration(100)));
  EXPECT_TRUE(holds(""));
}

TEST_F(QueueMappings, RestAfterAnErrorThoughMessagesCome) {
  queue_.fail(1'000'000);
  queue_.send({"a"});
  start();
  EXPECT_TRUE(cloud_.log.has("the store fails"));
  queue_.send({"b"});
  EXPECT_TRUE(rests());
  queue_.fail(0);
}

TEST_F(QueueMappings, ReceiveNothingWithoutTheFunction) {
  start();
  cloud_.store->writeAndWait(
      [this](Transaction& transaction) { cloud_.service->functions().erase(transaction, "handler"); });
  queue_.send({"a"});
  EXPECT_TRUE(cloud_.log.has("there is no function handler"));
  EXPECT_EQ(queue_.receives("a"), 0);
  cloud_.addFunction(cloud_.python("handler", kHandler));
  EXPECT_TRUE(cloud_.eventually("handler: batch a", 1, Duration(100)));
  EXPECT_TRUE(holds(""));
}

TEST_F(QueueMappings, HandOverWhatIsWantedThoughUnwantedMessagesKeepComing) {
  queue_.send({"a"});
  queue_.setEndless(true);
  start({{"FilterCriteria", {{"Filters", {{{"Pattern", R"({"body":["a"]})"}}}}}}});
  EXPECT_TRUE(cloud_.log.has("handler: batch a"));
  EXPECT_TRUE(holds(""));
  queue_.setEndless(false);
}

TEST_F(QueueMappings, RemoveWhatNoFilterWants) {
  queue_.send({R"({"kind":"order"})", R"({"kind":"note"})", "text"});
  start({{"FilterCriteria", {{"Filters", {{{"Pattern", R"({"body":{"kind":["order"]}})"}}}}}}});
  EXPECT_TRUE(cloud_.log.has(R"(handler: batch {"kind":"order"})"));
  EXPECT_TRUE(holds(""));
  EXPECT_EQ(cloud_.log.countNow("note"), 0);
}

TEST_F(QueueMappings, AreNoStreams) {
  cloud_.addFunction(cloud_.python("handler", kHandler));
  const auto refusal = [this](json::object more) {
    json::object mapping{{"FunctionName", "handler"}, {"EventSourceArn", kArn}};
    for (const auto& member : more) mapping[member.key()] = member.value();
    try {
      cloud_.addMapping(mapping);
    } catch (const ApiError& error) {
      return error.message();
    }
    return std::string("not refused");
  };
  EXPECT_EQ(refusal({{"StartingPosition", "LATEST"}}), "StartingPosition is not valid for SQS event sources.");
  EXPECT_EQ(refusal({{"BatchSize", 11}}),
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
  EXPECT_EQ(refusal({{"EventSourceArn", std::string(kArn) + ".fifo"}, {"MaximumBatchingWindowInSeconds", 1}}),
            "Batching window is not supported for FIFO queues");
}

}  // namespace
}  // namespace ddblog::lambda
