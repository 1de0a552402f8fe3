// Asynchronous invocations: retries, ages, destinations, restarts.
#include "services/lambda/invocations/asynchronous_queue.h"

#include <atomic>

#include "store/key_space.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kFails =
    "def handler(event, context):\n    print('attempt', event['n'], context.aws_request_id)\n    raise "
    "ValueError('no')\n";
constexpr const char* kWorks = "def handler(event, context):\n    print('done', event.get('n'))\n    return 'fine'\n";
constexpr const char* kPrints = "import json\ndef handler(event, context): print('got', json.dumps(event))\n";

std::string arn(const std::string& name) { return "arn:aws:lambda:us-east-1:000000000000:function:" + name; }

class AsynchronousInvocations : public testing::Test {
 protected:
  void add(const Function& function) { cloud_.addFunction(function); }
  json::value record(const std::string& function) {
    const std::string marker = function + ": got ";
    EXPECT_TRUE(cloud_.log.has(marker)) << cloud_.log.all();
    const std::string log = cloud_.log.all();
    const std::size_t begin = log.find(marker);
    return begin == std::string::npos
               ? json::value()
               : parseJson(log.substr(begin + marker.size(), log.find('\n', begin) - begin - marker.size()));
  }
  bool isEmpty(std::string_view begin, std::string_view end) {
    return !cloud_.store->snapshot()->cursor(begin, end)->valid();
  }
  int payloadRows() {
    const auto snapshot = cloud_.store->snapshot();
    int rows = 0;
    for (auto cursor = snapshot->cursor("\x44", "\x45"); cursor->valid(); cursor->next()) ++rows;
    return rows;
  }
  // What a rule's targets get of one event.
  void deliverOne(std::initializer_list<const char*> functions, const std::string& event) {
    const auto body = rpc::MessageBody::ofSeveralMessages(event);
    cloud_.store->writeAndWait([&](Transaction& transaction) {
      for (const char* name : functions) cloud_.recipients->deliver(transaction, {arn(name), body});
    });
  }
  // Meanwhile the clock goes on by `step` again and again.
  bool queueIsEmpty(Duration step = Duration(0)) {
    for (int i = 0; i < 2000; ++i) {
      if (isEmpty("\x40", "\x42") && isEmpty("\x44", "\x45")) return true;
      if (step > Duration(0)) cloud_.clock.move(step);
      ::usleep(1000);
    }
    return false;
  }
  // Whether the end of the first attempt of the one invocation that waits is recorded.
  bool attemptIsRecorded() {
    for (int i = 0; i < 5000; ++i) {
      const auto snapshot = cloud_.store->snapshot();
      const auto due = snapshot->cursor("\x41", "\x42");
      if (due->valid() && KeyParser(due->value()).number() == 1) return true;
      ::usleep(1000);
    }
    return false;
  }
  FunctionCloud cloud_;
};

TEST_F(AsynchronousInvocations, RunAndLeaveNothingBehind) {
  add(cloud_.python("users", kWorks));
  cloud_.service->start();
  for (int i = 0; i < 50; ++i) cloud_.enqueue("users", R"({"n":)" + std::to_string(i) + "}");
  EXPECT_TRUE(cloud_.log.has("users: done", 50));
  EXPECT_TRUE(queueIsEmpty());
}

TEST_F(AsynchronousInvocations, AreTriedAgainAfterTheirDelaysThenTheirRecordIsSent) {
  Function function = cloud_.python("users", kFails);
  function.asynchronous.on_failure = arn("failures");
  add(function);
  add(cloud_.python("failures", kPrints));
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1,"exact":1.50})");
  EXPECT_TRUE(cloud_.log.has("users: attempt 1"));
  EXPECT_TRUE(cloud_.eventually("users: attempt 1", 3, std::chrono::seconds(1)));
  json::value sent = record("failures");
  EXPECT_EQ(cloud_.log.countNow("users: attempt 1"), 3);
  const json::object& context = sent.at("requestContext").as_object();
  EXPECT_EQ(cloud_.log.countNow("attempt 1 " + text(context, "requestId")), 3);
  EXPECT_EQ(text(context, "functionArn"), arn("users") + ":$LATEST");
  EXPECT_EQ(text(context, "condition"), "RetriesExhausted");
  EXPECT_EQ(text(context, "approximateInvokeCount"), "3");
  EXPECT_EQ(text(sent, "version"), "1.0");
  EXPECT_EQ(json::serialize(sent.at("requestPayload")), R"({"n":1,"exact":1.5E0})");
  EXPECT_EQ(json::serialize(sent.at("responseContext")),
            R"({"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"})");
  EXPECT_EQ(text(sent.at("responsePayload"), "errorType"), "ValueError");
  EXPECT_TRUE(queueIsEmpty());
}

