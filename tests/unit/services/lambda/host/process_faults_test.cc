// Faults of functions: slow ones, and processes that are killed while they run.
#include <regex>

#include "unit/services/lambda/fault_cloud.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kAnswers =
    "print('up')\ndef handler(event, context):\n    print('ran', event['n'])\n    return 1\n";
constexpr const char* kHangs = "import time\ndef handler(event, context):\n    print('ran')\n    time.sleep(1000)\n";

constexpr std::chrono::minutes kLong{15};  // the processes' clock does not get there by itself

// Moves the processes' clock until the invocation ends.
InvocationResult endOf(FunctionCloud& cloud, std::future<InvocationResult> future) {
  while (future.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    cloud.process_clock.move(Duration(1));
  }
  return future.get();
}

double milliseconds(const std::string& tail) {
  std::smatch found;
  EXPECT_TRUE(std::regex_search(tail, found, std::regex("\tDuration: (\\d+\\.\\d+) ms"))) << tail;
  return found.empty() ? 0 : std::stod(found[1]);
}

TEST(ProcessFaults, DelayAnInvocation) {
  FaultCloud cloud(Fault::kSlow);
  Function function = cloud.python("f", kAnswers);
  function.timeout = kLong;
  cloud.addFunction(function);
  auto future = cloud.begin("f", R"({"n":1})", true);
  const InvocationResult result = endOf(cloud, std::move(future));
  EXPECT_EQ(result.payload, "1");
  EXPECT_GE(milliseconds(result.log_tail), 20) << "the clock stands still unless the test moves it";
  EXPECT_EQ(cloud.injected.count(Fault::kSlow).injected, 1u);
}

TEST(ProcessFaults, LetASlowInvocationTimeOutOnlyAtItsLimit) {
  FaultCloud cloud(Fault::kSlow);
  Function function = cloud.python("f", kHangs);
  function.timeout = kLong;
  cloud.addFunction(function);
  auto future = cloud.begin("f");
  while (!cloud.log.countNow("f: ran")) {
    cloud.process_clock.move(Duration(1));
    ASSERT_EQ(future.wait_for(std::chrono::milliseconds(1)), std::future_status::timeout);
  }
  cloud.process_clock.move(kLong);
  EXPECT_EQ(text(parseJson(cloud.end(std::move(future)).payload), "errorType"), "Sandbox.Timedout");
}

TEST(ProcessFaults, KillAProcessBeforeItsAnswerCounts) {
  FaultCloud cloud(Fault::kCrashFunction);
  cloud.addFunction(cloud.python("f", kAnswers));
  for (int i = 1; i <= 2; ++i) {  // the clock stands still, so it is the answer that kills
    const InvocationResult result = cloud.invoke("f", R"({"n":)" + std::to_string(i) + "}");
    EXPECT_EQ(result.kind, InvocationResult::Kind::kFunctionError);
    EXPECT_EQ(text(parseJson(result.payload), "errorType"), "Runtime.ExitError");
    EXPECT_NE(text(parseJson(result.payload), "errorMessage").find("Runtime exited with error: signal: killed"),
              std::string::npos);
    EXPECT_TRUE(cloud.log.has("f: ran " + std::to_string(i)));
  }
  EXPECT_TRUE(cloud.log.has("f: up", 2)) << "the second invocation has a process of its own";
}

TEST(ProcessFaults, KillAProcessThatDoesNotAnswer) {
  FaultCloud cloud(Fault::kCrashFunction);
  cloud.addFunction(cloud.python("f", kHangs));
  auto future = cloud.begin("f");
  ASSERT_TRUE(cloud.log.has("f: ran"));
  cloud.process_clock.move(Duration(30));
  EXPECT_EQ(text(parseJson(cloud.end(std::move(future)).payload), "errorType"), "Runtime.ExitError");
}

TEST(ProcessFaults, DoNotHappenAtARateOfZero) {
  FaultCloud cloud(Fault::kCrashFunction, 0);
  cloud.addFunction(cloud.python("f", kAnswers));
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(cloud.invoke("f", R"({"n":1})").payload, "1");
  EXPECT_EQ(cloud.log.countNow("f: up"), 1);
}

// Which of 12 invocations crash at a rate of a half.
std::string crashes() {
  FaultCloud cloud(Fault::kCrashFunction, 0.5);
  cloud.addFunction(cloud.python("f", kAnswers));
  std::string crashed;
  for (int i = 0; i < 12; ++i) {
    crashed += cloud.invoke("f", R"({"n":)" + std::to_string(i) + "}").payload == "1" ? '.' : '!';
  }
  return crashed;
}

TEST(ProcessFaults, HitTheSameInvocationsWithTheSameSeed) {
  const std::string first = crashes();
  EXPECT_NE(first.find('!'), std::string::npos);
  EXPECT_NE(first.find('.'), std::string::npos);
  EXPECT_EQ(crashes(), first);
}

}  // namespace
}  // namespace ddblog::lambda
