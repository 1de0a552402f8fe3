// Streams that feed functions: batches, checkpoints, failures.
#include "services/lambda/mappings/event_source_mapping.h"

#include <gmock/gmock.h>

#include "base/api_error.h"
#include "services/lambda/functions/limits.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

// Prints the batch: "batch a b c"; fails as often as the environment says for batches with the item "bad".
constexpr const char* kHandler = R"(
import os
failures = int(os.environ.get('FAILURES', '0'))
def handler(event, context):
    global failures
    keys = [r['dynamodb']['Keys']['pk']['S'] for r in event['Records']]
    print('batch', *keys)
    if 'bad' in keys and failures > 0:
        failures -= 1
        if os.environ.get('REPORT'):
            bad = event['Records'][keys.index('bad')]['dynamodb']['SequenceNumber']
            return {'batchItemFailures': [{'itemIdentifier': bad}]}
        raise ValueError('bad item')
)";

class Mappings : public testing::Test {
 protected:
  void start(json::object more = {}, std::map<std::string, std::string> environment = {}) {
    Function function = cloud_.python("trigger", kHandler);
    function.environment = std::move(environment);
    cloud_.addFunction(function);
    json::object mapping = cloud_.mapping("logs", "trigger");
    for (const auto& member : more) mapping[member.key()] = member.value();
    cloud_.addMapping(mapping);
    cloud_.service->start();
  }
  void put(std::initializer_list<const char*> items) {
    for (const char* item : items) cloud_.put("logs", item);
  }
  bool eventually(const std::string& line, int times = 1) { return cloud_.eventually(line, times, Duration(100)); }
  std::string batches() {
    std::string found;
    std::istringstream lines(cloud_.log.all());
    for (std::string line; std::getline(lines, line);) {
      const std::size_t begin = line.find("trigger: batch ");
      if (begin != std::string::npos) found += line.substr(begin + 15) + ";";
    }
    return found;
  }
  FunctionCloud cloud_;
};

TEST_F(Mappings, HandOverWhatIsInTheStreamAndWhatComes) {
  cloud_.createTable("logs");
  put({"a", "b"});
  start();
  EXPECT_TRUE(cloud_.log.has("trigger: batch a b"));
  put({"c"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch c"));
}

TEST_F(Mappings, CutBatchesAtTheirSize) {
  cloud_.createTable("logs");
  put({"a", "b", "c", "d", "e"});
  start({{"BatchSize", 2}});
  EXPECT_TRUE(cloud_.log.has("trigger: batch e"));
  EXPECT_EQ(batches(), "a b;c d;e;");
}

TEST_F(Mappings, WaitForTheirWindow) {
  cloud_.createTable("logs");
  start({{"MaximumBatchingWindowInSeconds", 5}, {"BatchSize", 3}});
  put({"a"});
  put({"b"});
  EXPECT_EQ(batches(), "");
  EXPECT_TRUE(eventually("trigger: batch a b"));
  put({"c", "d", "e"});  // a full batch does not wait
  EXPECT_TRUE(cloud_.log.has("trigger: batch c d e"));
}

TEST_F(Mappings, GoOnWhereTheyWereAfterARestart) {
  cloud_.createTable("logs");
  put({"a"});
  start();
  ASSERT_TRUE(cloud_.log.has("trigger: batch a"));
  put({"b"});
  ASSERT_TRUE(cloud_.log.has("trigger: batch b"));
  cloud_.restart();
  put({"c"});
  start();
  // Whether b's answer still came in before the end is not promised: at least once, never a again.
  EXPECT_TRUE(cloud_.log.has(" c"));
  EXPECT_TRUE(batches() == "a;b;c;" || batches() == "a;b;b c;") << batches();
}

TEST_F(Mappings, DeliverWhatWaitedWhileTheCloudWasStopped) {
  cloud_.createTable("logs");
  put({"a", "b"});
  cloud_.restartAfter(std::chrono::hours(25));
  start({{"MaximumRecordAgeInSeconds", 60}});
  EXPECT_TRUE(cloud_.log.has("trigger: batch a b"));
}

TEST_F(Mappings, RetryEvenIfTheMachinesClockIsSetBack) {
  cloud_.createTable("logs");
  put({"bad"});
  start({}, {{"FAILURES", "2"}});
  ASSERT_TRUE(cloud_.log.has("trigger: batch bad"));
  cloud_.setTimeOfDay(-std::chrono::hours(1));
  EXPECT_TRUE(eventually("trigger: batch bad", 3));
}

TEST_F(Mappings, CountWhatWaitsForThem) {
  const auto waiting = [this] { return cloud_.service->backlog(*cloud_.store->snapshot()).events.number; };
  cloud_.createTable("logs");
  put({"a", "b", "c"});
  start({{"MaximumRetryAttempts", 0}});
  ASSERT_TRUE(cloud_.log.has("trigger: batch a b c"));
  cloud_.restart();
  put({"d", "e"});
  EXPECT_THAT(waiting(), testing::AnyOf(2u, 5u)) << "the last checkpoint may not have been written";
}

TEST_F(Mappings, CountInTheirLanesWhatTheirFiltersLetThrough) {
  cloud_.createTable("logs");
  cloud_.addFunction(cloud_.python("trigger", kHandler));
  json::object mapping = cloud_.mapping("logs", "trigger");
  mapping["ParallelizationFactor"] = 3;
  mapping["FilterCriteria"] = json::parse(
      R"({"Filters": [{"Pattern": "{\"dynamodb\": {\"Keys\": {\"pk\": {\"S\": [{\"prefix\": \"x\"}]}}}}"}]})");
  cloud_.addMapping(mapping);
  put({"x1", "y1", "x2", "x3", "y2"});
  const rpc::BoundedCount waiting = cloud_.service->backlog(*cloud_.store->snapshot()).events;
  EXPECT_EQ(waiting.number, 3u);
  EXPECT_FALSE(waiting.or_more);
}