TEST_F(AsynchronousInvocations, WithoutRetriesAreTriedOnce) {
  Function function = cloud_.python("users", kFails);
  function.asynchronous.maximum_retry_attempts = 0;
  function.asynchronous.on_failure = arn("failures");
  function.dead_letter_arn = "arn:aws:sqs:us-east-1:000000000000:dead";
  add(function);
  add(cloud_.python("failures", kPrints));
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_EQ(text(record("failures").at("requestContext"), "approximateInvokeCount"), "1");
  EXPECT_TRUE(cloud_.log.has("message for "));
  EXPECT_TRUE(queueIsEmpty());
  ASSERT_EQ(cloud_.messages.size(), 1u);
  EXPECT_EQ(cloud_.messages[0].body.text(), R"({"n":1})");
  EXPECT_EQ(cloud_.messages[0].attributes["ErrorCode"], "200");
  EXPECT_EQ(cloud_.messages[0].attributes["ErrorMessage"], "no");
}

TEST_F(AsynchronousInvocations, TellTheirSuccess) {
  Function function = cloud_.python("users", kWorks);
  function.asynchronous.on_success = "arn:aws:sqs:us-east-1:000000000000:fine";
  add(function);
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_TRUE(cloud_.log.has("message for "));
  EXPECT_TRUE(queueIsEmpty());
  ASSERT_EQ(cloud_.messages.size(), 1u);
  const json::value sent = parseJson(cloud_.messages[0].body.text());
  EXPECT_EQ(text(sent.at("requestContext"), "condition"), "Success");
  EXPECT_EQ(json::serialize(sent.at("responseContext")), R"({"statusCode":200,"executedVersion":"$LATEST"})");
  EXPECT_EQ(text(sent, "responsePayload"), "fine");
}

TEST_F(AsynchronousInvocations, ThatAreTooOldAreGivenUp) {
  Function function = cloud_.python("users", kFails);
  function.asynchronous.maximum_event_age = std::chrono::seconds(60);
  function.asynchronous.on_failure = "arn:aws:sqs:us-east-1:000000000000:old";
  add(function);
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  ASSERT_TRUE(cloud_.log.has("users: attempt 1"));
  EXPECT_TRUE(cloud_.eventually("message for ", 1, std::chrono::seconds(1)));
  EXPECT_TRUE(cloud_.log.has("message for "));
  EXPECT_TRUE(queueIsEmpty());
  ASSERT_EQ(cloud_.messages.size(), 1u);
  const json::value sent = parseJson(cloud_.messages[0].body.text());
  EXPECT_EQ(text(sent.at("requestContext"), "condition"), "EventAgeExceeded");
  EXPECT_EQ(text(sent.at("requestContext"), "approximateInvokeCount"), "1");
  EXPECT_EQ(text(sent.at("responsePayload"), "errorType"), "ValueError");
}

