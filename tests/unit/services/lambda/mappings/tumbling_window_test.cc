// Streams that feed a function with tumbling windows: state, final invocations, failures.
#include "services/lambda/mappings/tumbling_window.h"

#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

// Counts its records by key in the state; says how each invocation was.
constexpr const char* kCounts = R"(
import os
failures = int(os.environ.get('FAILURES', '0'))
def handler(event, context):
    global failures
    state = event['state']
    final = event['isFinalInvokeForWindow']
    kind = 'early' if event['isWindowTerminatedEarly'] else 'final' if final else 'batch'
    print(kind, event['window']['start'][14:19], event['window']['end'][14:19], *[f'{k}={v}' for k, v in sorted(state.items())
          if k != 'large'], *[r['dynamodb']['Keys']['pk']['S'] for r in event['Records']])
    if final and failures > 0:
        failures -= 1
        raise ValueError('not yet')
    if final:
        return
    for record in event['Records']:
        key = record['dynamodb']['Keys']['pk']['S']
        state[key] = state.get(key, 0) + 1
        if key == 'forgets':
            return {}
        if key == 'large':
            state['large'] = 'x' * (1 << 20)
    return {'state': state}
)";

class TumblingWindows : public testing::Test {
 protected:
  void start(json::object more = {}, std::map<std::string, std::string> environment = {}) {
    Function function = cloud_.python("trigger", kCounts);
    function.environment = std::move(environment);
    cloud_.addFunction(function);
    json::object mapping = cloud_.mapping("logs", "trigger");
    mapping["TumblingWindowInSeconds"] = 60;
    for (const auto& member : more) mapping[member.key()] = member.value();
    cloud_.addMapping(mapping);
    cloud_.service->start();
  }
  void put(std::initializer_list<const char*> items) {
    for (const char* item : items) cloud_.put("logs", item);
  }
  FunctionCloud cloud_;
};

