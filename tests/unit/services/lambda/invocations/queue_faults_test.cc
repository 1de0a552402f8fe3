// Faults of asynchronous invocations: they come twice, and they overtake each other.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "store/key_space.h"
#include "unit/services/lambda/fault_cloud.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kPrints = "def handler(event, context): print('ran', event['n'], context.aws_request_id)\n";

// The lines of the log with "ran", without what is before it.
std::vector<std::string> runs(FunctionCloud& cloud) {
  std::vector<std::string> found;
  std::istringstream lines(cloud.log.all());
  for (std::string line; std::getline(lines, line);) {
    if (const std::size_t begin = line.find("ran "); begin != std::string::npos) found.push_back(line.substr(begin));
  }
  return found;
}

TEST(QueueFaults, DeliverAnInvocationTwiceUnderTheSameRequestId) {
  FaultCloud cloud(Fault::kDuplicate);
  cloud.addFunction(cloud.python("f", kPrints));
  cloud.service->start();
  cloud.enqueue("f", R"({"n":1})");
  ASSERT_TRUE(cloud.log.has("f: ran 1", 2));
  cloud.enqueue("f", R"({"n":2})");
  ASSERT_TRUE(cloud.log.has("f: ran 2", 2));
  const std::vector<std::string> found = runs(cloud);
  ASSERT_EQ(found.size(), 4u) << "each twice, not more";
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(found[2], found[3]);
}

// The function succeeds once, and then only fails.
constexpr const char* kSucceedsOnce = R"(
import os
def handler(event, context):
    mark = os.environ['LAMBDA_TASK_ROOT'] + '/done'
    print('came')
    if os.path.exists(mark):
        raise ValueError('done before')
    open(mark, 'w').close()
    return 'first'
)";

TEST(QueueFaults, DoNotTurnASuccessIntoAFailure) {
  FaultCloud cloud(Fault::kDuplicate);
  Function function = cloud.python("f", kSucceedsOnce);
  function.asynchronous.maximum_retry_attempts = 0;
  function.asynchronous.on_success = "arn:aws:sqs:us-east-1:000000000000:successes";
  function.asynchronous.on_failure = "arn:aws:sqs:us-east-1:000000000000:failures";
  cloud.addFunction(function);
  cloud.service->start();
  cloud.enqueue("f", "{}");
  ASSERT_TRUE(cloud.log.has("message for "));
  EXPECT_EQ(cloud.log.countNow("f: came"), 2);
  EXPECT_EQ(cloud.log.countNow("message for arn:aws:sqs:us-east-1:000000000000:successes"), 1) << cloud.log.all();
  EXPECT_EQ(text(parseJson(cloud.messages.at(0).body.text()), "responsePayload"), "first");
  EXPECT_TRUE(cloud.failures.all().empty());
}

// The order in which 8 invocations run, one at a time, if all are due at once.
std::vector<std::string> order() {
  FaultCloud cloud(Fault::kReorder);
  Function function = cloud.python("f", "def handler(event, context): print('ran', event['n'])\n");
  function.reserved_concurrency = 1;
  cloud.addFunction(function);
  for (int i = 0; i < 8; ++i) cloud.enqueue("f", R"({"n":)" + std::to_string(i) + "}");
  cloud.clock.move(std::chrono::seconds(1));
  cloud.service->start();
  EXPECT_TRUE(cloud.log.has("f: ran", 8)) << cloud.log.all();
  return runs(cloud);
}

TEST(QueueFaults, LetInvocationsOvertakeEachOtherWithinASecond) {
  const std::vector<std::string> first = order();
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end())) << testing::PrintToString(first);
  EXPECT_EQ(order(), first);
}

TEST(QueueFaults, CountTheAgeFromWhenTheInvocationWasPut) {
  FaultCloud cloud(Fault::kReorder);
  cloud.addFunction(cloud.python("f", kPrints));
  cloud.enqueue("f", R"({"n":1})");
  const auto snapshot = cloud.store->snapshot();
  const auto due = snapshot->cursor(queuePrefix("f"), endOfPrefix(queuePrefix("f")));
  ASSERT_TRUE(due->valid());
  EXPECT_GT(positionOf(due->key()).due, cloud.clock.runningTime());
  LoadedPayloads payloads;
  EXPECT_EQ(loadPending(*snapshot, due->key(), due->value(), payloads).enqueued_at, cloud.clock.runningTime());
}

}  // namespace
}  // namespace ddblog::lambda