TEST_F(AsynchronousInvocations, ThatAreGivenUpAreRecorded) {
  Function function = cloud_.python("users", kFails);
  function.asynchronous.on_failure = "arn:aws:sqs:us-east-1:000000000000:failed";
  function.dead_letter_arn = BrokenRecipient::kArn;
  add(function);
  cloud_.service->start();
  const Timestamp start = cloud_.clock.now();
  cloud_.store->writeAndWait([&](Transaction& transaction) {
    cloud_.service->queue().enqueue(transaction, "users", R"({"n":1})", "the-request", R"({"custom":1})");
  });
  ASSERT_TRUE(cloud_.log.has("users: attempt 1"));
  ASSERT_TRUE(attemptIsRecorded());
  cloud_.restart();  // what is known of the first attempt is in the store
  cloud_.service->start();
  EXPECT_TRUE(cloud_.eventually("users: attempt 1", 3, std::chrono::seconds(1)));
  ASSERT_TRUE(queueIsEmpty());
  const std::vector<rpc::Failure> failures = cloud_.failures.all();
  ASSERT_EQ(failures.size(), 1u);
  const rpc::Failure& failure = failures[0];
  EXPECT_EQ(failure.kind, rpc::Failure::Kind::kInvocation);
  EXPECT_EQ(failure.source_arn, arn("users"));
  EXPECT_EQ(failure.message.recipient_arn, arn("users"));
  EXPECT_EQ(failure.message.body.text(), R"({"n":1})");
  EXPECT_EQ(failure.condition, "RetriesExhausted");
  EXPECT_EQ(failure.request_id, "the-request");
  EXPECT_EQ(failure.destinations, std::vector<std::string>{"arn:aws:sqs:us-east-1:000000000000:failed"});
  ASSERT_EQ(failure.attempts.count(), 3u);
  ASSERT_EQ(failure.attempts.kept().size(), 3u);
  EXPECT_EQ(failure.attempts.kept()[0].at, start);
  EXPECT_GE(failure.attempts.kept()[1].at, start + std::chrono::minutes(1));
  EXPECT_GE(failure.attempts.kept()[2].at, start + std::chrono::minutes(3));
  EXPECT_EQ(failure.attempts.kept()[0].error, "ValueError: no");
  EXPECT_EQ(text(parseJson(failure.error), "errorType"), "ValueError");
  EXPECT_TRUE(failure.log.starts_with("START RequestId: the-request")) << failure.log;
  EXPECT_NE(failure.log.find("attempt 1 the-request\n"), std::string::npos) << failure.log;
  EXPECT_NE(failure.log.find("\nREPORT RequestId: the-request"), std::string::npos) << failure.log;

  // Delivered once more, it is another invocation with the same payload and client context.
  add(cloud_.python("users", "def handler(event, context): print('now', event['n'], context.client_context.custom)\n"));
  cloud_.store->writeAndWait(
      [&](Transaction& transaction) { EXPECT_FALSE(cloud_.recipients->deliver(transaction, failure.message)); });
  EXPECT_TRUE(cloud_.log.has("users: now 1 ")) << cloud_.log.all();
}

TEST_F(AsynchronousInvocations, ThatAreTooOldAreRecordedWithWhatTheLastAttemptPrinted) {
  Function function = cloud_.python("users", kFails);
  function.asynchronous.maximum_event_age = std::chrono::seconds(60);
  add(function);
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":7})");
  ASSERT_TRUE(cloud_.log.has("users: attempt 7"));
  ASSERT_TRUE(attemptIsRecorded());
  EXPECT_TRUE(queueIsEmpty(std::chrono::seconds(1)));
  const std::vector<rpc::Failure> failures = cloud_.failures.all();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].condition, "EventAgeExceeded");
  EXPECT_EQ(failures[0].attempts.count(), 1u);
  EXPECT_NE(failures[0].log.find("attempt 7"), std::string::npos);
  EXPECT_TRUE(failures[0].destinations.empty());
}

TEST_F(AsynchronousInvocations, OfAFunctionThatIsGoneAreRecorded) {
  cloud_.service->start();
  cloud_.enqueue("nobody", "1");
  EXPECT_TRUE(queueIsEmpty(std::chrono::minutes(10)));
  const std::vector<rpc::Failure> failures = cloud_.failures.all();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].message.recipient_arn, arn("nobody"));
  EXPECT_EQ(failures[0].attempts.count(), 0u);
  EXPECT_EQ(failures[0].error, "");
}

TEST_F(AsynchronousInvocations, OfAFunctionThatCannotStartAreRecordedWithWhatItPrinted) {
  Function function = cloud_.python("users", "print('on the way')\nraise KeyError('DATABASE')\n");
  function.asynchronous.maximum_retry_attempts = 0;
  add(function);
  cloud_.service->start();
  cloud_.enqueue("users", "1");
  ASSERT_TRUE(cloud_.log.has("given up after 1 attempt"));
  EXPECT_TRUE(queueIsEmpty());
  const std::vector<rpc::Failure> failures = cloud_.failures.all();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(text(parseJson(failures[0].error), "errorType"), "KeyError");
  EXPECT_NE(failures[0].log.find("on the way"), std::string::npos) << failures[0].log;
}