TEST_F(Mappings, ReadOnlySoMuchToCountInAllShards) {
  cloud_.createTable("logs");
  cloud_.addFunction(cloud_.python("trigger", kHandler));
  json::object mapping = cloud_.mapping("logs", "trigger");
  mapping["FilterCriteria"] = json::parse(R"({"Filters": [{"Pattern": "{\"eventName\": [\"INSERT\"]}"}]})");
  cloud_.addMapping(mapping);
  constexpr int kInAShard = 6000;
  for (int shard = 0; shard < 2; ++shard) {
    for (int i = 0; i < kInAShard; ++i) {
      cloud_.put("logs", std::to_string(shard) + "-" + std::to_string(i));
    }
    cloud_.clock.move(std::chrono::hours(4));
  }
  const rpc::BoundedCount waiting = cloud_.service->backlog(*cloud_.store->snapshot()).events;
  EXPECT_LE(waiting.number, limits::kBacklogRecords);
  EXPECT_TRUE(waiting.or_more);
}

TEST_F(Mappings, AreBusyUntilTheyHaveCaughtUpOrBackOff) {
  cloud_.createTable("logs");
  put({"bad"});
  start({}, {{"FAILURES", "1"}});
  ASSERT_TRUE(cloud_.log.has("attempt 1 with 1 records failed"));
  const auto restsUntil = [this](const std::function<bool(RunningTime)>& due) {
    for (int i = 0; i < 5000; ++i) {
      const rpc::Activity activity = cloud_.service->activity();
      if (activity.busy_with.empty() && due(activity.next_due)) return true;
      ::usleep(1000);
    }
    return false;
  };
  const RunningTime now = cloud_.clock.runningTime();
  EXPECT_TRUE(restsUntil([&](RunningTime due) { return due > now && due <= now + std::chrono::seconds(10); }));
  cloud_.clock.move(std::chrono::seconds(10));
  ASSERT_TRUE(cloud_.log.has("trigger: batch bad", 2));
  EXPECT_TRUE(restsUntil([](RunningTime due) { return due == RunningTime::max(); }));
}