TEST_F(TumblingWindows, AggregateTheRecordsOfAPeriod) {
  cloud_.createTable("logs");
  start();
  put({"a"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a"));
  cloud_.clock.move(std::chrono::seconds(30));
  put({"b"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a=1 b"));
  cloud_.clock.move(std::chrono::seconds(30));  // nothing comes any more
  EXPECT_TRUE(cloud_.log.has("trigger: final 00:00 01:00 a=1 b=1"));
  put({"a2"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 01:00 02:00 a2"));
}

TEST_F(TumblingWindows, OfALaterRecordBeginAfterTheFormerOneIsEnded) {
  cloud_.createTable("logs");
  put({"a"});
  cloud_.clock.move(std::chrono::seconds(90));
  put({"b", "c"});
  start();
  EXPECT_TRUE(cloud_.log.has("trigger: batch 01:00 02:00 b c"));
  const std::string all = cloud_.log.all();
  EXPECT_LT(all.find("trigger: batch 00:00 01:00 a"), all.find("trigger: final 00:00 01:00 a=1"));
  EXPECT_LT(all.find("trigger: final 00:00 01:00 a=1"), all.find("trigger: batch 01:00 02:00 b c"));
}

TEST_F(TumblingWindows, EndSuccessfullyOrAgain) {
  cloud_.createTable("logs");
  start({{"MaximumRetryAttempts", 2}}, {{"FAILURES", "2"}});
  put({"a"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a"));
  cloud_.clock.move(std::chrono::seconds(60));
  EXPECT_TRUE(cloud_.eventually("trigger: final 00:00 01:00 a=1", 3, Duration(100)));
  EXPECT_TRUE(cloud_.log.has("the final invocation of a window failed", 2));
}

TEST_F(TumblingWindows, AreGivenUpWhenARecordWouldBe) {
  cloud_.createTable("logs");
  start({{"MaximumRecordAgeInSeconds", 60}}, {{"FAILURES", "1000000"}});
  put({"a"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a"));
  cloud_.clock.move(std::chrono::seconds(60));
  EXPECT_TRUE(cloud_.eventually("the final invocation of a window was given up", 1, std::chrono::seconds(1)));
  ASSERT_EQ(cloud_.failures.all().size(), 1u);
  const rpc::Failure failure = cloud_.failures.all().front();
  EXPECT_EQ(failure.condition, "RecordAgeExceeded");
  const json::value payload = parseJson(failure.message.body.text());
  EXPECT_EQ(text(payload, "state"), R"({"a":1})");
  EXPECT_EQ(text(payload, "isFinalInvokeForWindow"), "true");
  put({"b"});  // it goes on
  EXPECT_TRUE(cloud_.log.has("0 b"));
}

TEST_F(TumblingWindows, AreGivenUpAfterTheirAttempts) {
  cloud_.createTable("logs");
  start({{"MaximumRetryAttempts", 1}}, {{"FAILURES", "1000000"}});
  put({"a"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a"));
  cloud_.clock.move(std::chrono::seconds(60));
  EXPECT_TRUE(cloud_.eventually("was given up after 2 attempts: RetryAttemptsExhausted", 1, Duration(100)));
  ASSERT_EQ(cloud_.failures.all().size(), 1u);
  EXPECT_EQ(cloud_.failures.all().front().condition, "RetryAttemptsExhausted");
  EXPECT_EQ(cloud_.failures.all().front().attempts.count(), 2u);
}

TEST_F(TumblingWindows, DoNotGetYoungerByARestart) {
  cloud_.createTable("logs");
  start({{"MaximumRecordAgeInSeconds", 60}}, {{"FAILURES", "1000000"}});
  put({"a"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a"));
  cloud_.clock.move(std::chrono::seconds(60));
  EXPECT_TRUE(cloud_.log.has("the final invocation of a window failed"));
  cloud_.clock.move(std::chrono::seconds(50));
  cloud_.restart();
  const int failures = cloud_.log.countNow("the final invocation of a window failed");
  cloud_.service->start();
  EXPECT_TRUE(cloud_.log.has("the final invocation of a window failed", failures + 1));
  cloud_.clock.move(std::chrono::seconds(10));
  EXPECT_TRUE(cloud_.log.has("RecordAgeExceeded")) << cloud_.log.all();
}

TEST_F(TumblingWindows, OfAFunctionThatIsGoneAreGivenUpToo) {
  cloud_.createTable("logs");
  start({{"MaximumRecordAgeInSeconds", 60}});
  put({"a"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a"));
  cloud_.store->writeAndWait(
      [this](Transaction& transaction) { cloud_.service->functions().erase(transaction, "trigger"); });
  cloud_.clock.move(std::chrono::seconds(60));
  EXPECT_TRUE(cloud_.log.has("there is no function trigger"));
  EXPECT_TRUE(cloud_.eventually("was given up after 0 attempts: RecordAgeExceeded", 1, std::chrono::seconds(1)));
}

TEST_F(TumblingWindows, AnAnswerWithoutAStateFails) {
  cloud_.createTable("logs");
  start({{"MaximumRetryAttempts", 1}});
  put({"forgets"});
  EXPECT_TRUE(cloud_.eventually("1 records discarded", 1, Duration(100)));
  EXPECT_EQ(cloud_.log.countNow("batch 00:00 01:00 forgets"), 2) << cloud_.log.all();
}

TEST_F(TumblingWindows, WithTooMuchStateEndEarly) {
  cloud_.createTable("logs");
  start();
  put({"a", "large"});
  EXPECT_TRUE(cloud_.log.has("trigger: early 00:00 01:00 a=1"));
  put({"b"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 b"));
  cloud_.clock.move(std::chrono::seconds(60));
  EXPECT_TRUE(cloud_.log.has("trigger: final 00:00 01:00 b=1"));
}

TEST_F(TumblingWindows, KeepTheirStateWhenTheCloudStarts) {
  cloud_.createTable("logs");
  start();
  put({"a"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a"));
  put({"b"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch 00:00 01:00 a=1 b"));
  cloud_.restart();  // perhaps while b is being counted, and then it is counted again
  cloud_.service->start();
  put({"c"});
  EXPECT_TRUE(cloud_.log.has(" c"));
  EXPECT_EQ(cloud_.log.countNow("trigger: batch 00:00 01:00 a=1 b=1 c") +
                cloud_.log.countNow("trigger: batch 00:00 01:00 a=1 b c"),
            1)
      << cloud_.log.all();
}

}  // namespace
}  // namespace ddblog::lambda