TEST_F(AsynchronousInvocations, OfABatchFailIfTheAnswerReportsFailures) {
  Function function = cloud_.python("trigger",
                                    "def handler(event, context):\n    print('batch')\n"
                                    "    return {'batchItemFailures': [{'itemIdentifier': '1'}]}\n");
  function.asynchronous.maximum_retry_attempts = 0;
  add(function);
  cloud_.service->start();
  rpc::Message message{arn("trigger"), R"({"Records":[]})"};
  const auto deliver = [&](int times) {
    cloud_.store->writeAndWait(
        [&](Transaction& transaction) { EXPECT_FALSE(cloud_.recipients->deliver(transaction, message)); });
    ASSERT_TRUE(cloud_.log.has("trigger: batch", times));
    EXPECT_TRUE(queueIsEmpty());
  };
  deliver(1);
  EXPECT_TRUE(cloud_.failures.all().empty());  // not of a batch: an answer like any other
  message.attributes = {{"FunctionResponseTypes", "ReportBatchItemFailures"}};
  deliver(2);
  ASSERT_EQ(cloud_.failures.all().size(), 1u);
  const rpc::Failure failure = cloud_.failures.all()[0];
  EXPECT_NE(failure.error.find("batchItemFailures"), std::string::npos);
  EXPECT_EQ(failure.message.attributes, message.attributes);
}

// The state of an invocation as an earlier version wrote it.
TEST_F(AsynchronousInvocations, OfAnEarlierVersionGoOn) {
  Function function = cloud_.python("users", kFails);
  function.asynchronous.maximum_retry_attempts = 1;
  add(function);
  cloud_.enqueue("users", R"({"n":1})");
  cloud_.store->writeAndWait([](Transaction& transaction) {
    const auto due = transaction.cursor("\x41", "\x42");
    transaction.put(std::string(due->key()), KeyBuilder(KeySpace{0x41}).number(1).bytes("\"old\"").str());
  });
  cloud_.service->start();
  ASSERT_TRUE(cloud_.log.has("given up after 2 attempts"));
  EXPECT_TRUE(queueIsEmpty());
  const std::vector<rpc::Failure> failures = cloud_.failures.all();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].attempts.count(), 2u);
  EXPECT_EQ(failures[0].attempts.kept().size(), 1u);
}

TEST_F(AsynchronousInvocations, OfAFunctionWithoutConcurrencyAreGivenUpAtOnce) {
  Function function = cloud_.python("users", kWorks);
  function.reserved_concurrency = 0;
  function.asynchronous.on_failure = "arn:aws:sqs:us-east-1:000000000000:never";
  add(function);
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_TRUE(cloud_.log.has("message for "));
  EXPECT_TRUE(queueIsEmpty());
  ASSERT_EQ(cloud_.messages.size(), 1u);
  EXPECT_EQ(text(parseJson(cloud_.messages[0].body.text()).at("requestContext"), "approximateInvokeCount"), "0");
}

TEST_F(AsynchronousInvocations, DoNotAgeWhileTheCloudIsStopped) {
  Function function = cloud_.python("users", kWorks);
  function.asynchronous.on_failure = "arn:aws:sqs:us-east-1:000000000000:old";
  add(function);
  for (int i = 0; i < 20; ++i) cloud_.enqueue("users", R"({"n":3})");
  cloud_.restartAfter(std::chrono::hours(7));
  EXPECT_EQ(cloud_.service->backlog(*cloud_.store->snapshot()).invocations.number, 20u);
  cloud_.service->start();
  EXPECT_TRUE(cloud_.log.has("users: done 3", 20));
  EXPECT_TRUE(queueIsEmpty());
  EXPECT_TRUE(cloud_.messages.empty()) << cloud_.messages.front().body.text();
}

TEST_F(AsynchronousInvocations, AreRetriedEvenIfTheMachinesClockIsSetBack) {
  add(cloud_.python("users", kFails));
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  ASSERT_TRUE(attemptIsRecorded());
  cloud_.setTimeOfDay(-std::chrono::hours(1));
  cloud_.clock.move(std::chrono::minutes(1));
  EXPECT_TRUE(cloud_.log.has("users: attempt 1", 2));
}