TEST_F(Mappings, BeginAtTheEndIfTheyAreToldTo) {
  cloud_.createTable("logs");
  put({"a"});
  start({{"StartingPosition", "LATEST"}});
  put({"b"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch b"));
  cloud_.restart();
  put({"c"});  // the position is taken once, when the mapping is made
  start({{"StartingPosition", "LATEST"}});
  EXPECT_TRUE(cloud_.log.has(" c"));
  EXPECT_TRUE(batches() == "b;c;" || batches() == "b;b c;") << batches();
}

TEST_F(Mappings, WaitForATableThatIsNotThereYet) {
  start();
  EXPECT_TRUE(cloud_.log.has("waits until table logs has a stream"));
  cloud_.createTable("logs");
  put({"a"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch a"));
}

TEST_F(Mappings, FollowTheTableWhenItIsMadeAnew) {
  cloud_.createTable("logs");
  start();
  put({"a"});
  ASSERT_TRUE(cloud_.log.has("trigger: batch a"));
  cloud_.dynamodb("DeleteTable", R"({"TableName":"logs"})");
  cloud_.clock.move(Duration(1000));  // the new stream's label is its time
  cloud_.createTable("logs");
  put({"b"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch b"));
}

TEST_F(Mappings, TryAgainUntilItWorks) {
  cloud_.createTable("logs");
  put({"a", "bad", "c"});
  start({}, {{"FAILURES", "3"}});
  EXPECT_TRUE(eventually("trigger: batch a bad c", 4));
  put({"d"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch d"));
  EXPECT_EQ(batches(), "a bad c;a bad c;a bad c;a bad c;d;");
}

TEST_F(Mappings, TakeUpABatchAtTheRecordThatFailed) {
  cloud_.createTable("logs");
  put({"a", "bad", "c"});
  start({{"FunctionResponseTypes", {"ReportBatchItemFailures"}}}, {{"FAILURES", "2"}, {"REPORT", "1"}});
  EXPECT_TRUE(eventually("trigger: batch bad c", 2));
  put({"d"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch d"));
  EXPECT_EQ(batches(), "a bad c;bad c;bad c;d;");
}

TEST_F(Mappings, DiscardABatchWhenItsRetriesAreUsedUp) {
  cloud_.createTable("logs");
  put({"a", "bad"});
  start({{"MaximumRetryAttempts", 1},
         {"DestinationConfig", {{"OnFailure", {{"Destination", "arn:aws:sqs:us-east-1:000000000000:dead"}}}}}},
        {{"FAILURES", "100"}});
  EXPECT_TRUE(eventually("2 records discarded"));
  put({"c"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch c"));
  EXPECT_EQ(batches(), "a bad;a bad;c;");
  cloud_.stop();
  ASSERT_EQ(cloud_.messages.size(), 1u);
  const json::value sent = parseJson(cloud_.messages[0].body.text());
  EXPECT_EQ(text(sent.at("requestContext"), "condition"), "RetryAttemptsExhausted");
  EXPECT_EQ(text(sent.at("requestContext"), "approximateInvokeCount"), "2");
  EXPECT_EQ(text(sent.at("DDBStreamBatchInfo"), "batchSize"), "2");
  const std::vector<rpc::Failure> failures = cloud_.failures.all();
  ASSERT_EQ(failures.size(), 1u);
  const rpc::Failure& failure = failures[0];
  EXPECT_EQ(failure.kind, rpc::Failure::Kind::kBatch);
  EXPECT_TRUE(failure.source_arn.starts_with("arn:aws:lambda:us-east-1:000000000000:event-source-mapping:"));
  EXPECT_EQ(failure.message.recipient_arn, "arn:aws:lambda:us-east-1:000000000000:function:trigger");
  EXPECT_EQ(parseJson(failure.message.body.text()).at("Records").as_array().size(), 2u);
  EXPECT_EQ(failure.condition, "RetryAttemptsExhausted");
  EXPECT_EQ(failure.request_id, text(sent.at("requestContext"), "requestId"));
  EXPECT_EQ(failure.attempts.count(), 2u);
  EXPECT_EQ(failure.attempts.kept()[0].error, "ValueError: bad item");
  EXPECT_EQ(text(parseJson(failure.error), "errorMessage"), "bad item");
  EXPECT_NE(failure.log.find("batch a bad\n"), std::string::npos) << failure.log;
  EXPECT_EQ(failure.destinations, std::vector<std::string>{"arn:aws:sqs:us-east-1:000000000000:dead"});
}

json::object onFailure(const std::string& arn) {
  return {{"MaximumRetryAttempts", 0}, {"DestinationConfig", {{"OnFailure", {{"Destination", arn}}}}}};
}

TEST_F(Mappings, SendTheRecordOfADiscardedBatchWhenTheStoreWorksAgain) {
  cloud_.createTable("logs");
  put({"bad"});
  cloud_.store->after_command = [this] {
    if (cloud_.messages.size() == 1) throw StoreFailed("the disk is full");
  };
  start(onFailure("arn:aws:sqs:us-east-1:000000000000:dead"), {{"FAILURES", "100"}});
  EXPECT_TRUE(eventually("message for ", 2));
  put({"c"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch c"));
  EXPECT_EQ(batches(), "bad;bad;c;");
}

TEST_F(Mappings, GoOnIfTheDestinationOfADiscardedBatchDoesNotTakeItsRecord) {
  cloud_.createTable("logs");
  put({"bad"});
  start(onFailure(BrokenRecipient::kArn), {{"FAILURES", "100"}});
  EXPECT_TRUE(eventually(std::string(BrokenRecipient::kArn) + " did not take"));
  put({"c"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch c"));
  EXPECT_EQ(batches(), "bad;c;");
  cloud_.restart();
  start(onFailure(BrokenRecipient::kArn));
  put({"d"});
  EXPECT_TRUE(cloud_.log.has(" d"));
  EXPECT_EQ(cloud_.log.countNow("batch bad"), 1);
}

TEST_F(Mappings, HalveABatchToFindTheBadRecord) {
  cloud_.createTable("logs");
  put({"a", "b", "bad", "d"});
  start({{"BisectBatchOnFunctionError", true}, {"MaximumRetryAttempts", 0}}, {{"FAILURES", "100"}});
  EXPECT_TRUE(cloud_.log.has("1 records discarded"));
  EXPECT_TRUE(cloud_.log.has("trigger: batch d"));
  EXPECT_EQ(batches(), "a b bad d;a b;bad d;bad;d;");
  ASSERT_EQ(cloud_.failures.all().size(), 1u);  // without a destination, too
  const rpc::Failure failure = cloud_.failures.all()[0];
  EXPECT_EQ(parseJson(failure.message.body.text()).at("Records").as_array().size(), 1u);
  EXPECT_TRUE(failure.destinations.empty());
  EXPECT_TRUE(failure.message.attributes.empty());
}

TEST_F(Mappings, RecordWhichResponsesOfADiscardedBatchAreFailures) {
  cloud_.createTable("logs");
  put({"a", "bad"});
  start({{"MaximumRetryAttempts", 0}, {"FunctionResponseTypes", {"ReportBatchItemFailures"}}},
        {{"FAILURES", "100"}, {"REPORT", "1"}});
  EXPECT_TRUE(eventually("1 records discarded"));
  put({"c"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch c"));
  ASSERT_EQ(cloud_.failures.all().size(), 1u);
  EXPECT_EQ(cloud_.failures.all()[0].message.attributes.at("FunctionResponseTypes"), "ReportBatchItemFailures");
}

TEST_F(Mappings, DiscardRecordsThatAreTooOld) {
  cloud_.createTable("logs");
  put({"bad"});
  cloud_.clock.move(std::chrono::seconds(61));
  put({"b"});
  start({{"MaximumRecordAgeInSeconds", 60}});
  EXPECT_TRUE(cloud_.log.has("trigger: batch b"));
  EXPECT_EQ(batches(), "b;");
  EXPECT_TRUE(cloud_.log.has("RecordAgeExceeded"));
  ASSERT_EQ(cloud_.failures.all().size(), 1u);
  EXPECT_EQ(cloud_.failures.all()[0].condition, "RecordAgeExceeded");
  EXPECT_EQ(cloud_.failures.all()[0].attempts.count(), 0u);
}

TEST_F(Mappings, PassOnOnlyWhatTheirFiltersLetThrough) {
  cloud_.createTable("logs");
  put({"a", "x1", "b", "x2"});
  start({{"FilterCriteria",
          {{"Filters",
            json::array{json::object{{"Pattern", R"({"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"x"}]}}}})"}}}}}}});
  EXPECT_TRUE(cloud_.log.has("trigger: batch x1 x2"));
  put({"c"});
  put({"x3"});
  EXPECT_TRUE(cloud_.log.has("trigger: batch x3"));
  EXPECT_EQ(batches(), "x1 x2;x3;");
}

TEST_F(Mappings, DealRecordsIntoLanesByTheirItem) {
  cloud_.createTable("logs");
  for (int i = 0; i < 40; ++i) cloud_.put("logs", "item" + std::to_string(i));
  start({{"ParallelizationFactor", 4}, {"BatchSize", 1}});
  EXPECT_TRUE(cloud_.log.has("trigger: batch ", 40));
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(cloud_.log.countNow("trigger: batch item" + std::to_string(i)), i < 4 && i > 0 ? 11 : 1) << i;
  }
  cloud_.restart();
  cloud_.put("logs", "after");
  start({{"ParallelizationFactor", 2}});  // each goes on where the slowest of the four was
  EXPECT_TRUE(cloud_.log.has(" after"));
}

TEST_F(Mappings, OfNobodyAreRefused) {
  const auto refusal = [&](json::object mapping) {
    try {
      cloud_.addMapping(mapping);
    } catch (const ApiError& error) {
      return error.type();
    }
    return std::string();
  };
  EXPECT_EQ(refusal(cloud_.mapping("logs", "nobody")), "InvalidParameterValueException");
  cloud_.addFunction(cloud_.python("trigger", kHandler));
  json::object mapping = cloud_.mapping("logs", "trigger");
  mapping["FilterCriteria"] = {{"Filters", json::array{json::object{{"Pattern", "{nonsense"}}}}};
  EXPECT_EQ(refusal(mapping), "InvalidParameterValueException");
  mapping.erase("FilterCriteria");
  for (const char* arn : {"logs", "arn:aws:sqs:us-east-1:000000000000:q"}) {
    json::object of_another_source = mapping;
    of_another_source["EventSourceArn"] = arn;
    EXPECT_EQ(refusal(of_another_source), "InvalidParameterValueException");
  }
  mapping["DestinationConfig"] = {{"OnFailure", {{"Destination", "arn:aws:sns:us-east-1:000000000000:topic"}}}};
  EXPECT_EQ(refusal(mapping), "InvalidParameterValueException");
}

}  // namespace
}  // namespace ddblog::lambda
