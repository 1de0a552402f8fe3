// Which asynchronous invocations are loaded from the store, and in which order they run.
#include "services/lambda/invocations/asynchronous_queue.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kPrints = "def handler(event, context):\n    print('got', event['n'])\n";

class LoadingOfInvocations : public testing::Test {
 protected:
  void add(const Function& function) { cloud_.addFunction(function); }

  FunctionCloud cloud_;
};

TEST_F(LoadingOfInvocations, ThoseThatRunAtOnceAreFarApart) {
  add(cloud_.python("users",
                    "import time\ndef handler(event, context):\n    print('started', event['n'], 'of 16')\n"
                    "    time.sleep(1000)\n"));
  for (int i = 0; i < 16; ++i) cloud_.enqueue("users", R"({"n":)" + std::to_string(i) + "}");
  cloud_.service->start();  // two processes, and four lanes
  EXPECT_TRUE(cloud_.log.has("started 0 of 16"));
  EXPECT_TRUE(cloud_.log.has("started 4 of 16"));
}

TEST_F(LoadingOfInvocations, ThoseOfOneProcessRunInOrder) {
  Function function = cloud_.python("users", kPrints);
  function.reserved_concurrency = 1;
  add(function);
  for (int i = 10; i < 50; ++i) cloud_.enqueue("users", R"({"n":)" + std::to_string(i) + "}");
  cloud_.service->start();
  ASSERT_TRUE(cloud_.log.has("users: got 49"));
  const std::string log = cloud_.log.all();
  for (int i = 10; i < 49; ++i) {
    EXPECT_LT(log.find("users: got " + std::to_string(i)), log.find("users: got " + std::to_string(i + 1)));
  }
}

TEST_F(LoadingOfInvocations, ThoseThatAreLoadedWaitUntilTheirFunctionIsMadeAgain) {
  const std::string go_on = (cloud_.directory.path() / "go on").string();
  Function function = cloud_.python("users",
                                    "import os, time\ndef handler(event, context):\n    print('got', event['n'])\n"
                                    "    while not os.path.exists('" +
                                        go_on + "'): time.sleep(0.01)\n");
  function.reserved_concurrency = 1;
  add(function);
  for (int i = 0; i < 10; ++i) cloud_.enqueue("users", R"({"n":)" + std::to_string(i) + "}");
  cloud_.service->start();
  ASSERT_TRUE(cloud_.log.has("users: got 0"));
  cloud_.store->writeAndWait(
      [&](Transaction& transaction) { cloud_.service->functions().erase(transaction, "users"); });
  cloud_.write("go on", "");
  ASSERT_TRUE(cloud_.log.has("not a function of this application"));
  EXPECT_EQ(cloud_.log.countNow("users: got 9"), 0);
  add(function);
  cloud_.store->writeAndWait(
      [&](Transaction& transaction) { cloud_.service->queue().functionIsMade(transaction, "users"); });
  EXPECT_TRUE(cloud_.log.has("users: got 9"));
}

TEST_F(LoadingOfInvocations, ThoseBeforeAReadErrorRunAndTheOthersAfterIt) {
  Function function = cloud_.python("users", kPrints);
  function.reserved_concurrency = 1;  // four of them are with the host
  add(function);
  for (int i = 0; i < 8; ++i) cloud_.enqueue("users", R"({"n":)" + std::to_string(i) + "}");
  cloud_.store->gets_until_failure = 6;
  cloud_.service->start();
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(cloud_.log.has("users: got " + std::to_string(i)));
  EXPECT_EQ(cloud_.store->gets_until_failure, 0);
}

TEST_F(LoadingOfInvocations, ThoseBehindADamagedOneRun) {
  add(cloud_.python("users", kPrints));
  for (int i = 0; i < 3; ++i) cloud_.enqueue("users", R"({"n":)" + std::to_string(i) + "}");
  cloud_.clock.move(std::chrono::seconds(1));
  cloud_.store->writeAndWait([&](Transaction& transaction) {
    PendingInvocation waiting;
    waiting.function_name = "users";
    waiting.position = {cloud_.clock.runningTime(), 1'000'000};
    transaction.put(dueKey("users", waiting.position), encodeState(waiting));  // without its payload
  });
  cloud_.clock.move(std::chrono::seconds(1));
  for (int i = 3; i < 6; ++i) cloud_.enqueue("users", R"({"n":)" + std::to_string(i) + "}");
  cloud_.service->start();
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(cloud_.log.has("users: got " + std::to_string(i)));
  EXPECT_TRUE(cloud_.log.has("an invocation of users is left out until the next start"));
}

TEST_F(LoadingOfInvocations, ThatAreDamagedDoNotStopTheStart) {
  add(cloud_.python("users", kPrints));
  cloud_.enqueue("users", R"({"n":1})");
  cloud_.store->writeAndWait([&](Transaction& transaction) { transaction.put(invocationKey(1'000'000), "damaged"); });
  cloud_.restart();
  EXPECT_TRUE(cloud_.log.has("the last asynchronous invocation cannot be read"));
  cloud_.service->start();
  EXPECT_TRUE(cloud_.log.has("users: got 1"));
}

TEST_F(LoadingOfInvocations, ThoseThatWaitAreNotReadAtTheStart) {
  constexpr std::uint64_t kMany = 5000;
  add(cloud_.python("stuck", "import time\ndef handler(event, context): time.sleep(1000)\n"));
  add(cloud_.python("failing", kPrints));
  add(cloud_.python("users", kPrints));
  cloud_.store->writeAndWait([&](Transaction& transaction) {
    for (std::uint64_t i = 1; i <= kMany; ++i) cloud_.service->queue().enqueue(transaction, "stuck", "{}");
    for (std::uint64_t i = 1; i <= kMany; ++i) {
      PendingInvocation waiting;
      waiting.function_name = "failing";
      waiting.position = {cloud_.clock.runningTime() + std::chrono::seconds(30), 1'000'000 + i};
      waiting.request_id = cloud_.ids.uuid();
      waiting.enqueued_at = cloud_.clock.runningTime();
      waiting.attempts.add(cloud_.clock.now(), "it failed");
      putInvocation(transaction, waiting, std::string("{}"), nullptr);
      transaction.put(dueKey("failing", waiting.position), encodeState(waiting));
    }
  });
  cloud_.restart();
  cloud_.store->reads = 0;
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  EXPECT_TRUE(cloud_.log.has("users: got 1"));
  EXPECT_LT(cloud_.store->reads, 500);
}

}  // namespace
}  // namespace ddblog::lambda