// The running time goes on from up to a minute before a crash; here from much earlier.
TEST_F(AsynchronousInvocations, AreNotLateWhenTheClockIsBehindAfterARestart) {
  add(cloud_.python("users", kWorks));
  add(cloud_.python("failing", kFails));
  cloud_.service->start();
  cloud_.clock.move(std::chrono::hours(48));
  cloud_.enqueue("failing", R"({"n":1})");
  ASSERT_TRUE(attemptIsRecorded());
  cloud_.restart();
  for (int i = 0; i < 1500; ++i) cloud_.enqueue("users", R"({"n":7})");
  cloud_.clock.continueFrom(cloud_.clock.runningTime() - std::chrono::hours(48));
  add(cloud_.python("users", kWorks));
  add(cloud_.python("failing", kFails));
  cloud_.service->start();
  EXPECT_TRUE(cloud_.log.has("users: done 7", 1500));
  EXPECT_EQ(cloud_.log.countNow("failing: attempt 1"), 1);
  cloud_.clock.move(std::chrono::minutes(1));
  EXPECT_TRUE(cloud_.log.has("failing: attempt 1", 2));
}

TEST_F(AsynchronousInvocations, ThatWerePendingGoOnAfterARestart) {
  add(cloud_.python("users", kFails));
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  ASSERT_TRUE(cloud_.log.has("users: attempt 1"));
  cloud_.enqueue("later", R"({"n":2})");  // of a function that is not there yet
  cloud_.restart();
  add(cloud_.python("users", kWorks));
  add(cloud_.python("later", kWorks));
  cloud_.service->start();
  EXPECT_TRUE(cloud_.log.has("later: done 2"));
  EXPECT_TRUE(cloud_.eventually("users: done 1", 1, std::chrono::seconds(1)));
  EXPECT_TRUE(queueIsEmpty());
  EXPECT_EQ(cloud_.log.countNow("later: done 2"), 1);
}

TEST_F(AsynchronousInvocations, OfOneFunctionDoNotHoldUpAnothers) {
  add(cloud_.python("stuck", "import time\ndef handler(event, context): time.sleep(1000)\n"));
  add(cloud_.python("users", kWorks));
  cloud_.service->start();
  for (int i = 0; i < 100; ++i) cloud_.enqueue("stuck", "{}");
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_TRUE(cloud_.log.has("users: done 1"));
}

TEST_F(AsynchronousInvocations, OfARefusedTransactionNeverHappen) {
  add(cloud_.python("users", kWorks));
  cloud_.service->start();
  EXPECT_THROW(cloud_.store->writeAndWait([&](Transaction& transaction) {
    cloud_.service->queue().enqueue(transaction, "users", R"({"n":1})");
    throw std::runtime_error("refused");
  }),
               std::runtime_error);
  cloud_.enqueue("users", R"({"n":2})");
  EXPECT_TRUE(cloud_.log.has("users: done 2"));
  EXPECT_EQ(cloud_.log.countNow("users: done 1"), 0);
}

// A message that a destination cannot take is lost, but the function does not run again for it.
TEST_F(AsynchronousInvocations, RunOnceWhateverTheirDestinationThrows) {
  Function function = cloud_.python("users", kWorks);
  function.asynchronous.on_success = BrokenRecipient::kArn;
  add(function);
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_TRUE(cloud_.log.has(std::string(BrokenRecipient::kArn) + " did not take"));
  EXPECT_TRUE(queueIsEmpty());
  cloud_.clock.move(std::chrono::minutes(1));
  cloud_.enqueue("users", R"({"n":2})");
  EXPECT_TRUE(cloud_.log.has("users: done 2"));
  EXPECT_EQ(cloud_.log.countNow("users: done 1"), 1);
}

TEST_F(AsynchronousInvocations, GoToTheDeadLetterQueueWhateverTheirDestinationThrows) {
  Function function = cloud_.python("users", kFails);
  function.asynchronous.maximum_retry_attempts = 0;
  function.asynchronous.on_failure = BrokenRecipient::kArn;
  function.dead_letter_arn = "arn:aws:sqs:us-east-1:000000000000:dead";
  add(function);
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_TRUE(cloud_.log.has("message for " + function.dead_letter_arn));
  EXPECT_TRUE(queueIsEmpty());
}

TEST_F(AsynchronousInvocations, AreRepeatedIfTheStoreFailsToRecordTheirEnd) {
  Function function = cloud_.python("users", kWorks);
  function.asynchronous.on_success = "arn:aws:sqs:us-east-1:000000000000:fine";
  add(function);
  cloud_.store->after_command = [this] {
    if (cloud_.messages.size() == 1) throw StoreFailed("the disk is full");
  };
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_TRUE(cloud_.log.has("could not be recorded"));
  EXPECT_TRUE(cloud_.eventually("users: done 1", 2, Duration(100)));
  EXPECT_TRUE(queueIsEmpty());
}

TEST_F(AsynchronousInvocations, SayOnceThatTheStoreFails) {
  add(cloud_.python("users", kWorks));
  const auto fails = std::make_shared<std::atomic<bool>>(false), is_first = std::make_shared<std::atomic<bool>>(false);
  cloud_.store->after_command = [=] {
    if (!is_first->exchange(false) && *fails) throw StoreFailed("the disk is full");
  };
  cloud_.service->start();
  for (int outage = 1; outage <= 2; ++outage) {
    const std::string number = std::to_string(outage);
    *fails = *is_first = true;  // the first command is this one:
    cloud_.enqueue("users", R"({"n":)" + number + "}");
    EXPECT_TRUE(cloud_.eventually("users: done " + number, 3, Duration(500)));
    *fails = false;
    EXPECT_TRUE(queueIsEmpty(Duration(500)));
    EXPECT_EQ(cloud_.log.countNow("could not be recorded"), outage);
  }
}

TEST_F(AsynchronousInvocations, AreNotRepeatedForAnyOtherError) {
  Function function = cloud_.python("users", kWorks);
  function.reserved_concurrency = 1;  // one after another
  function.asynchronous.on_success = "arn:aws:sqs:us-east-1:000000000000:fine";
  add(function);
  cloud_.store->after_command = [this, is_first = true]() mutable {
    if (cloud_.messages.size() == 1 && std::exchange(is_first, false)) throw std::runtime_error("a mistake of ours");
  };
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_TRUE(cloud_.log.has("a mistake of ours"));
  cloud_.clock.move(std::chrono::minutes(1));
  cloud_.enqueue("users", R"({"n":2})");
  EXPECT_TRUE(cloud_.log.has("users: done 2"));
  EXPECT_EQ(cloud_.log.countNow("users: done 1"), 1);
}

TEST_F(AsynchronousInvocations, OfOneEventShareItsPayloadUntilTheLastIsDone) {
  add(cloud_.python("users", kWorks));
  add(cloud_.python("orders", kWorks));
  add(cloud_.python("later", kWorks));
  deliverOne({"users", "orders", "users", "later"}, R"({"n":5})");
  cloud_.store->writeAndWait(
      [&](Transaction& transaction) { cloud_.service->functions().erase(transaction, "later"); });
  EXPECT_EQ(payloadRows(), 2) << "the payload and its count";
  cloud_.restart();  // the counts are in the store
  cloud_.service->start();
  ASSERT_TRUE(cloud_.log.has("users: done 5", 2));
  ASSERT_TRUE(cloud_.log.has("orders: done 5"));
  EXPECT_EQ(payloadRows(), 2);
  cloud_.restart();
  add(cloud_.python("later", kWorks));
  cloud_.service->start();
  EXPECT_TRUE(cloud_.log.has("later: done 5"));
  EXPECT_TRUE(queueIsEmpty());
}

TEST_F(AsynchronousInvocations, ThatShareAPayloadAreRetriedAndGivenUpOneByOne) {
  Function failing = cloud_.python("failing", kFails);
  failing.dead_letter_arn = "arn:aws:sqs:us-east-1:000000000000:dead";
  add(failing);
  add(cloud_.python("users", kWorks));
  cloud_.service->start();
  deliverOne({"failing", "users", "failing"}, R"({"n":1})");
  ASSERT_TRUE(cloud_.log.has("users: done 1"));
  EXPECT_TRUE(cloud_.eventually("message for " + failing.dead_letter_arn, 2, std::chrono::seconds(30)));
  EXPECT_EQ(cloud_.messages[1].body.text(), R"({"n":1})");
  EXPECT_TRUE(queueIsEmpty());
}

TEST_F(AsynchronousInvocations, ComeFromTheTargetsOfRules) {
  add(cloud_.python("users", kPrints));
  cloud_.service->start();
  const rpc::Recipients& recipients = *cloud_.recipients;
  EXPECT_TRUE(recipients.find(arn("users")));
  EXPECT_FALSE(recipients.find("arn:aws:events:us-east-1:000000000000:event-bus/b"));
  EXPECT_FALSE(recipients.find("users"));
  cloud_.store->writeAndWait([&](Transaction& transaction) {
    EXPECT_FALSE(recipients.deliver(transaction, {arn("users"), R"({"id":"1"})"}));
  });
  EXPECT_EQ(text(record("users"), "id"), "1");
}

}  // namespace
}  // namespace ddblog::lambda
